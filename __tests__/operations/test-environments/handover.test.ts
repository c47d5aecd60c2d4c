import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalJournal } from "../../../operations/test-environments/journal";
import { destroy } from "../../../operations/test-environments/lifecycle";
import type { OpenRun } from "../../../operations/test-environments/open";
import { awsError, fakeClients, type Answers } from "../../support/fake-clients";
import { TEST_HEADER } from "../../support/test-run";

/** What a removal tells the registry, and whom it names when something is left. */

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "handover-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const denied = () => {
  throw awsError("AccessDeniedException", "no");
};

async function removal(answer: () => object, registry: object = {}) {
  const did: string[] = [];
  const log =
    (name: string, result?: unknown) =>
    async (...args: unknown[]) => {
      did.push([name, ...args].join(" "));
      return result;
    };
  const journal = new LocalJournal(folder, TEST_HEADER.run);
  journal.open(TEST_HEADER);
  const open = {
    header: TEST_HEADER,
    run: TEST_HEADER,
    clients: fakeClients(new Proxy<Answers>({}, { get: () => answer })),
    registry: {
      journal: async () => [],
      close: log("close"),
      freeSlots: log("free"),
      expire: log("expire"),
      deletionEnabled: log("enabled?", true),
      ...registry,
    },
    journal,
    now: () => Date.UTC(2026, 0, 31, 9),
    progress: () => undefined,
  };
  return { report: await destroy(open as unknown as OpenRun), did, closed: journal.read()?.closed };
}

const RUN = TEST_HEADER.run;

it("nothing is left: record and slot go, and the journal is closed", async () => {
  const { report, did, closed } = await removal(() => ({}));
  expect(report).toMatchObject({ result: "complete", left: [], errors: [] });
  expect(report.next).toBeUndefined();
  expect([did, closed]).toEqual([[`close ${RUN} `, `free orders ${RUN}`], true]);
});

it("something may be left: the record expires at once, the slot stays, and the reaper is named with its time", async () => {
  const { report, did, closed } = await removal(denied);
  expect(report.result).toBe("incomplete");
  expect(did).toEqual([`expire ${RUN} ${Date.UTC(2026, 0, 31, 9)}`, "enabled? test"]);
  expect(closed).toBe(false);
  expect(report.next).toBe(
    `The reaper removes the rest by 2026-01-31T10:20:00Z. To remove it now: automock test-env down ${RUN}`,
  );
});

it.each<[string, object, string]>([
  [
    "nobody, where deletion is disabled",
    { deletionEnabled: async () => false },
    `The reaper deletes nothing in this account, because someone has disabled deletion. To remove the rest: automock test-env down ${RUN}`,
  ],
  [
    "the reaper, where the switch may not be read",
    { deletionEnabled: async () => denied() },
    `The reaper removes the rest by 2026-01-31T10:20:00Z. To remove it now: automock test-env down ${RUN}`,
  ],
  [
    "nobody, where the record cannot be written",
    { expire: async () => denied() },
    `To remove the rest: automock test-env down ${RUN}`,
  ],
])("the rest is removed by %s", async (_, registry, next) =>
  expect((await removal(denied, registry)).report.next).toBe(next),
);
