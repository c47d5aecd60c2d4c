import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Terraform, TerraformError, warningsIn } from "../../../operations/terraform/terraform";
import { eventually } from "../../support/eventually";

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
const recorded = () => {
  const file = join(folder, "record");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};

it("lists nothing when there is no state yet; any other failure is an error", async () => {
  const none = await Terraform.find({ env: env({ EXIT: "1", COMPLAINT: "No state file was found!" }) });
  expect(await none.stateList(folder)).toEqual([]);
  const denied = await Terraform.find({ env: env({ EXIT: "1", COMPLAINT: "AccessDenied" }) });
  await expect(denied.stateList(folder)).rejects.toThrow(
    /state list" failed with exit code 1:\nAccessDenied/,
  );
});

it.each([
  [undefined, "400"],
  ["50", "50"],
])("gives terraform memory for time: GOGC %s becomes %s", async (given, expected) => {
  writeFileSync(
    join(folder, "terraform"),
    `#!/bin/sh\nprintf '{"terraform_version":"1.11.4","GOGC":"%s"}' "$GOGC"\n`,
  );
  const terraform = await Terraform.find({ env: env(given === undefined ? {} : { GOGC: given }) });
  expect(JSON.parse(await terraform.statePull(folder))).toMatchObject({ GOGC: expected });
});

it("passes each command on with flags before a plan file", async () => {
  const terraform = await Terraform.find({ env: env({ ANSWER: "{}" }) });
  expect(terraform.version).toBe("1.11.4");
  await terraform.init(folder);
  await terraform.init(folder, { backend: false, reconfigure: true });
  await terraform.init(folder, { migrateState: true });
  await terraform.validate(folder);
  await terraform.plan(folder, { out: "p", destroy: true, refreshOnly: true });
  await terraform.plan(folder, { lock: false });
  await terraform.plan(folder, { lock: true, lockTimeout: "5m" });
  await terraform.apply(folder, { planFile: "p" });
  await terraform.apply(folder);
  await terraform.destroy(folder);
  await terraform.output(folder);
  await terraform.show(folder, "p");
  await terraform.showPlan(folder, "p");
  await terraform.stateList(folder);
  await terraform.statePull(folder);
  expect(recorded()).toEqual([
    "init -no-color -input=false",
    "init -no-color -input=false -backend=false -reconfigure",
    "init -no-color -input=false -migrate-state -force-copy",
    "validate -no-color",
    "plan -no-color -input=false -detailed-exitcode -out=p -destroy -refresh-only",
    "plan -no-color -input=false -detailed-exitcode -lock=false",
    "plan -no-color -input=false -detailed-exitcode -lock-timeout=5m",
    "apply -no-color -input=false -auto-approve p",
    "apply -no-color -input=false -auto-approve",
    "destroy -no-color -input=false -auto-approve",
    "output -json",
    "show -json p",
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

it("does not count the wait for a lock as the time of a plan", async () => {
  const slow = PROGRAM.replace('process.env.ANSWER ?? ""', "setTimeout(() => undefined, 1500) && 1");
  writeFileSync(join(folder, "terraform"), slow);
  const terraform = await Terraform.find({ env: env(), timeoutSeconds: 1 });
  await expect(terraform.plan(folder)).rejects.toThrow("did not finish within 1 s and was stopped");
  for (const lockTimeout of ["60s", "1m", "1h"]) {
    expect(await terraform.plan(folder, { lockTimeout })).toMatchObject({ hasChanges: false });
  }
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
    'Terraform is required. Cannot start "terraform": the command is not on PATH, or the folder . does not exist.\n' +
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

it("changes some options and keeps the others", async () => {
  const lines: string[] = [];
  const terraform = await Terraform.find({ env: env(), onLine: (line) => lines.push(line) });
  const other = terraform.with({ env: { ANSWER: "from another environment" } });
  expect((await other.run(folder, ["fmt"])).stdout).toBe("from another environment\n");
  expect(lines).toContain("from another environment");
  expect((await terraform.run(folder, ["fmt"])).stdout).toBe("\n");
  expect([other.version, other.binary]).toEqual([terraform.version, terraform.binary]);
});

describe("applyPlan", () => {
  it("applies the plan file and reports its events, not what goes to standard error", async () => {
    const events: string[] = [];
    const terraform = await Terraform.find({
      env: env({ ANSWER: "{1}\n{2}", COMPLAINT: "no event", EXIT: "1" }),
    });
    const options = { onEvent: (line: string) => void events.push(line), onInterrupt: () => undefined };
    const result = await terraform.applyPlan(folder, "tfplan", { ...options, lockTimeout: "10m" });
    await terraform.applyPlan(folder, "tfplan", options);
    expect(events).toEqual(["{1}", "{2}", "{1}", "{2}"]);
    expect(result).toMatchObject({ exitCode: 1, stderr: "no event\n" });
    expect(recorded()).toEqual([
      "apply -json -input=false -lock-timeout=10m tfplan",
      "apply -json -input=false tfplan",
    ]);
  });

  /** Terraform that ends an apply in order half a second after the first SIGINT, and at once after the second. */
  const PATIENT = `#!/usr/bin/env node
const fs = require("node:fs");
const note = (text) => fs.appendFileSync(process.env.RECORD, text + "\\n");
if (process.argv[2] === "version") { console.log('{"terraform_version":"1.11.4"}'); process.exit(0); }
let asked = 0;
process.on("SIGINT", () => {
  note("SIGINT " + ++asked);
  if (asked === 2) process.exit(1);
  setTimeout(() => { note("state saved"); process.exit(1); }, Number(process.env.SAVES_MS));
});
setInterval(() => {}, 1000);
console.log("applying");`;

  function interruptible(savesMs: number, program = PATIENT) {
    writeFileSync(join(folder, "terraform"), program);
    const source = `
      const { Terraform } = require(${JSON.stringify(join(__dirname, "../../../operations/terraform/terraform.ts"))});
      (async () => {
        const terraform = await Terraform.find({ env: process.env });
        const { exitCode, signal } = await terraform.applyPlan(${JSON.stringify(folder)}, "tfplan", {
          onEvent: (line) => console.log(line),
          onInterrupt: (times) => console.log("interrupted", times),
        });
        console.log("ended", exitCode, signal);
      })();`;
    const args = ["--require", require.resolve("tsx/cjs"), "-e", source];
    const parent = spawn(process.execPath, args, { env: { ...env(), SAVES_MS: String(savesMs) } });
    let text = "";
    parent.stdout.on("data", (chunk) => (text += String(chunk)));
    const exited = new Promise<number | null>((resolve) => parent.once("close", (code) => resolve(code)));
    return { parent, exited, text: () => text };
  }

  it("on Ctrl-C asks terraform to stop and waits until it has saved the state", async () => {
    const { parent, exited, text } = interruptible(500);
    await eventually("terraform applies", () => text().includes("applying"));
    parent.kill("SIGINT");
    expect(await exited).toBe(130);
    expect(recorded()).toEqual(["SIGINT 1", "state saved"]);
    expect(text()).toBe("applying\ninterrupted 1\nended 1 null\n");
  });

  it("on a second Ctrl-C asks again, which ends terraform at once, instead of killing it", async () => {
    const { parent, exited, text } = interruptible(600_000);
    await eventually("terraform applies", () => text().includes("applying"));
    parent.kill("SIGINT");
    await eventually("terraform is asked", () => recorded().includes("SIGINT 1"));
    parent.kill("SIGINT");
    expect(await exited).toBe(130);
    expect(recorded()).toEqual(["SIGINT 1", "SIGINT 2"]);
    expect(text()).toBe("applying\ninterrupted 1\ninterrupted 2\nended 1 null\n");
  });

  it("on a third Ctrl-C kills", async () => {
    const stubborn = PATIENT.replace("if (asked === 2) process.exit(1);", "");
    const { parent, exited, text } = interruptible(600_000, stubborn);
    await eventually("terraform applies", () => text().includes("applying"));
    for (const times of [1, 2]) {
      parent.kill("SIGINT");
      await eventually("terraform is asked", () => recorded().includes(`SIGINT ${times}`));
    }
    parent.kill("SIGINT");
    expect(await exited).toBe(130);
    expect(text()).not.toContain("ended 1");
  });
});

it.each([
  "TF_WORKSPACE",
  "TF_CLI_ARGS",
  "TF_CLI_ARGS_plan",
  "TF_DATA_DIR",
  "TF_VAR_name",
  "TF_REATTACH_PROVIDERS",
])("refuses %s, which changes what terraform does", async (name) => {
  await expect(Terraform.find({ env: env({ [name]: "x" }) })).rejects.toThrow(
    `The environment sets ${name}, which would change what Terraform does with a stack.\nUnset them first: unset ${name}`,
  );
  expect(recorded()).toEqual([]);
});
it.each([
  "TF_LOG",
  "TF_LOG_PATH",
  "TF_CLI_CONFIG_FILE",
  "TF_PLUGIN_CACHE_DIR",
  "TF_IN_AUTOMATION",
  "TF_TOKEN_a_example",
])("accepts %s", async (name) =>
  expect((await Terraform.find({ env: env({ [name]: "x" }) })).version).toBe("1.11.4"),
);
it("accepts an empty variable, which does nothing", async () =>
  expect((await Terraform.find({ env: env({ TF_WORKSPACE: "" }) })).version).toBe("1.11.4"));

it("reads the warnings of a plan, once each", () => {
  const warning = (title: string) =>
    `╷\n│ Warning: ${title}\n│ \n│   on cdk.tf.json line 1\n│ \n│ Use another.\n╵\n`;
  expect(
    warningsIn(`No changes.\n${warning("Deprecated")}${warning("Deprecated")}${warning("Check failed")}`),
  ).toEqual([
    "Deprecated on cdk.tf.json line 1 Use another.",
    "Check failed on cdk.tf.json line 1 Use another.",
  ]);
  expect(warningsIn("No changes.")).toEqual([]);
});
