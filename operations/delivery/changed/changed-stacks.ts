import type { Workspace } from "../../workspace";
import { resolveCommit, stacksOfCommit } from "./base-revision";
import type { ChangedLines } from "../../review/causes";
import { changedLines } from "./changed-lines";
import { compareStacks, type StackChanges } from "./compare-stacks";
import { readStacks } from "./read-stacks";

export interface ChangedStacks extends StackChanges {
  /** Full id of the base commit. */
  readonly commit: string;
  /** Added and changed stacks, including bootstrap stacks. */
  readonly toPlan: readonly string[];
  /** Lines of the code that differ from it. */
  readonly changedLines: readonly ChangedLines[];
  /** Notes for the reviewer: removed stacks, other libraries, a base that cannot be synthesized. */
  readonly notes: readonly string[];
}

/**
 * Finds the stacks that differ from those of another revision. Uncommitted work counts too. If the revision cannot be
 * synthesized, every stack counts as changed, and a note says so.
 *
 * @param synthFolder folder that `synthesize` returned
 * @param revision branch, tag or commit, for example `origin/main`
 * @throws UserError when the revision does not exist
 */
export async function compareWithRevision(
  { projectFolder, env }: Pick<Workspace, "projectFolder" | "env">,
  synthFolder: string,
  revision: string,
): Promise<ChangedStacks> {
  const notes: string[] = [];
  const options = {
    projectFolder,
    env,
    note: (text: string) => void notes.push(text),
  };
  const commit = await resolveCommit(revision, options);
  const head = readStacks(synthFolder);
  const base = await stacksOfCommit(commit, options);
  const changes: StackChanges = base
    ? compareStacks(base, head)
    : { added: [], changed: [...head.keys()].sort(), removed: [], unchanged: [] };
  notes.push(...changes.removed.map(removedNote));
  return {
    ...changes,
    commit,
    toPlan: [...changes.added, ...changes.changed].sort(),
    changedLines: await changedLines(commit, options),
    notes,
  };
}

function removedNote(id: string): string {
  return (
    `${id} is no longer defined, but removing the definition does not destroy the stack. Before you merge, run ` +
    `automock destroy ${id} or let the environment expire.`
  );
}
