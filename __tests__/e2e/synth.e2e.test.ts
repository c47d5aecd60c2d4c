import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { LEAVE_OUT_FAULTY } from "../../contract/context-keys";
import { runApp } from "../../operations/terraform/run-app";
import { run } from "../../operations/process";
import { bundleReaper } from "../../lambda/ttl-cleanup/build";
import { cdktf } from "../support/cdktf";
import { synthesize } from "../support/golden";
import { ephemeralInput, prodEnvironment, stagingEnvironment } from "../support/environments";
import { copyProject, type ProjectCopy } from "../support/project-copy";
import { spoil } from "../support/spoil";

let copy: ProjectCopy;
beforeEach(() => {
  copy = copyProject();
  mkdirSync(join(copy.folder, "environments", "ephemeral"), { recursive: true });
});
afterEach(() => copy.remove());

const addEnvironment = (name: string, value: unknown) =>
  writeFileSync(
    join(copy.folder, "environments", "ephemeral", `${name}.json`),
    typeof value === "string" ? value : JSON.stringify(value),
  );

/** Every file below a folder, by its path in it. */
function files(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    names
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, "utf8")]),
  );
}

it("leaves out an ephemeral environment whose file has faults, for the commands that do not concern it", async () => {
  addEnvironment("broken", '{ "name": "broken", oops }');
  addEnvironment("demo", { ...ephemeralInput, name: "demo" });
  const options = { projectFolder: copy.folder, env: process.env };
  await expect(runApp(options)).rejects.toThrow(
    /environments\/ephemeral\/broken\.json.*nothing was synthesized/s,
  );
  await runApp({ ...options, context: { [LEAVE_OUT_FAULTY]: true } });
  const stacks = readdirSync(join(copy.folder, "cdktf.out", "stacks"));
  expect(stacks).toContain("automock-demo");
  expect(stacks).not.toContain("automock-broken");
});

describe("cdktf synth", () => {
  it("writes what the golden files were made from, the same bytes twice, with no trace of this machine", async () => {
    const output = join(copy.folder, "cdktf.out");
    await cdktf({ projectFolder: copy.folder, env: process.env }, "synth");
    const first = files(output);

    // What the automock command does instead writes the same bytes a second time.
    await runApp({ projectFolder: copy.folder, outputFolder: "own.out", env: process.env });
    expect(files(join(copy.folder, "own.out"))).toEqual(first);

    for (const [stack, text] of synthesize([prodEnvironment, stagingEnvironment], bundleReaper())) {
      expect(first.get(join("stacks", stack, "cdk.tf.json"))).toBe(text);
    }
    for (const [file, text] of first) {
      for (const trace of [copy.folder, process.cwd(), `${tmpdir()}/`, homedir()]) {
        expect([file, text.includes(trace)]).toEqual([file, false]);
      }
    }
  });

  it("makes a stack of each ephemeral file, also where there is no terraform", async () => {
    addEnvironment("pr-123", ephemeralInput);
    const tsx = join(copy.folder, "node_modules", "tsx", "dist", "cli.mjs");
    const env = { ...process.env, TERRAFORM_BINARY_NAME: "no-such-terraform" };
    const synth = await run(process.execPath, { args: [tsx, "main.ts"], cwd: copy.folder, env });
    expect([synth.exitCode, synth.stderr]).toEqual([0, ""]);
    expect(readdirSync(join(copy.folder, "cdktf.out", "stacks")).sort()).toEqual([
      "automock-pr-123",
      "automock-prod",
      "automock-staging",
      "bootstrap",
      "task-api-prod",
      "task-api-staging",
    ]);
  });

  it("bad input: exit 1, every fault of every file with its file and fix, no stack trace, nothing written", async () => {
    addEnvironment("a", "{ not json");
    addEnvironment("b", {
      ...spoil(ephemeralInput, "automock.tasks", { min: 9, max: 2 }),
      name: "b",
      surprise: 1,
    });
    const tsx = join(copy.folder, "node_modules", "tsx", "dist", "cli.mjs");
    const result = await run(process.execPath, {
      args: [tsx, "main.ts"],
      cwd: copy.folder,
      env: process.env,
    });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toBe("");
    expect(result.stderr).toBe(`environments/ephemeral/a.json
  given:   line 1, column 3: { not json
  allowed: JSON
  fix:     not a JSON value; keys and strings must use double quotes

environments/ephemeral/b.json: surprise
  given:   "surprise" (unknown key)
  allowed: one of name, owner, costCenter, accountId, region, ttlHours, locking, deletionProtection, notifications, delivery, iam, automock, taskApi, admin
  fix:     remove it

environments/ephemeral/b.json: automock.tasks.max
  given:   2
  allowed: a whole number from 9 (tasks.min) to 200
  fix:     raise tasks.max or lower tasks.min

3 faults, nothing was synthesized.
`);
    expect(existsSync(join(copy.folder, "cdktf.out"))).toBe(false);

    const project = { projectFolder: copy.folder, env: process.env };
    for (const synth of [() => cdktf(project, "synth"), () => runApp(project)]) {
      await expect(synth()).rejects.toThrow("3 faults, nothing was synthesized.");
    }
    expect(existsSync(join(copy.folder, "cdktf.out", "stacks"))).toBe(false);
  });
});
