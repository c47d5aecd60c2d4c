import type { TestNodeType } from "../../../contract/test-run";
import { admit } from "../../../operations/test-environments/admission";
import type { Node } from "../../../operations/test-environments/nodes/node";
import { Refused } from "../../../operations/test-environments/refused";
import { parseTestEnvironment } from "../../../environments/schema/test-environment-load";
import { awsError, fakeClients } from "../../support/fake-clients";
import { TEST_HEADER } from "../../support/test-run";

const { owner, costCenter, accountId, region } = TEST_HEADER;
const FILE = "environments/test/orders.json";
const common = { name: "orders", owner, costCenter, accountId, region };
const spec = parseTestEnvironment(
  FILE,
  JSON.stringify({ ...common, resources: { files: { type: "bucket" } } }),
).environment!;

/** What a test changes in an account in which everything is admitted. */
interface Situation {
  readonly clockOffsetMs?: number;
  readonly account?: string;
  readonly usd?: number;
  readonly types?: readonly TestNodeType[];
  readonly openBreakers?: readonly string[];
  readonly roles?: { readonly Roles: number; readonly RolesQuota: number } | Error;
  readonly codeBytes?: number;
  readonly holders?: readonly string[];
}

/** `slot`, or why the run is refused; then no slot was taken. What is not checked is told after it. */
async function admitted({
  clockOffsetMs = 0,
  account = accountId,
  usd = 2,
  types = [],
  openBreakers = [],
  roles = { Roles: 1, RolesQuota: 1000 },
  codeBytes = 1,
  holders,
}: Situation = {}): Promise<string> {
  const told: string[] = [];
  const taken: string[] = [];
  const work = admit({
    run: TEST_HEADER,
    spec: { ...spec, atMost: { environments: 2, usd } },
    nodes: types.map((type) => ({ type }) as Node),
    clients: fakeClients({
      GetCallerIdentity: () => ({ Account: account }),
      GetAccountSummary: () => {
        if (roles instanceof Error) throw roles;
        return { SummaryMap: roles };
      },
      GetAccountSettings: () => ({
        AccountLimit: { TotalCodeSize: 1000 },
        AccountUsage: { TotalCodeSize: codeBytes },
      }),
    }),
    registry: {
      takeSlot: async () => (holders === undefined ? taken.push("slot") : undefined),
      slotHolders: async () => holders,
      breakerUntil: async (service: string) => (openBreakers.includes(service) ? 60_000 : undefined),
    } as never,
    now: () => 0,
    progress: (text) => told.push(text),
    clockOffsetMs: () => clockOffsetMs,
  });
  return work.then(
    () => [...taken, ...told].join("; "),
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
  expect(await admitted({ clockOffsetMs: offset })).toBe(expected),
);

it.each<[string, Situation, string]>([
  [
    "a run costs more than its cap",
    { usd: 0.001 },
    "One run of orders costs up to $0.0054, more than atMost.usd ($0.0010). Raise the limit, or use fewer resources.",
  ],
  [
    "the breaker of a service that it uses is open",
    { types: ["lambda:function", "s3:bucket"], openBreakers: ["lambda", "sqs"] },
    "lambda failed in another run a moment ago, so nothing is created in it until 1970-01-01T00:01:00Z. Try again then.",
  ],
  [
    "the roles of the account are used up",
    { types: ["iam:role", "iam:role"], roles: { Roles: 999, RolesQuota: 1000 } },
    "The quota of IAM roles of the account is used up: 999 of 1000, and this run adds 2 roles. Ask AWS for more, or delete unused ones.",
  ],
  [
    "as many roles are free as it needs",
    { types: ["iam:role"], roles: { Roles: 999, RolesQuota: 1000 } },
    "slot",
  ],
  [
    "the storage of code is used up",
    { types: ["lambda:function"], codeBytes: 1000 },
    "The quota of bytes of Lambda code of the region is used up: 1000 of 1000, and this run adds the code of 1 function. Ask AWS for more, or delete unused ones.",
  ],
  [
    "a quota may not be read",
    { types: ["iam:role"], roles: awsError("AccessDenied", "no") },
    "slot; The quota of IAM roles of the account is not checked: AccessDenied: no",
  ],
  [
    "all slots are in use",
    { holders: ["orders-aaaaaa", "orders-bbbbbb"] },
    "orders allows 2 environments at the same time (atMost.environments), and all are in use: orders-aaaaaa, orders-bbbbbb.\n" +
      "Wait until one ends (automock test-env list), remove one, for example with automock test-env down orders-aaaaaa, or raise the limit. An expired one frees its slot by itself.",
  ],
])("when %s", async (_, situation, expected) => expect(await admitted(situation)).toBe(expected));

it("every reason is told at once", async () =>
  expect((await admitted({ clockOffsetMs: 10 * MINUTE_MS, account: "999999999999" })).split("\n")).toEqual([
    "The credentials are of account 999999999999, and the file says 123456789012. Use another --profile, or correct accountId or role.",
    expect.stringMatching(/^The clock of this machine is 10 min behind/),
  ]));
