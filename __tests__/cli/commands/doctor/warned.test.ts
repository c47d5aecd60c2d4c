import { checkWarned } from "../../../../cli/commands/doctor/warned";
import { stacksOf } from "../../../../environments/schema/stacks";
import { ephemeralEnvironment, prodEnvironment } from "../../../support/environments";
import { awsError, fakeClients, type Answers } from "../../../support/fake-clients";

const place = { accountId: "123456789012", region: "us-east-1" };
const stacks = stacksOf([
  prodEnvironment,
  ephemeralEnvironment,
  { ...ephemeralEnvironment, name: "x", owner: "team-b" },
]);
const check = (answers: Answers, of = stacks) => checkWarned(fakeClients(answers).sns, place, of);

it("names who is warned for each owner, and what to do where no one is", async () => {
  const checks = await check({
    ListSubscriptionsByTopic: () => ({
      Subscriptions: [
        { SubscriptionArn: "arn:a", Endpoint: "a@example.com" },
        { SubscriptionArn: "PendingConfirmation", Endpoint: "b@example.com" },
      ],
    }),
    GetSubscriptionAttributes: () => ({ Attributes: { FilterPolicy: '{"owner":["team-a"]}' } }),
  });
  expect(checks).toEqual([
    { name: "warnings for team-a", status: "ok", found: "received by a@example.com" },
    {
      name: "warnings for team-b",
      status: "warning",
      found: "no confirmed subscription receives them, so no environment of team-b is ever deleted",
      fix: 'Add an address for "team-b" to teams in environments/bootstrap.ts, or to notifications.emails of the environment. Then run automock bootstrap, and follow the link in the mail that AWS sends to the address. Not confirmed yet: b@example.com.',
    },
  ]);
});

it("asks nothing where no environment is ephemeral", async () =>
  expect(await check({}, stacksOf([prodEnvironment]))).toEqual([]));

it("waits for the reaper where there is none", async () => {
  const missing = () => {
    throw awsError("NotFoundException");
  };
  expect(await check({ ListSubscriptionsByTopic: missing })).toEqual([
    { name: "warnings", status: "skipped", found: "requires the reaper" },
  ]);
});
