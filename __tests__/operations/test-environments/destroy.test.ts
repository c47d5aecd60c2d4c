import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "../../../contract/test-run";
import { destroyRun } from "../../../operations/test-environments/destroy";
import { LocalJournal } from "../../../operations/test-environments/journal";
import type { RunWorld } from "../../../operations/test-environments/world";
import { awsError, fakeClients, type Answers } from "../../support/fake-clients";
import { FakeTestRegistry, TEST_HEADER } from "../../support/test-run";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "destroy-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Destroys a run with these lines in its journal, in an account in which every call is answered alike. */
async function destroy(answer: () => object, entries: readonly object[] = []) {
  const registry = new FakeTestRegistry();
  for (const entry of entries) await registry.note(TEST_HEADER.run, entry as JournalEntry);
  const clients = fakeClients(new Proxy<Answers>({}, { get: () => answer }));
  const journal = new LocalJournal(folder, TEST_HEADER.run);
  const world = { run: TEST_HEADER, clients, registry, journal, now: () => 0, progress: () => undefined };
  return { ...(await destroyRun(world as unknown as RunWorld)), calls: clients.calls };
}

it("an empty account: nothing is left", async () =>
  expect(await destroy(() => ({}))).toMatchObject({ empty: true, left: [], errors: [], deleted: {} }));

it("what was created and has no handler is left, because nothing can say whether it still exists", async () => {
  const entry = { node: "events", type: "kinesis:stream", name: "test-orders-k3f9aa-events", id: "events" };
  const { empty, left } = await destroy(() => ({}), [{ ...entry, state: "created" }]);
  expect([empty, left]).toEqual([
    false,
    [{ resource: "kinesis:stream events", reason: "no handler for its type" }],
  ]);
  expect(await destroy(() => ({}), [{ ...entry, state: "intent" }])).toMatchObject({ empty: true, left: [] });
});

it.each(["AccessDeniedException", "ExpiredTokenException"])(
  "%s at every listing ends it at once, because no repetition changes that",
  async (name) => {
    const { empty, errors, calls } = await destroy(() => {
      throw awsError(name, "no");
    });
    expect(empty).toBe(false);
    expect(errors.join()).toContain(`${name}: no`);
    const commands = calls.map(([command]) => command);
    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter((command) => command === "ListTables")).toHaveLength(1);
  },
);
