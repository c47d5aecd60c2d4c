import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../../contract/user-error";
import { importExpectations, type ImportRequest } from "../../../../operations/expectations/import";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "import-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const DEFAULTS = { only: [], without: [], hosts: [], checkRequests: false };

function description(operations: number, tag = "all") {
  const responses = {
    200: { description: "", content: { "application/json": { example: { version: operations } } } },
  };
  return {
    openapi: "3.1.0",
    info: { title: "t", version: "1" },
    paths: Object.fromEntries(
      Array.from({ length: operations }, (_, i) => [`/p${i}`, { get: { operationId: `op${i}`, tags: [tag], responses } }]), // prettier-ignore
    ),
  };
}

function run(content: unknown, options: Partial<ImportRequest> = {}) {
  const file = join(folder, "api.json");
  writeFileSync(file, JSON.stringify(content));
  return importExpectations({ ...DEFAULTS, file, ...options });
}

function refusal(content: unknown, options: Partial<ImportRequest> = {}): string {
  try {
    run(content, options);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message.replaceAll(`${folder}/`, "");
  }
  throw new Error("nothing was refused");
}

const idsIn = (file: string) =>
  (JSON.parse(readFileSync(file, "utf8")) as { id: string }[]).map(({ id }) => id);

it("updates a file: each mock keeps its place, mocks of others stay, and it says what has changed", () => {
  const output = join(folder, "mocks.json");
  expect(run(description(2), { output }).changes).toEqual({
    added: ["op0.200", "op1.200"],
    changed: [],
    removed: [],
    reordered: false,
  });
  const [first, second] = JSON.parse(readFileSync(output, "utf8")) as object[];
  const own = { id: "own", httpRequest: { path: "/own" }, httpResponse: {} };
  writeFileSync(output, JSON.stringify([second, own, first, { ...own, id: "gone.404" }]));
  const result = run(description(3), { output });
  expect(idsIn(output)).toEqual(["op1.200", "op2.200", "own", "op0.200", "gone.404"]);
  expect(result.changes).toEqual({ added: ["op2.200"], changed: ["op1.200", "op0.200"], removed: [], reordered: false }); // prettier-ignore
  expect([result.expectations, result.kept, result.stale]).toEqual([3, 2, ["gone.404"]]);
  const before = readFileSync(output, "utf8");
  run(description(3), { output });
  expect(readFileSync(output, "utf8")).toBe(before);
});

it("returns the expectations without a file to write", () => {
  const result = run(description(1));
  expect(result.content).toHaveLength(1);
  expect(result).not.toHaveProperty("output");
});

it("reads a recording by its content", () => {
  const entry = { request: { method: "GET", url: "https://a.example/x" }, response: { status: 204 } };
  const result = run({ log: { entries: [entry, entry] } });
  expect(result).toMatchObject({ format: "har", operations: 1, repeated: 1, expectations: 1, size: "small" });
});

it("names the smallest size of tasks that takes the file, and refuses what none takes", () => {
  expect(run(description(900)).size).toBe("small");
  expect(run(description(1000)).size).toBe("medium");
  const output = join(folder, "mocks.json");
  const message = refusal(description(15_001, "repos"), { output });
  expect(message).toContain("given:   15001 expectations\n");
  expect(message).toContain("1 error; nothing was written.");
  expect(message).toMatch(/Import a part with --only\. Expectations by tag: repos 15001\.$/);
  expect(() => readFileSync(output)).toThrow("ENOENT");
});

it("refuses what cannot become a mock, or be written", () => {
  expect(refusal({ openapi: "3.1.0", webhooks: { a: {} } })).toBe(
    "api.json: no operation has a response that can become a mock.\n  webhook a: a mock answers requests, it sends none",
  );
  expect(refusal(description(1), { only: ["x"] })).toBe(
    "api.json: no operation that --only and --without leave has a response that can become a mock.",
  );
  expect(refusal(description(1), { hosts: ["x"] })).toBe(
    "--host chooses requests of a recording, and api.json is not a HAR file.",
  );
  writeFileSync(join(folder, "mocks.json"), "{}");
  expect(refusal(description(1), { output: join(folder, "mocks.json") })).toMatch(
    /allowed: an array of expectations\n.*\n\nNothing was written to it\.$/,
  );
  expect(readFileSync(join(folder, "mocks.json"), "utf8")).toBe("{}");
  expect(refusal(description(1), { output: join(folder, "no", "mocks.json") })).toMatch(
    /^No file can be created in/,
  );
});
