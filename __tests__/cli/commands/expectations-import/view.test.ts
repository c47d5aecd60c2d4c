import { formatImport } from "../../../../cli/commands/expectations-import/view";
import type { ImportResult } from "../../../../operations/expectations/import";

const NONE = { added: [], changed: [], removed: [], reordered: false };
const result: ImportResult = {
  file: "api.yaml",
  format: "openapi",
  output: "mocks.json",
  operations: 2,
  expectations: 3,
  kept: 0,
  stale: [],
  changes: { ...NONE, added: ["a.200"], changed: ["b.200"] },
  notImported: [],
  size: "small",
};

it("says what was imported and what has changed", () => {
  expect(formatImport(result)).toBe(
    [
      "api.yaml: 2 operations, 3 expectations.",
      "mocks.json:",
      "  + 1 added: a.200",
      "  ~ 1 changed: b.200",
      "Try them: automock expectations try mocks.json",
    ].join("\n"),
  );
  expect(formatImport({ ...result, changes: NONE })).toContain("mocks.json: nothing has changed.");
});

it("lists what was not imported, what was kept, and the size of tasks", () => {
  const notImported = Array.from({ length: 22 }, (_, i) => `webhook ${i}: why`);
  const text = formatImport({ ...result, notImported, kept: 2, stale: ["gone.200"], size: "large" });
  expect(text).toContain("Not imported:\n  webhook 0: why\n");
  expect(text).toContain("  webhook 19: why\n  and 2 more; --json lists all of them\n");
  expect(text).toContain("  2 other expectations kept.\nKept, though they look like an earlier import's;");
  expect(text).toContain(
    "  gone.200\nThese expectations need tasks of size large at least; --only imports fewer.\n",
  );
});

it("counts what was left out of a recording", () => {
  const leftOut = { headers: 1, cookies: 0, secrets: 2 };
  const text = formatImport({ ...result, file: "a.har", format: "har", repeated: 4, leftOut });
  expect(text).toMatch(
    /^a\.har: 2 requests, 3 expectations\.\n4 repeated requests left out\.\nLeft out: 1 session header, 2 possible secrets\.\n/,
  );
  expect(formatImport({ ...result, leftOut: { headers: 0, cookies: 0, secrets: 0 } })).not.toContain(
    "Left out",
  );
});
