import { UserError } from "../../contract/user-error";
import { callerChanges, type CallerChanges } from "./caller-changes";
import { checkExpectations, errorsIn } from "./check";
import { countFindings, formatFindings } from "./finding";
import { labelOf, readInput } from "./input";
import type { ExpectationStore } from "./store";

/** The `--json` result of `expectations diff`. */
export interface Diff extends CallerChanges {
  readonly stack: string;
  readonly bucket: string;
  /** What the changes start from; absent when there is no version. */
  readonly fromVersion?: string;
  /** Version or file that they lead to. */
  readonly to: string;
}

/**
 * What callers would notice if a file was pushed; without a file what they noticed when the newest version took the
 * place of the one before.
 *
 * @throws UserError when the file has errors, or nothing has been uploaded
 */
export async function diff(stack: string, store: ExpectationStore, file: string | undefined): Promise<Diff> {
  const { bucket } = store;
  if (file === undefined) {
    const [newest, previous] = await newestVersions(store);
    if (newest === undefined)
      throw new UserError(`${stack} has no version of its expectations: push a file first.`);
    const [after, before] = [await contentOf(store, newest), previous === undefined ? [] : await contentOf(store, previous)]; // prettier-ignore
    const from = previous === undefined ? {} : { fromVersion: previous };
    return { stack, bucket, ...from, to: newest, ...callerChanges(before, after) };
  }
  const { expectations, findings } = checkExpectations(readInput(file));
  if (errorsIn(findings).length > 0) {
    throw new UserError(`${formatFindings(labelOf(file), findings)}\n\n${countFindings(findings)}.`);
  }
  const current = await store.current();
  const before = current ? checkExpectations(current.bytes).expectations : [];
  const from = current ? { fromVersion: current.versionId } : {};
  return { stack, bucket, ...from, to: labelOf(file), ...callerChanges(before, expectations) };
}

/** The newest two that are not deletions. */
async function newestVersions(store: ExpectationStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { versionId, isDeletion } of store.versions()) {
    if (!isDeletion) found.push(versionId);
    if (found.length === 2) break;
  }
  return found;
}

async function contentOf(store: ExpectationStore, versionId: string): Promise<readonly unknown[]> {
  return checkExpectations((await store.version(versionId)).bytes).expectations;
}
