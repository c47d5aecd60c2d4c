import fs, { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "../../../contract/test-run";
import { LocalJournal } from "../../../operations/test-environments/journal";
import { note, readJournal, type RunWorld } from "../../../operations/test-environments/world";
import { FakeTestRegistry, TEST_HEADER } from "../../support/test-run";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "world-"))));
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const line = { node: "users", type: "dynamodb:table", name: "test-orders-k3f9aa-users" } as const;

function world(registry: object): RunWorld {
  const journal = new LocalJournal(folder, TEST_HEADER.run);
  journal.open(TEST_HEADER);
  return { run: TEST_HEADER, journal, registry, now: () => 0 } as unknown as RunWorld;
}

it("a line is flushed to the disk, then written to the registry", async () => {
  const order: string[] = [];
  const flush = fs.fsyncSync.bind(fs);
  jest.spyOn(fs, "fsyncSync").mockImplementation((descriptor) => {
    flush(descriptor);
    order.push("disk");
  });
  const made = world({
    note: async () => {
      order.push("registry");
      expect(readFileSync(made.journal.file, "utf8")).toContain('"node":"users","type":"dynamodb:table"');
    },
  });
  order.splice(0);
  await note(made, { ...line, state: "intent" });
  expect(order).toEqual(["disk", "registry"]);
});

it("a line that cannot be written to the disk is not written to the registry", async () => {
  const registry = new FakeTestRegistry();
  const made = world(registry);
  rmSync(folder, { recursive: true });
  await expect(note(made, { ...line, state: "intent" })).rejects.toThrow(/journal\.jsonl/);
  expect(registry.notes).toEqual([]);
});

describe("the journal of both places", () => {
  const at = "2026-01-31T09:00:00Z";
  const entry = (node: string, state: JournalEntry["state"]): JournalEntry => ({ ...line, node, state, at });

  it.each<[JournalEntry["state"] | undefined, JournalEntry["state"] | undefined, JournalEntry["state"]]>([
    ["intent", undefined, "intent"],
    [undefined, "intent", "intent"],
    ["created", "intent", "created"],
    ["intent", "created", "created"],
    ["intent", "refused", "refused"],
    ["created", "refused", "created"],
  ])("on the disk %s, in the registry %s: %s", async (disk, kept, expected) => {
    const made = world({ journal: async () => (kept === undefined ? [] : [entry("users", kept)]) });
    if (disk !== undefined) made.journal.append(entry("users", disk));
    expect(await readJournal(made)).toEqual([entry("users", expected)]);
  });
});
