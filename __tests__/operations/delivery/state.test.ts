import { readState } from "../../../operations/delivery/state";
import { FakeStates } from "../../support/fake-states";

const target = {
  ...{ id: "automock-a", system: "automock", environment: "a" },
  ...{ accountId: "123456789012", region: "us-east-1" },
};
const KEY = "automock/a/terraform.tfstate";

let aws: FakeStates;
beforeAll(async () => void (aws = await FakeStates.start(target.accountId)));
afterAll(() => aws.stop());
afterEach(() => {
  aws.states.clear();
  aws.hasBucket = true;
});

const read = () => readState(aws, target);

it("reads the state of the stack, and when it was written", async () => {
  aws.states.set(KEY, JSON.stringify({ version: 4, lineage: "l", serial: 3 }));
  expect(await read()).toEqual({
    ...{ lineage: "l", serial: 3, addresses: [], outputs: {} },
    writtenAt: new Date("2026-11-21T08:30:00Z"),
  });
});

it.each([undefined, "", "\n"])("a stack that was never applied has none: %j", async (content) => {
  if (content !== undefined) aws.states.set(KEY, content);
  expect(await read()).toBeUndefined();
});

it("refuses an object that is not a state", async () => {
  aws.states.set(KEY, "encrypted");
  await expect(read()).rejects.toThrow(
    /^The state of automock-a, s3:\/\/automock-tfstate-123456789012-us-east-1\/automock\/a\/terraform\.tfstate, cannot be read: .*JSON/,
  );
});

it("says how the bucket is created", async () => {
  aws.hasBucket = false;
  await expect(read()).rejects.toThrow(
    "The state bucket of account 123456789012 in us-east-1 does not exist yet. Create it with automock bootstrap --environment a",
  );
});
