import { found, handlerOf } from "../../support/handlers";

test("EventBridge: FailedEntryCount of RemoveTargets counts", async () => {
  const { handler } = handlerOf("events:rule", {
    ListTargetsByRule: () => ({ Targets: [{ Id: "1" }] }),
    RemoveTargets: () => ({ FailedEntryCount: 1, FailedEntries: [{ ErrorCode: "InternalException" }] }),
  });
  await expect(handler.prepare!(found("events:rule", "r"))).rejects.toMatchObject({
    name: "InternalException",
  });
});
