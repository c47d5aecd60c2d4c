import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize, synthesizeOnly } from "../../../operations/terraform/synthesize";

/** Stands in for the project's app: each synth writes another text. */
const APP = `
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const out = process.env.CDKTF_OUTDIR;
appendFileSync("count", "x");
mkdirSync(out + "/stacks/a", { recursive: true });
writeFileSync(out + "/stacks/a/cdk.tf.json", "synth " + readFileSync("count").length);
writeFileSync("context", process.env.CDKTF_CONTEXT_JSON);
writeFileSync(out + "/manifest.json", '{"stacks":{}}');
`;

let projectFolder: string;
beforeEach(() => {
  projectFolder = mkdtempSync(join(tmpdir(), "synth-"));
  writeFileSync(join(projectFolder, "app.js"), APP);
  writeFileSync(join(projectFolder, "cdktf.json"), JSON.stringify({ app: `${process.execPath} app.js` }));
});
afterEach(() => rmSync(projectFolder, { recursive: true }));

it("returns what it has synthesized, even if the same checkout is synthesized again", async () => {
  const workspace = { projectFolder, env: process.env, environments: () => [] };
  const stack = (folder: string) => readFileSync(join(folder, "stacks", "a", "cdk.tf.json"), "utf8");
  const published = join(projectFolder, "cdktf.out");
  const first = await synthesize(workspace);
  expect([stack(first), stack(published)]).toEqual(["synth 1", "synth 1"]);
  const second = await synthesize(workspace);
  expect([stack(first), stack(second), stack(published)]).toEqual(["synth 1", "synth 2", "synth 2"]);
});

it("synthesizes named stacks without publishing them", async () => {
  const workspace = { projectFolder, env: process.env, environments: () => [] };
  const stacks = await synthesizeOnly(workspace, ["a"]);
  expect(readFileSync(join(stacks, "a", "cdk.tf.json"), "utf8")).toBe("synth 1");
  expect(existsSync(join(projectFolder, "cdktf.out"))).toBe(false);
  expect(JSON.parse(readFileSync(join(projectFolder, "context"), "utf8"))).toMatchObject({
    onlyStacks: ["a"],
  });
});

it("removes what a killed synth has left behind, but not the folder of one that runs", async () => {
  const left = (name: string) => join(projectFolder, ".automock", name);
  const gone = left(`synth-${2 ** 30}-abc`);
  const running = left("synth-1-abc");
  for (const folder of [gone, running, left("plans")]) mkdirSync(folder, { recursive: true });
  await synthesizeOnly({ projectFolder, env: process.env, environments: () => [] }, ["a"]);
  expect([gone, running, left("plans")].map((folder) => existsSync(folder))).toEqual([false, true, true]);
});
