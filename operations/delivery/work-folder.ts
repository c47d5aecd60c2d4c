import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Workspace } from "../workspace";
import type { Terraform } from "../terraform/terraform";
import { UserError } from "../../contract/user-error";

/** Terraform writes it where it works when it cannot reach the backend at the end of an apply. */
export const UNSAVED_STATE = "errored.tfstate";

/** Where one deploy or destroy works: nobody else changes the plan between its reading and its apply. */
export interface WorkFolder {
  /** Holds `folder`; what `makePlan` writes to. */
  readonly out: string;
  /** The stack's artifact. */
  readonly folder: string;
  /** Terraform that works in it. */
  readonly terraform: Terraform;
  /** Removes it, unless it holds a state that could not be saved. */
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
  process.once("exit", remove); // a signal ends the process without a chance to clean up elsewhere
  return {
    out,
    folder,
    terraform: terraform.with({ env: { TF_DATA_DIR: dataFolder(workspace, stack) } }),
    remove,
  };
}

/** Where terraform keeps provider and backend settings of a stack, so that each plan does not fetch them again. */
export function dataFolder({ projectFolder }: WorkFolderPlace, stack: string): string {
  return join(projectFolder, ".automock", "terraform", stack);
}

/**
 * Refuses to work on a stack while the state of an earlier apply waits to be saved: what that apply has made would be
 * made again.
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
    `An earlier apply of ${stack} could not save its state: what it did is known in ${join(folder, UNSAVED_STATE)} only. Nothing was changed.\n` +
      `${saveState(folder)}\n` +
      "If there is nothing left of what it made, remove that folder instead.",
  );
}

/** How to save what an apply could not. */
export function saveState(folder: string): string {
  const terraform = `terraform -chdir=${relative(process.cwd(), folder)}`;
  return (
    "When the bucket can be reached again:\n" +
    `  ${terraform} init && ${terraform} state push ${UNSAVED_STATE} && rm -r ${relative(process.cwd(), dirname(folder))}`
  );
}

/** Apart for the local AWS: its states are of no use anywhere else. */
function workRoot({ projectFolder, localEndpoint }: WorkFolderPlace): string {
  return join(projectFolder, ".automock", ...(localEndpoint !== undefined ? ["local"] : []), "work");
}
