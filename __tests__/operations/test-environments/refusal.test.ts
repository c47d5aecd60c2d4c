import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTestEnvironment } from "../../../environments/schema/test-environment-load";
import { LocalJournal } from "../../../operations/test-environments/journal";
import { createRun } from "../../../operations/test-environments/lifecycle";
import type { OpenRun } from "../../../operations/test-environments/open";
import { Refused } from "../../../operations/test-environments/refused";
import { testRecordOf } from "../../support/reaper-values";
import { awsError, fakeClients } from "../../support/fake-clients";
import { TEST_HEADER } from "../../support/test-run";

/** What refuses a run before anything is created. */

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "refusal-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { owner, costCenter, accountId, region } = TEST_HEADER;
const spec = parseTestEnvironment(
  "environments/test/orders.json",
  JSON.stringify({
    name: "orders",
    owner,
    costCenter,
    accountId,
    region,
    resources: { files: { type: "bucket" } },
  }),
).environment!;

/** Calls of the registry and of AWS, and why the run is refused. */
async function refusal(registry: object, GetCallerIdentity: () => object = () => ({ Account: accountId })) {
  const did: string[] = [];
  const clients = fakeClients({ GetCallerIdentity });
  const open = {
    header: TEST_HEADER,
    run: TEST_HEADER,
    clients,
    registry: {
      breakerUntil: async () => undefined,
      takeSlot: async () => did.push("slot"),
      freeSlots: async () => did.push("slot freed"),
      ...registry,
    },
    journal: new LocalJournal(folder, TEST_HEADER.run),
    calls: { clockOffsetMs: 0 },
    now: () => Date.UTC(2026, 0, 31, 9),
    progress: (text: string) => did.push(text),
  };
  const error = await createRun(open as unknown as OpenRun, spec, new AbortController().signal).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Refused);
  expect((error as Refused).exitCode).toBe(4);
  expect(clients.calls.map(([command]) => command)).toEqual(["GetCallerIdentity"]);
  return { message: (error as Error).message, did };
}

it("no credentials: says how to get some, and nothing else", async () => {
  const { message, did } = await refusal({}, () => {
    throw awsError("CredentialsProviderError", "Could not load credentials from any providers");
  });
  expect(did).toEqual([]);
  expect(message).toBe(
    "Nothing was created: There are no usable AWS credentials (Could not load credentials from any providers).\nLog in (aws sso login), or name a profile with --profile.",
  );
});

it("a record that cannot be written gives the slot back", async () => {
  const { message, did } = await refusal({
    open: () => Promise.reject(awsError("AccessDeniedException", "no")),
  });
  expect(did).toEqual(["slot", "slot freed"]);
  expect(message).toBe(
    "Nothing was created: AWS denied access: no\nThe credentials lack this permission or belong to another account. automock doctor shows their account.",
  );
  expect(existsSync(join(folder, ".automock", "test-environments", TEST_HEADER.run, "journal.jsonl"))).toBe(
    true,
  );
});

it.each([
  [{ owner: "someone" }, "owner someone, phase ACTIVE, expires at 2026-01-31T10:00:00Z"],
  [{ phase: "DELETING" as const }, `owner ${owner}, phase DELETING, expires at 2026-01-31T10:00:00Z`],
  [{ expiresAt: "2026-01-31T08:59:00Z" }, `owner ${owner}, phase ACTIVE, expires at 2026-01-31T08:59:00Z`],
])("a run of the same key that cannot be continued: %j", async (changes, shown) => {
  const record = { ...testRecordOf({ owner, expiresAt: "2026-01-31T10:00:00Z" }), ...changes };
  const { message } = await refusal({
    open: async () => false,
    get: async () => ({ kind: "record", record }),
  });
  expect(message).toBe(
    `The environment orders-k3f9aa exists (${shown}). Use another --key, or run automock test-env down orders-k3f9aa first.`,
  );
});
