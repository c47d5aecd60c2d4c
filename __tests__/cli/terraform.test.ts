import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Terraform, TerraformError } from "../../cli/terraform";

/** A program named `terraform` that records its arguments and answers as told by the environment. */
const PROGRAM = `#!/usr/bin/env node
const fs = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "version") { console.log(process.env.ANSWER_VERSION ?? '{"terraform_version":"1.11.4"}'); process.exit(0); }
fs.appendFileSync(process.env.RECORD, args.join(" ") + "\\n");
console.log(process.env.ANSWER ?? "");
console.error(process.env.COMPLAINT ?? "");
process.exitCode = Number(process.env.EXIT ?? 0);
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "terraform-test-"));
  writeFileSync(join(folder, "terraform"), PROGRAM);
  chmodSync(join(folder, "terraform"), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

const env = (more: NodeJS.ProcessEnv = {}) => ({
  PATH: `${folder}${delimiter}${process.env.PATH}`,
  RECORD: join(folder, "record"),
  ...more,
});
const recorded = () => readFileSync(join(folder, "record"), "utf8").trim().split("\n");

it("passes each command on with flags before a plan file", async () => {
  const terraform = await Terraform.find({ env: env({ ANSWER: "{}" }) });
  expect(terraform.version).toBe("1.11.4");
  await terraform.init(folder);
  await terraform.init(folder, { backend: false, reconfigure: true });
  await terraform.init(folder, { migrateState: true });
  await terraform.validate(folder);
  await terraform.plan(folder, { out: "p", destroy: true, refreshOnly: true });
  await terraform.apply(folder, { planFile: "p" });
  await terraform.apply(folder);
  await terraform.destroy(folder);
  await terraform.output(folder);
  await terraform.show(folder, "p");
  await terraform.stateList(folder);
  await terraform.statePull(folder);
  expect(recorded()).toEqual([
    "init -no-color -input=false",
    "init -no-color -input=false -backend=false -reconfigure",
    "init -no-color -input=false -migrate-state -force-copy",
    "validate -no-color",
    "plan -no-color -input=false -detailed-exitcode -out=p -destroy -refresh-only",
    "apply -no-color -input=false -auto-approve p",
    "apply -no-color -input=false -auto-approve",
    "destroy -no-color -input=false -auto-approve",
    "output -json",
    "show -json p",
    "state list",
    "state pull",
  ]);
});

it.each([
  ["0", false],
  ["2", true],
])("reads exit code %s of a plan as hasChanges: %s", async (EXIT, hasChanges) => {
  const terraform = await Terraform.find({ env: env({ EXIT, ANSWER: "text" }) });
  expect(await terraform.plan(folder)).toEqual({ hasChanges, text: "text\n" });
});

it("fails with command, exit code and the last words", async () => {
  const lines: string[] = [];
  const terraform = await Terraform.find({
    env: env({ EXIT: "1", COMPLAINT: "Error: no" }),
    onLine: (line) => lines.push(line),
  });
  const failure = await terraform.plan(folder).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TerraformError);
  expect((failure as Error).message).toBe(
    `"terraform plan -input=false -detailed-exitcode" failed with exit code 1:\nError: no`,
  );
  expect(lines).toContain("Error: no");
});

it("says how to get terraform when there is none", async () => {
  await expect(Terraform.find({ env: { PATH: "/nonexistent" } })).rejects.toThrow(
    'Terraform is needed. Cannot start "terraform": no such command on PATH (or no such folder: .).\n' +
      "Install it from https://developer.hashicorp.com/terraform/install and put it on PATH.",
  );
});

it("refuses an unfit version before anything is run", async () => {
  const old = env({ ANSWER_VERSION: '{"terraform_version":"1.9.8"}' });
  await expect(Terraform.find({ env: old })).rejects.toThrow("Terraform 1.9.8 is too old");
});

it("takes the binary that cdktf would take", async () => {
  const chosen = env({ PATH: process.env.PATH, TERRAFORM_BINARY_NAME: join(folder, "terraform") });
  expect((await Terraform.find({ env: chosen })).binary).toBe(join(folder, "terraform"));
});
