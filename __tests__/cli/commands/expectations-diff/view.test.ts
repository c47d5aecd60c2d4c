import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColors } from "picocolors";
import { formatDiff } from "../../../../cli/commands/expectations-diff/view";
import { diff } from "../../../../operations/expectations/diff";
import { ExpectationStore } from "../../../../operations/expectations/store";
import { FakeVersionedBucket } from "../../../support/fake-versioned-bucket";

const mock = (id: string) => ({ id, httpRequest: { path: `/${id}` }, httpResponse: { statusCode: 200 } });
const colors = createColors(false);

let folder: string;
let file: string;
let s3: FakeVersionedBucket;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "diff-"));
  file = join(folder, "mocks.json");
  s3 = new FakeVersionedBucket();
});
afterEach(() => rmSync(folder, { recursive: true }));

const compared = (path?: string) =>
  diff("automock-demo", new ExpectationStore(s3.client, "automock-demo", "b"), path);

it("compares a file with the newest version", async () => {
  s3.add(JSON.stringify([mock("a"), mock("b")]));
  writeFileSync(file, JSON.stringify([{ ...mock("all"), httpRequest: { path: "/.*" } }, mock("b")]));
  const result = await compared(file);
  expect(formatDiff(result, colors).replaceAll(`${folder}/`, "")).toBe(
    [
      "automock-demo, from version v1 to mocks.json:",
      "  + all (any method /.*)",
      "  - a (any method /a)",
      "  - b (any method /b): hidden by all",
    ].join("\n"),
  );
});

it("compares the newest version with the one before", async () => {
  s3.add(JSON.stringify([mock("a")]));
  expect(formatDiff(await compared(), colors)).toBe(
    "automock-demo, from nothing to v1:\n  + a (any method /a)",
  );
  s3.add(JSON.stringify([{ ...mock("a"), priority: 3 }]));
  expect(formatDiff(await compared(), colors)).toBe(
    "automock-demo, from version v1 to v2:\n  ~ a (any method /a): priority",
  );
});

it("says when callers notice nothing, and refuses a file with errors", async () => {
  s3.add("[]");
  writeFileSync(file, "[]");
  expect(formatDiff(await compared(file), colors)).toMatch(/\n {2}callers notice nothing$/);
  writeFileSync(file, "{}");
  await expect(compared(file)).rejects.toThrow("1 error, 0 warnings.");
});
