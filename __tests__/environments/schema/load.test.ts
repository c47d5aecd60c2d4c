import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blockingFaults, loadEnvironments } from "../../../environments/schema";
import { environmentsFolder } from "../../support/environments-folder";
import { ephemeralInput, stagingEnvironment } from "../../support/environments";
import { spoil } from "../../support/spoil";

let folder: string;
beforeEach(() => (folder = environmentsFolder()));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, value: unknown) =>
  writeFileSync(join(folder, "ephemeral", file), typeof value === "string" ? value : JSON.stringify(value));

const named = (name: string, vpcCidr: string) => ({
  ...spoil(ephemeralInput, "automock.network.vpcCidr", vpcCidr),
  name,
});

it("loads prod and staging without a folder of ephemeral environments", () => {
  rmSync(join(folder, "ephemeral"), { recursive: true });
  const { environments, faults } = loadEnvironments(folder);
  expect(faults).toEqual([]);
  expect(environments.map(({ name }) => name)).toEqual(["prod", "staging"]);
});

it("loads JSON files by name, fills in defaults, ignores other files", () => {
  write("b.json", named("b", "10.3.0.0/16"));
  write("a.json", {
    ...named("a", "10.2.0.0/16"),
    $schema: "../environment.schema.json",
    ttlHours: undefined,
  });
  write("README.md", "not an environment");
  const { environments, faults } = loadEnvironments(folder);
  expect(faults).toEqual([]);
  expect(environments.map(({ name, ttlHours }) => [name, ttlHours])).toEqual([
    ["prod", undefined],
    ["staging", undefined],
    ["a", 4],
    ["b", 4],
  ]);
  expect(environments[2]).toMatchObject({
    locking: "both",
    automock: {
      logRetentionDays: 1,
      network: { interfaceEndpoints: "none" },
      deployment: { strategy: "rolling" },
      scaling: {
        cpuSteps: [
          { atLeast: 70, changePercent: 50 },
          { atLeast: 80, changePercent: 100 },
          { atLeast: 90, changePercent: 200 },
        ],
        memorySteps: [
          { atLeast: 70, changePercent: 50 },
          { atLeast: 80, changePercent: 100 },
          { atLeast: 90, changePercent: 200 },
        ],
        requestSteps: [
          { atLeast: 500, changePercent: 50 },
          { atLeast: 1000, changePercent: 100 },
        ],
        scaleInPercent: 40,
      },
    },
  });
});

it("reports a file that is not JSON along with faults in other files", () => {
  write("a.json", "{ not json");
  write("b.json", { ...named("b", "10.3.0.0/16"), owner: "" });
  const { faults } = loadEnvironments(folder);
  expect(faults).toEqual([
    {
      where: "environments/ephemeral/a.json",
      path: "",
      given: "line 1, column 3: { not json",
      allowed: "JSON",
      fix: "not a JSON value; keys and strings must use double quotes",
    },
    expect.objectContaining({ where: "environments/ephemeral/b.json: owner" }),
  ]);
});

const written = JSON.stringify(named("a", "10.2.0.0/16"), null, 2);
it.each([
  ["an empty file", "", "", "an empty file", "delete the file; the init command creates one"],
  ["a missing comma", written.replace(',\n  "costCenter"', '\n  "costCenter"'), "", 'line 4, column 3: "costCenter": "cc-1",', 'a "," or the closing bracket is missing'], // prettier-ignore
  ["a comment", `// mine\n${written}`, "", "line 1, column 1: // mine", "JSON has no comments; remove it"],
  ["a byte order mark", `\uFEFF${written}`, "", "a byte order mark", "save the file as UTF-8 without BOM"], // prettier-ignore
  [
    "UTF-16",
    Buffer.from(`\uFEFF${written}`, "utf16le"),
    "",
    "bytes that are not UTF-8",
    "save the file as UTF-8",
  ],
  ["a duplicate key", written.replace('"ttlHours"', '"ttlHours": 168, "ttlHours"'), "ttlHours", "a duplicate key", "remove one of them"], // prettier-ignore
])("reports the position of %s", (_, content, path, given, fix) => {
  writeFileSync(join(folder, "ephemeral", "a.json"), content);
  const { environments, faults } = loadEnvironments(folder);
  expect(faults).toMatchObject([
    { where: `environments/ephemeral/a.json${path && `: ${path}`}`, path, given, fix },
  ]);
  expect(environments.map(({ name }) => name)).toEqual(["prod", "staging"]);
});

it.each([["[]"], ["null"], ['"text"']])("a file with %s is not an environment", (text) => {
  write("a.json", text);
  expect(loadEnvironments(folder).faults).toEqual([
    {
      where: "environments/ephemeral/a.json",
      path: "",
      given: text,
      allowed: expect.stringMatching(
        /^an environment: { name, owner, .*, automock, taskApi, admin }$/,
      ) as string,
      fix: "use an object with these keys",
    },
  ]);
});

it("reports an unreadable file along with faults in other files", () => {
  mkdirSync(join(folder, "ephemeral", "a.json"));
  symlinkSync(join(folder, "nowhere"), join(folder, "ephemeral", "b.json"));
  write("c.json", named("c", "10.2.0.0/16"));
  const { environments, faults } = loadEnvironments(folder);
  const fault = (file: string, given: string) => ({
    where: `environments/ephemeral/${file}`,
    path: "",
    given,
    allowed: "a readable file",
    fix: "delete it or replace it with a JSON file",
  });
  expect(faults).toEqual([fault("a.json", "a folder"), fault("b.json", "a broken symbolic link")]);
  expect(environments.map(({ name }) => name)).toEqual(["prod", "staging", "c"]);
});

it("the file must be named after the environment", () => {
  write("a.json", named("b", "10.2.0.0/16"));
  expect(loadEnvironments(folder).faults).toEqual([
    {
      where: "environments/ephemeral/a.json: name",
      path: "name",
      given: '"b"',
      allowed: '"a"',
      fix: "name the file after the environment",
    },
  ]);
});

it("an ephemeral environment cannot have the name of a permanent one, or extend it", () => {
  write("prod-2.json", named("prod-2", "10.2.0.0/16"));
  write("staging.json", { ...named("staging", "10.3.0.0/16") });
  expect(loadEnvironments(folder).faults.map(({ where, allowed }) => `${where}: ${allowed}`)).toEqual([
    "environments/ephemeral/staging.json: ttlHours: no ttlHours in staging: the reaper never deletes an environment of this name",
    'environments/ephemeral/prod-2.json: name: a name where neither it nor "prod" (environments/prod.ts) starts with the other plus a hyphen',
  ]);
});

it("networks in one account and region must not overlap; the fix is a free one", () => {
  write("a.json", named("a", "10.1.128.0/20"));
  write("b.json", { ...named("b", "10.1.128.0/20"), region: "eu-west-1" });
  expect(loadEnvironments(folder).faults).toEqual([
    {
      where: "environments/ephemeral/a.json: automock.network.vpcCidr",
      path: "automock.network.vpcCidr",
      given: '"10.1.128.0/20"',
      allowed:
        "a network that does not overlap 10.1.0.0/16 of environments/staging.ts (same account and region)",
      fix: "10.2.0.0/20 is free",
    },
  ]);
});

it("the network of a Task API is in use too", () => {
  write("a.json", named("a", "10.100.16.0/20"));
  expect(loadEnvironments(folder).faults).toEqual([
    {
      where: "environments/ephemeral/a.json: automock.network.vpcCidr",
      path: "automock.network.vpcCidr",
      given: '"10.100.16.0/20"',
      allowed:
        "a network that does not overlap 10.100.0.0/16 of environments/prod.ts (same account and region)",
      fix: "10.2.0.0/20 is free",
    },
  ]);
});

describe("faults that block other environments", () => {
  const where = () => blockingFaults(loadEnvironments(folder)).map((fault) => fault.where);

  it("are none of a file that cannot be read as an environment", () => {
    write("a.json", named("a", "10.2.0.0/16"));
    write("broken.json", '{ "name": "broken", oops }');
    write("wrong.json", { ...named("wrong", "10.4.0.0/16"), ttlHours: 900 });
    expect(loadEnvironments(folder).environments.map(({ name }) => name)).toContain("a");
    expect(loadEnvironments(folder).faults).toHaveLength(2);
    expect(where()).toEqual([]);
  });

  it("are those between two environments", () => {
    write("a.json", named("a", "10.2.0.0/16"));
    write("b.json", named("b", "10.2.0.0/16"));
    expect(where()).toEqual(["environments/ephemeral/b.json: automock.network.vpcCidr"]);
  });
});

describe("permanent environments", () => {
  const permanent = (name: string, text: string) => writeFileSync(join(folder, `${name}.ts`), text);
  const qa = { ...stagingEnvironment, name: "qa", automock: undefined, taskApi: undefined, admin: {} };

  it("are the files of their folder, prod first because it names the bootstrap stack", () => {
    permanent("dev", `export const dev = ${JSON.stringify({ ...qa, name: "dev" })};`);
    permanent("qa", `export const qa = ${JSON.stringify(qa)};`);
    const { environments, faults } = loadEnvironments(folder);
    expect(faults).toEqual([]);
    expect(environments.map(({ name }) => name)).toEqual(["prod", "dev", "qa", "staging"]);
  });

  it.each([
    [`export const qa = {};`, ": name", "nothing", '"qa"', "name the file after the environment"],
    [`export const one = 1, two = 2;`, "", "2 exports", "one export, the environment", "export const qa = { … } satisfies EnvironmentInput"], // prettier-ignore
    [`export const qa = null;`, ": name", "nothing", '"qa"', "name the file after the environment"],
    [`export const qa = { name: "qa", ttlHours: 4 };`, ": ttlHours", "4", "no ttlHours in a permanent environment", "remove it; an ephemeral environment is a JSON file in environments/ephemeral/"], // prettier-ignore
    [`throw new Error("oops");`, "", "a file that cannot be loaded: oops", "TypeScript that exports an environment", "npm run check:types shows what is wrong"], // prettier-ignore
  ])("with %s have a fault that blocks every command", (text, where, given, allowed, fix) => {
    permanent("qa", text);
    const loaded = loadEnvironments(folder);
    expect(loaded.faults).toMatchObject([{ where: `environments/qa.ts${where}`, given, allowed, fix }]);
    expect(blockingFaults(loaded)).toEqual(loaded.faults);
  });

  it("are told a free network each, so a copied file needs one more try", () => {
    permanent("qa", `export const qa = ${JSON.stringify({ ...stagingEnvironment, name: "qa" })};`);
    expect(loadEnvironments(folder).faults.map(({ fix }) => fix)).toEqual([
      "10.2.0.0/16 is free",
      "10.3.0.0/16 is free",
    ]);
  });

  it("are validated like any other", () => {
    permanent("qa", `export const qa = ${JSON.stringify({ ...qa, region: "nowhere" })};`);
    expect(loadEnvironments(folder).faults.map(({ where }) => where)).toEqual(["environments/qa.ts: region"]);
  });
});
