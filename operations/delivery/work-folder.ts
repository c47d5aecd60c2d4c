import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Workspace } from "../workspace";
import type { Terraform } from "../terraform/terraform";
import { UserError } from "../../contract/user-error";
import type { InitPlace } from "./initialized";

/** Terraform writes this file to its working folder if it cannot reach the backend at the end of an apply. */
export const UNSAVED_STATE = "errored.tfstate";

/**
 * The private folder of one deploy or destroy, so that nothing changes the plan between review and apply. `folder` is
 * the stack's artifact.
 */
export interface WorkFolder extends InitPlace {
  /** Parent of `folder`; `makePlan` writes to it. */
  readonly out: string;
  /** Deletes the folder, unless it holds an unsaved state. */
  remove(): void;
}

type WorkFolderPlace = Pick<Workspace, "projectFolder" | "localEndpoint">;

/** @param copyOf artifact to start with */
export function workFolder(
  workspace: WorkFolderPlace,
  terraform: Terraform,
  stack: string,
  options: { readonly copyOf?: string } = {},
): WorkFolder {
  const out = join(workRoot(workspace), `${stack}-${process.pid}`);
  const folder = join(out, stack);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true, mode: 0o700 });
  if (options.copyOf !== undefined) cpSync(options.copyOf, folder, { recursive: true });
  const remove = () => {
    process.off("exit", remove);
    if (!existsSync(join(folder, UNSAVED_STATE))) rmSync(out, { recursive: true, force: true });
  };
  process.once("exit", remove); // a signal ends the process before any other cleanup
  return {
    out,
    ...initPlace(workspace, terraform, { stack, folder }),
    remove,
  };
}

/** Terraform keeps provider and backend settings of a stack in one place, so that plans do not fetch them again. */
export function initPlace(
  { projectFolder, localEndpoint }: WorkFolderPlace,
  terraform: Terraform,
  { stack, folder }: { readonly stack: string; readonly folder: string },
): InitPlace {
  const dataFolder = join(projectFolder, ".automock", "terraform", stack);
  return {
    terraform: terraform.with({ env: { TF_DATA_DIR: dataFolder } }),
    folder,
    dataFolder,
    localEndpoint,
  };
}

/**
 * Refuses to work on a stack while the state of an earlier apply is not saved, because its resources would be created
 * again.
 *
 * @throws UserError with the fix
 */
export function refuseUnsavedState(workspace: WorkFolderPlace, stack: string): void {
  const root = workRoot(workspace);
  const folder = (existsSync(root) ? readdirSync(root) : [])
    .map((name) => join(root, name, stack))
    .find((candidate) => existsSync(join(candidate, UNSAVED_STATE)));
  if (folder === undefined) return;
  throw new UserError(
    `An earlier apply of ${stack} could not save its state. The state exists only in ${join(folder, UNSAVED_STATE)}. Nothing was changed.\n` +
      `${saveState(folder)}\n` +
      "If none of its resources exist any more, delete that folder instead.",
  );
}

/** How to save the state that an apply could not save. */
export function saveState(folder: string): string {
  const terraform = `terraform -chdir=${relative(process.cwd(), folder)}`;
  return (
    "When the bucket is reachable again, run\n" +
    `  ${terraform} init && ${terraform} state push ${UNSAVED_STATE} && rm -r ${relative(process.cwd(), dirname(folder))}`
  );
}

/** Separate for the local AWS, whose states are useless elsewhere. */
function workRoot({ projectFolder, localEndpoint }: WorkFolderPlace): string {
  return join(projectFolder, ".automock", ...(localEndpoint !== undefined ? ["local"] : []), "work");
}
