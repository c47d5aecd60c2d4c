import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "../../../contract/test-run";
import { LocalJournal } from "../../../operations/test-environments/journal";
import { TEST_HEADER } from "../../support/test-run";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "journal-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (node: string, state: JournalEntry["state"]): JournalEntry => ({
  node,
  state,
  type: "s3:bucket",
  name: `test-orders-k3f9aa-${node}`,
  at: "2026-01-31T09:00:00Z",
});

it("keeps the last line of each node", () => {
  const journal = new LocalJournal(folder, TEST_HEADER.run);
  expect(journal.read()).toBeUndefined();
  journal.open(TEST_HEADER);
  journal.append(entry("a", "intent"));
  journal.append(entry("b", "intent"));
  journal.append(entry("a", "created"));
  expect(new LocalJournal(folder, TEST_HEADER.run).read()).toEqual({
    header: TEST_HEADER,
    entries: [entry("a", "created"), entry("b", "intent")],
    closed: false,
  });
});

it("ignores a last line that a crash cut short", () => {
  const journal = new LocalJournal(folder, TEST_HEADER.run);
  journal.open(TEST_HEADER);
  journal.append(entry("a", "intent"));
  appendFileSync(journal.file, '{"entry":{"node":"b","sta');
  expect(journal.read()?.entries).toEqual([entry("a", "intent")]);
});

it("keeps its first header, and is closed until something else is created", () => {
  const journal = new LocalJournal(folder, TEST_HEADER.run);
  journal.close();
  expect(journal.read()).toBeUndefined();
  journal.open(TEST_HEADER);
  journal.open({ ...TEST_HEADER, owner: "someone" });
  journal.close();
  expect(journal.read()).toEqual({ header: TEST_HEADER, entries: [], closed: true });
  journal.append(entry("a", "intent"));
  expect(journal.read()?.closed).toBe(false);
});
