import type { Workspace } from "../../workspace";
import { resolveCommit, stacksOfCommit } from "./base-revision";
import { compareStacks, type StackChanges } from "./compare-stacks";
import { readStacks } from "./read-stacks";

export interface ChangedStacks extends StackChanges {
  /** Full id of the commit that was compared with. */
  readonly commit: string;
  /** What to plan: the stacks that were added or changed, those of bootstrap among them. */
  readonly toPlan: readonly string[];
  /** What a reviewer should know: removed stacks, other libraries, a base that cannot be synthesized. */
  readonly notes: readonly string[];
}

/**
 * Which stacks differ from those of another revision. What was synthesized counts as it is: work that is not
 * committed too. A revision that cannot be synthesized makes every stack a changed one, and a note says so.
 *
 * @param synthFolder what `synthesize` has returned
 * @param revision branch, tag or commit as Git knows it, for example `origin/main`
 * @throws UserError when there is no such revision
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
  return { ...changes, commit, toPlan: [...changes.added, ...changes.changed].sort(), notes };
}

function removedNote(id: string): string {
  return (
    `${id} is no longer defined. Nothing removes what is deployed of it: before the definition goes, run ` +
    `automock destroy ${id}, or let the environment expire.`
  );
}
