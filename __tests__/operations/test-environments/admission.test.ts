import { admit } from "../../../operations/test-environments/admission";
import { CallRecorder } from "../../../operations/test-environments/calls";
import { Refused } from "../../../operations/test-environments/refused";
import { parseTestEnvironment } from "../../../environments/schema/test-environment-load";
import { fakeClients } from "../../support/fake-clients";
import { TEST_HEADER } from "../../support/test-run";

const { owner, costCenter, accountId, region } = TEST_HEADER;
const FILE = "environments/test/orders.json";
const common = { name: "orders", owner, costCenter, accountId, region };
const spec = parseTestEnvironment(
  FILE,
  JSON.stringify({ ...common, resources: { files: { type: "bucket" } } }),
).environment!;

async function admitted(clockOffsetMs: number, Account = accountId): Promise<string> {
  const taken: string[] = [];
  const work = admit({
    run: TEST_HEADER,
    spec,
    nodes: [],
    clients: fakeClients({ GetCallerIdentity: () => ({ Account }) }),
    registry: { takeSlot: async () => taken.push("slot") } as never,
    now: () => 0,
    progress: () => undefined,
    clockOffsetMs: () => clockOffsetMs,
  });
  return work.then(
    () => taken.join(),
    (error: Error) => (error instanceof Refused && taken.length === 0 ? error.message : "taken"),
  );
}

const MINUTE_MS = 60_000;

it.each([
  [5 * MINUTE_MS, "slot"],
  [
    6 * MINUTE_MS,
    "The clock of this machine is 6 min behind AWS's, so the environment would expire at the wrong time. Set the clock.",
  ],
  [
    -90 * MINUTE_MS,
    "The clock of this machine is 90 min ahead of AWS's, so the environment would expire at the wrong time. Set the clock.",
  ],
])("a clock that is %i ms behind AWS's", async (offset, expected) =>
  expect(await admitted(offset)).toBe(expected),
);

it("every reason is told at once", async () =>
  expect((await admitted(10 * MINUTE_MS, "999999999999")).split("\n")).toEqual([
    "The credentials are of account 999999999999, and the file says 123456789012. Use another --profile, or correct accountId or role.",
    expect.stringMatching(/^The clock of this machine is 10 min behind/),
  ]));

it("the difference of the clocks is that of the last answer with a time", async () => {
  const recorder = new CallRecorder();
  type Add = (
    next: (args: unknown) => Promise<unknown>,
    context: object,
  ) => (args: unknown) => Promise<unknown>;
  let add!: Add;
  recorder.instrument({ middlewareStack: { add: (middleware: Add) => void (add = middleware) } });
  const answer = async (headers: object) =>
    add(async () => ({ response: { statusCode: 200, headers } }), {})({});
  await answer({ date: new Date(Date.now() + 600_000).toUTCString() });
  await answer({});
  expect(recorder.clockOffsetMs).toBeGreaterThan(598_000);
  expect(recorder.clockOffsetMs).toBeLessThanOrEqual(600_000);
  expect(recorder.count).toBe(2);
});
