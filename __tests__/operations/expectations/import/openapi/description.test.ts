import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../../../../../contract/user-error";
import { readDescription } from "../../../../../operations/expectations/import/openapi/description";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "description-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes files, the first of which is the description. */
function written(files: Readonly<Record<string, string | object>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return join(folder, Object.keys(files)[0]!);
}

function read(files: Readonly<Record<string, string | object>>) {
  return readDescription(written(files)).content as Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any
}

function refusal(files: Readonly<Record<string, string | object>>): string {
  try {
    readDescription(written(files));
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message.replaceAll(`${folder}/`, "");
  }
  throw new Error("nothing was refused");
}

const HEAD = "openapi: 3.0.3\ninfo: { title: t, version: '1' }\n";

describe("references", () => {
  it("follows those to files beside the description, and to files beside these", () => {
    const { paths, components } = read({
      "api.yaml": `${HEAD}paths:\n  /pets:\n    $ref: paths/pets.yaml\n`,
      "paths/pets.yaml":
        "get:\n  responses:\n    '200':\n      description: ok\n      content:\n        application/json:\n          schema: { $ref: '../schemas.json#/Pet' }\n",
      "schemas.json": {
        Pet: { type: "object", properties: { owner: { $ref: "#/Owner" } } },
        Owner: { type: "object", properties: { name: { type: "string" } } },
      },
    });
    expect(paths["/pets"].get.responses["200"].content["application/json"].schema).toEqual({
      $ref: "#/components/schemas/schemas.json_Pet",
    });
    expect(components.schemas).toEqual({
      "schemas.json_Pet": {
        type: "object",
        properties: { owner: { $ref: "#/components/schemas/schemas.json_Owner" } },
      },
      "schemas.json_Owner": { type: "object", properties: { name: { type: "string" } } },
    });
  });

  it("follows them in a description of version 2.0", () => {
    const { paths, components } = read({
      "api.json": {
        swagger: "2.0",
        info: { title: "t", version: "1" },
        produces: ["application/json"],
        paths: {
          "/a": { get: { responses: { 200: { description: "ok", schema: { $ref: "b.json#/A" } } } } },
        },
      },
      "b.json": { A: { type: "integer" } },
    });
    expect(paths["/a"].get.responses["200"].content["application/json"].schema).toEqual({
      $ref: "#/components/schemas/b.json_A",
    });
    expect(components.schemas["b.json_A"]).toEqual({ type: "integer" });
  });

  it("lets a schema contain itself, in the same file or another", () => {
    const tree = { type: "object", properties: { child: { $ref: "#/Tree" } } };
    const { components } = read({
      "api.yaml": `${HEAD}paths:\n  /a:\n    get:\n      responses:\n        '200':\n          description: ok\n          content:\n            application/json:\n              schema: { $ref: 'tree.json#/Tree' }\n`,
      "tree.json": { Tree: tree },
    });
    expect(components.schemas["tree.json_Tree"].properties.child).toEqual({
      $ref: "#/components/schemas/tree.json_Tree",
    });
  });

  it("takes what is in an example for data", () => {
    const example = { $ref: "https://example.com/x" };
    const { paths } = read({
      "api.json": {
        openapi: "3.1.0",
        info: { title: "t", version: "1" },
        paths: {
          "/a": {
            get: {
              responses: { 200: { description: "", content: { "application/json": { examples: { one: { value: example } } } } } }, // prettier-ignore
            },
          },
        },
      },
    });
    expect(paths["/a"].get.responses["200"].content["application/json"].examples.one.value).toEqual(example);
  });

  const withRef = (ref: string) => `${HEAD}paths:\n  /a:\n    get:\n      responses:\n        '200':\n          $ref: "${ref}"\n`; // prettier-ignore
  const fault = (ref: string, why: string) =>
    [
      "api.yaml:8: $ref",
      `  given:   ${JSON.stringify(ref)}, which ${why}`,
      "  allowed: a part of the description, or of a file in its folder",
      "  fix:     correct the reference, or bundle the description into one file first",
    ].join("\n");

  it.each([
    ["https://example.com/api.yaml#/x", "leads to a network address or another scheme"],
    ["//example.com/api.yaml#/x", "leads to a network address or another scheme"],
    ["file:///etc/passwd", "leads to a network address or another scheme"],
    ["../other.yaml#/x", "leads out of the folder of the description"],
    ["/etc/passwd", "leads out of the folder of the description"],
    ["a/%2e%2e/%2e%2e/other.yaml", "leads out of the folder of the description"],
    ["#/components/responses/Gone", "leads to nothing"],
    ["#anchor", "leads to nothing"],
    ["#/constructor", "leads to nothing"],
  ])("refuses %s", (ref, why) => {
    expect(refusal({ "api.yaml": withRef(ref) })).toBe(fault(ref, why));
  });

  it("refuses a file that does not exist, and a link out of the folder", () => {
    expect(refusal({ "api.yaml": withRef("gone.yaml") })).toBe(fault("gone.yaml", `leads to gone.yaml, which does not exist`)); // prettier-ignore
    symlinkSync("/etc/hostname", join(folder, "link.yaml"));
    expect(refusal({ "api.yaml": withRef("link.yaml") })).toBe(
      fault("link.yaml", "leads out of the folder of the description"),
    );
  });

  it("refuses a circle of references alone", () => {
    const circle =
      "components:\n  responses:\n    A: { $ref: '#/components/responses/B' }\n    B: { $ref: '#/components/responses/A' }\n";
    const message = refusal({ "api.yaml": withRef("#/components/responses/A") + circle });
    expect(message).toBe(fault("#/components/responses/A", "leads in a circle"));
  });

  it("refuses a circle of path items in files", () => {
    const message = refusal({
      "api.yaml": `${HEAD}paths:\n  /a:\n    $ref: a.yaml\n`,
      "a.yaml": "get:\n  callbacks:\n    c:\n      x:\n        $ref: a.yaml\n",
    });
    expect(message).toContain('a.yaml:5: $ref\n  given:   "a.yaml", which leads in a circle\n');
  });
});

describe("files that are not descriptions", () => {
  it.each([
    ["{}", "api.yaml:1: not an OpenAPI description."],
    ["[]", "api.yaml:1: not an OpenAPI description."],
    ["", "api.yaml:1: not an OpenAPI description."],
    ["openapi: 4.0.0", "api.yaml:1: not an OpenAPI description."],
    ["swagger: '1.2'", "api.yaml:1: not an OpenAPI description."],
    ["a: 1\nb: [", "api.yaml:2: not JSON or YAML: "],
    ['{\n  "a": 1,\n  "b" 2\n}', "api.yaml:3: not JSON or YAML: "],
    [`${"[".repeat(100_000)}`, "not JSON or YAML: it is nested too deep."],
    [`a: &a [x]\n${aliases(9)}`, "api.yaml:1: not JSON or YAML: Excessive alias count"],
  ])("refuses %.20s", (text, message) => {
    expect(refusal({ "api.yaml": text })).toContain(message);
  });

  it("refuses more than 20 MiB, of all files together", () => {
    const large = `# ${"x".repeat(12 * 1024 * 1024)}\n`;
    expect(refusal({ "api.yaml": large + large })).toBe(
      "api.yaml: 24.0 MiB; a description may have 20 MiB, with the files beside it. Split it, for example by tag.",
    );
    expect(refusal({ "api.yaml": `${HEAD}paths:\n  /a: { $ref: b.yaml }\n${large}`, "b.yaml": large })).toContain("b.yaml: 24.0 MiB;"); // prettier-ignore
  });
});

it("gives a text with a pattern a sample that matches", () => {
  const { components } = read({
    "api.json": {
      openapi: "3.1.0",
      info: { title: "t", version: "1" },
      paths: {},
      components: {
        schemas: {
          code: { type: "string", pattern: "^[A-Z]{2}-\\d{3,5}$" },
          long: { type: "string", pattern: "^[a-z]+$", minLength: 7 },
          given: { type: "string", pattern: "^a+$", example: "aa" },
          broken: { type: "string", pattern: "(" },
        },
      },
    },
  });
  const { code, long, given, broken } = components.schemas;
  expect([code.example, given.example, broken.example]).toEqual(["AA-000", "aa", undefined]);
  expect(long.example).toMatch(/^[a-z]{7,}$/);
});

/** Lines each of which refers ten times to the one before. */
function aliases(lines: number): string {
  return Array.from({ length: lines }, (_, i) => {
    const before = i === 0 ? "a" : `a${i - 1}`;
    return `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*${before}`).join(", ")}]`;
  }).join("\n");
}
