import { symlinkSync, mkdtempSync, rmSync, readFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runApp } from "../../terraform/run-app";
import { lastLines, run, type Finished } from "../../process";
import { UserError } from "../../../contract/user-error";
import type { SynthesizedStack } from "./compare-stacks";
import { readStacks } from "./read-stacks";

export interface BaseRevisionOptions {
  /** Folder with `cdktf.json`, in a Git repository; not necessarily its top folder. */
  readonly projectFolder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Reports a note for the reader of the result. */
  readonly note: (text: string) => void;
}

/**
 * Resolves a revision to the full id of its commit.
 *
 * @throws UserError when there is no Git repository or no such commit
 */
export async function resolveCommit(revision: string, options: BaseRevisionOptions): Promise<string> {
  const git = (...args: string[]) => runGit(args, options);
  if ((await git("rev-parse", "--git-dir")).exitCode !== 0) {
    throw new UserError(
      `--changed-since ${revision} requires a Git repository, and ${options.projectFolder} is not in one. Name the stacks instead.`,
    );
  }
  const { exitCode, stdout } = await git(
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  );
  if (exitCode === 0) return stdout.trim();
  const shallow = (await git("rev-parse", "--is-shallow-repository")).stdout.trim() === "true";
  throw new UserError(
    `There is no revision "${revision}" in this repository. ` +
      (shallow
        ? "It is a shallow clone: fetch the history first (git fetch --unshallow; fetch-depth: 0 of actions/checkout)."
        : "Use an existing branch, tag or commit; git fetch downloads those of the remote, as origin/<branch>."),
  );
}

/**
 * Synthesizes the stacks of a commit in a temporary folder, with the installed libraries. A separate Git index provides
 * the files, because a worktree would leave traces in the repository if this process is killed.
 *
 * @returns undefined, after a note with the reason, if the commit cannot be synthesized
 */
export async function stacksOfCommit(
  commit: string,
  options: BaseRevisionOptions,
): Promise<ReadonlyMap<string, SynthesizedStack> | undefined> {
  const { projectFolder, note } = options;
  const scratch = mkdtempSync(join(tmpdir(), "automock-base-"));
  try {
    const env = { ...options.env, GIT_INDEX_FILE: join(scratch, "index") };
    const prefix = (await succeed(["rev-parse", "--show-prefix"], options)).trim();
    await succeed(["read-tree", commit], { ...options, env });
    const tree = join(scratch, "tree");
    await succeed(["checkout-index", "--all", `--prefix=${tree}/`], {
      ...options,
      env,
      // In a subfolder, Git would write only the files below it.
      projectFolder: (await succeed(["rev-parse", "--show-toplevel"], options)).trim(),
    });
    const folder = join(tree, prefix);
    if (!existsSync(join(folder, "cdktf.json"))) {
      note(`Commit ${short(commit)} has no cdktf.json: every stack counts as added.`);
      return new Map();
    }
    if (lockFile(folder) !== lockFile(projectFolder)) {
      note(
        `package-lock.json differs from that of ${short(commit)}. Both sides are synthesized with the installed ` +
          "libraries, so changes caused by a new library version do not show.",
      );
    }
    const libraries = join(folder, "node_modules");
    rmSync(libraries, { recursive: true, force: true }); // a commit may hold some
    symlinkSync(join(projectFolder, "node_modules"), libraries);
    await runApp({ projectFolder: folder, env: options.env });
    return readStacks(join(folder, "cdktf.out"));
  } catch (error) {
    note(
      `COMMIT ${short(commit)} CANNOT BE SYNTHESIZED, so there is nothing to compare with. Every stack is planned.\n` +
        lastLines((error as Error).message, 12),
    );
    return undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function lockFile(folder: string): string | undefined {
  const file = join(folder, "package-lock.json");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

function short(commit: string): string {
  return commit.slice(0, 12);
}

async function succeed(args: readonly string[], options: BaseRevisionOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await runGit(args, options);
  if (exitCode !== 0) throw new Error(`"git ${args.join(" ")}" failed:\n${lastLines(stderr, 10)}`);
  return stdout;
}

function runGit(args: readonly string[], { projectFolder, env }: BaseRevisionOptions): Promise<Finished> {
  return run("git", { args, cwd: projectFolder, env, timeoutSeconds: 120 });
}
