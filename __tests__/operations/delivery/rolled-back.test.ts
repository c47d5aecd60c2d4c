import { DescribeServicesCommand, ListServicesCommand } from "@aws-sdk/client-ecs";
import { ROLLED_BACK } from "../../../contract/rolled-back";
import { UserError } from "../../../contract/user-error";
import { withServiceEvents } from "../../../operations/delivery/rolled-back";

const SINCE = Date.parse("2026-01-01T12:00:00Z");
const event = (seconds: number, message: string) => ({
  createdAt: new Date(SINCE + seconds * 1000),
  message,
});

const ecs = {
  send: (command: unknown) => {
    if (command instanceof ListServicesCommand) return Promise.resolve({ serviceArns: ["arn:web"] });
    if (command instanceof DescribeServicesCommand)
      return Promise.resolve({
        services: [{ events: [event(9, "steady"), event(5, "task failed"), event(-1, "earlier")] }],
      });
    return Promise.reject(new Error("unexpected"));
  },
} as never;

it("adds the service's events since the deployment began, the oldest first", async () => {
  const error = await withServiceEvents(
    new UserError(`deploy failed:\n${ROLLED_BACK}: web runs web:1 again.`),
    {
      ecs,
      cluster: "c",
      since: SINCE,
    },
  );
  expect((error as UserError).message).toBe(
    `deploy failed:\n${ROLLED_BACK}: web runs web:1 again.\n\n` +
      "The events of the service since the deployment began:\n  12:00:05 task failed\n  12:00:09 steady",
  );
});

it("leaves every other failure alone, and a rollback whose events cannot be read", async () => {
  const other = new UserError("deploy failed: no such bucket");
  expect(await withServiceEvents(other, { ecs, cluster: "c", since: SINCE })).toBe(other);
  const rolledBack = new UserError(ROLLED_BACK);
  const broken = { send: () => Promise.reject(new Error("AccessDenied")) } as never;
  expect(await withServiceEvents(rolledBack, { ecs: broken, cluster: "c", since: SINCE })).toBe(rolledBack);
});
