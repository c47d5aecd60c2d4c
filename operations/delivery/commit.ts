import { relative } from "node:path";
import { run } from "../process";
import type { Source } from "../review/model";
import type { PlannedCommit } from "./artifact";

/**
 * The current commit of a project; `undefined` outside a repository, without git, or before the first commit.
 *
 * @param output folder whose files do not count as changes
 */
export async function headCommit(projectFolder: string, output?: string): Promise<PlannedCommit | undefined> {
  const git = async (...args: string[]): Promise<string | undefined> => {
    const options = { args, cwd: projectFolder, env: process.env, timeoutSeconds: 60 };
    const result = await run("git", options).catch(() => undefined);
    return result?.exitCode === 0 ? result.stdout.trim() : undefined;
  };
  const sha = await git("rev-parse", "HEAD");
  if (sha === undefined) return undefined;
  const out = output === undefined ? ".." : relative(projectFolder, output);
  const exclude = out.startsWith("..") ? [] : [`:(exclude)${out}`];
  const changes = await git("status", "--porcelain", "--", ".", ...exclude);
  return { sha, dirty: changes !== "" };
}

/**
 * What a report names as its source.
 *
 * @param head commit that was pushed, where the project stands at its merge
 */
export function sourceOf(commit: PlannedCommit | undefined, head?: string): Source {
  return {
    ...(head !== undefined && head !== commit?.sha && { head }),
    ...(commit && {
      commit: commit.dirty ? `${commit.sha.slice(0, 12)} with uncommitted changes` : commit.sha,
    }),
  };
}
