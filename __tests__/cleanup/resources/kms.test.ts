import { found, handlerOf } from "../../support/handlers";

test("a key that waits for its deletion is absent", async () => {
  const { handler } = handlerOf("kms:key", {
    DescribeKey: () => ({ KeyMetadata: { KeyState: "PendingDeletion" } }),
  });
  expect(await handler.look(found("kms:key", "k"))).toBe("absent");
});
