import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareWithRevision } from "../../../../operations/delivery/changed/changed-stacks";
import type { Workspace } from "../../../../operations/workspace";
import { UserError } from "../../../../contract/user-error";

/** Stands in for the app: `stacks.json` says what to synthesize, `broken` that it fails. */
const APP = `
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");
const out = process.env.CDKTF_OUTDIR;
if (existsSync("broken")) { console.error("main.ts: no such module"); process.exit(1); }
const stacks = JSON.parse(readFileSync("stacks.json", "utf8"));
const manifest = { stacks: {} };
for (const [id, { template, assets = {} }] of Object.entries(stacks)) {
  const folder = "stacks/" + id;
  manifest.stacks[id] = { synthesizedStackPath: folder + "/cdk.tf.json", workingDirectory: folder, annotations: [] };
  mkdirSync(out + "/" + folder, { recursive: true });
  writeFileSync(out + "/" + folder + "/cdk.tf.json", JSON.stringify(template));
  for (const [file, text] of Object.entries(assets)) {
    mkdirSync(dirname(out + "/" + folder + "/" + file), { recursive: true });
    writeFileSync(out + "/" + folder + "/" + file, text);
  }
}
writeFileSync(out + "/manifest.json", JSON.stringify(manifest));
`;

// The scratch folders of other runs on this machine are not looked at.
const { TMPDIR } = process.env;
const root = mkdtempSync(join(tmpdir(), "changed-"));
process.env.TMPDIR = root;
afterAll(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  rmSync(root, { recursive: true });
});

let count = 0;
let repository: string;
let project: string;
let workspace: Workspace;

const ENV = {
  PATH: process.env.PATH,
  HOME: root,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com",
};
const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: repository, env: ENV, encoding: "utf8" }).trim();
const write = (file: string, text: string) => writeFileSync(join(project, file), text);
const stacks = (value: object) => write("stacks.json", JSON.stringify(value));
const synth = () =>
  execFileSync(process.execPath, ["node_modules/app/synth.js"], {
    cwd: project,
    env: { CDKTF_OUTDIR: "cdktf.out" },
  });
const compare = (from: Workspace, revision: string) =>
  compareWithRevision(from, join(project, "cdktf.out"), revision);
function commit(): string {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", "x");
  return git("rev-parse", "HEAD");
}
/** A repository with a project at its top, or in a folder of it, and a first commit. */
function start(folder = "."): string {
  repository = join(root, String(count++));
  project = join(repository, folder);
  mkdirSync(join(project, "node_modules", "app"), { recursive: true });
  write("node_modules/app/synth.js", APP);
  write("package.json", "{}");
  write("package-lock.json", "1");
  write("cdktf.json", JSON.stringify({ app: "node node_modules/app/synth.js" }));
  write(".gitignore", "node_modules\ncdktf.out\n");
  stacks({
    "automock-prod": { template: { a: 1 } },
    "automock-pr-7": { template: { b: 1 } },
    bootstrap: { template: {} },
  });
  execFileSync("git", ["init", "--quiet", "--initial-branch", "main", repository], { env: ENV });
  workspace = { projectFolder: project, env: ENV } as unknown as Workspace;
  return commit();
}

const scratchFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("automock-base-"));

describe("compareWithRevision", () => {
  let base: string;
  beforeEach(() => {
    base = start();
  });

  it("tells added, changed, removed and unchanged stacks, and says who must destroy", async () => {
    stacks({
      "automock-prod": { template: { a: 2 } },
      "automock-pr-8": { template: {} },
      bootstrap: { template: {} },
    });
    synth();
    const before = scratchFolders();
    expect(await compare(workspace, base)).toEqual({
      commit: base,
      added: ["automock-pr-8"],
      changed: ["automock-prod"],
      removed: ["automock-pr-7"],
      unchanged: ["bootstrap"],
      toPlan: ["automock-pr-8", "automock-prod"],
      changedLines: [
        {
          file: "stacks.json",
          line: 1,
          removed: expect.stringContaining('"automock-pr-7"') as string,
          added: expect.stringContaining('"automock-pr-8"') as string,
        },
      ],
      notes: [
        "automock-pr-7 is no longer defined, but removing the definition does not destroy the stack. Before you merge, run automock destroy automock-pr-7 or let the environment expire.",
      ],
    });
    expect(scratchFolders()).toEqual(before);
    expect(git("status", "--porcelain")).toBe("M stacks.json");
    expect(git("worktree", "list").split("\n")).toHaveLength(1);
    expect(existsSync(join(project, "node_modules", "app"))).toBe(true);
  });

  it("finds nothing where nothing that Terraform reads has changed", async () => {
    write("README.md", "words");
    commit();
    synth();
    expect(await compare(workspace, "main~1")).toMatchObject({ toPlan: [], notes: [] });
  });

  it("compares assets by content", async () => {
    const asset = (hash: string, text: string) => ({
      f: { template: { file: `assets/code/${hash}/x.zip` }, assets: { [`assets/code/${hash}/x.zip`]: text } },
    });
    stacks(asset("1111", "text"));
    const before = commit();
    stacks(asset("2222", "text"));
    synth();
    expect((await compare(workspace, before)).toPlan).toEqual([]);
    rmSync(join(project, "cdktf.out"), { recursive: true });
    stacks(asset("1111", "other"));
    synth();
    expect((await compare(workspace, before)).toPlan).toEqual(["f"]);
  });

  it("uses the installed libraries, not those in the commit", async () => {
    write(".gitignore", "cdktf.out\n");
    write("node_modules/app/synth.js", "process.exit(1)");
    const before = commit();
    write("node_modules/app/synth.js", APP);
    synth();
    expect(await compare(workspace, before)).toMatchObject({ toPlan: [], notes: [] });
  });

  it("leaves out stacks of an earlier synth that lie in cdktf.out", async () => {
    synth();
    stacks({ "automock-prod": { template: { a: 1 } } });
    synth();
    expect((await compare(workspace, base)).unchanged).toEqual(["automock-prod"]);
  });

  it("says when the base was locked to other libraries, and goes on", async () => {
    write("package-lock.json", "2");
    synth();
    const { toPlan, notes } = await compare(workspace, base);
    expect(toPlan).toEqual([]);
    expect(notes).toEqual([
      `package-lock.json differs from that of ${base.slice(0, 12)}. Both sides are synthesized with the installed libraries, so changes caused by a new library version do not show.`,
    ]);
  });

  it("has every stack planned, loudly, when the base cannot be synthesized", async () => {
    write("broken", "");
    const broken = commit();
    rmSync(join(project, "broken"));
    synth();
    const before = scratchFolders();
    const { toPlan, changed, notes } = await compare(workspace, broken);
    expect(toPlan).toEqual(["automock-pr-7", "automock-prod", "bootstrap"]);
    expect(changed).toEqual(toPlan);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      new RegExp(
        `^COMMIT ${broken.slice(0, 12)} CANNOT BE SYNTHESIZED, so there is nothing to compare with. Every stack is planned\\.`,
      ),
    );
    expect(notes[0]).toContain("main.ts: no such module");
    expect(scratchFolders()).toEqual(before);
  });

  it("counts every stack as added when the base knows no project", async () => {
    git("rm", "--quiet", "cdktf.json");
    const bare = commit();
    write("cdktf.json", JSON.stringify({ app: "node node_modules/app/synth.js" }));
    synth();
    const { added, notes } = await compare(workspace, bare);
    expect(added).toEqual(["automock-pr-7", "automock-prod", "bootstrap"]);
    expect(notes).toEqual([`Commit ${bare.slice(0, 12)} has no cdktf.json: every stack counts as added.`]);
  });

  it.each(["no-such-branch", "--all", "HEAD:stacks.json", ""])(
    "refuses the revision %j",
    async (revision) => {
      synth();
      const error: unknown = await compare(workspace, revision).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UserError);
      expect((error as Error).message).toBe(
        `There is no revision "${revision}" in this repository. Use an existing branch, tag or commit; git fetch downloads those of the remote, as origin/<branch>.`,
      );
    },
  );

  it("says of a shallow clone how to get its history", async () => {
    stacks({});
    commit();
    const clone = join(root, `clone-${count++}`);
    execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${repository}`, clone], { env: ENV });
    await expect(compare({ ...workspace, projectFolder: clone }, base)).rejects.toThrow(
      `There is no revision "${base}" in this repository. It is a shallow clone: fetch the history first (git fetch --unshallow; fetch-depth: 0 of actions/checkout).`,
    );
  });

  it("needs a repository", async () => {
    const nowhere = { ...workspace, projectFolder: root };
    await expect(compare(nowhere, "main")).rejects.toThrow(
      `--changed-since main requires a Git repository, and ${root} is not in one. Name the stacks instead.`,
    );
  });
});

it("works where the project is a folder of its repository", async () => {
  const base = start("infra");
  stacks({ "automock-prod": { template: { a: 2 } } });
  synth();
  expect((await compare(workspace, base)).toPlan).toEqual(["automock-prod"]);
});
