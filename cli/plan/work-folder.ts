import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Cli } from "../context";
import type { Terraform } from "../terraform";

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

/** @param copyOf artifact to start with */
export function workFolder(
  cli: Cli,
  terraform: Terraform,
  stack: string,
  options: { readonly copyOf?: string } = {},
): WorkFolder {
  const out = join(cli.projectFolder, ".automock", "work", `${stack}-${process.pid}`);
  const folder = join(out, stack);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true, mode: 0o700 });
  if (options.copyOf !== undefined) cpSync(options.copyOf, folder, { recursive: true });
  const remove = () => {
    process.off("exit", remove);
    if (!existsSync(join(folder, UNSAVED_STATE))) rmSync(out, { recursive: true, force: true });
  };
  process.once("exit", remove); // a signal ends the process without a chance to clean up elsewhere
  return { out, folder, terraform: terraform.with({ env: { TF_DATA_DIR: dataFolder(cli, stack) } }), remove };
}

/** Where terraform keeps provider and backend settings of a stack, so that each plan does not fetch them anew. */
export function dataFolder(cli: Cli, stack: string): string {
  return join(cli.projectFolder, ".automock", "terraform", stack);
}
