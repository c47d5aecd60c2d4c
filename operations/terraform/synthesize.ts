import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { isRunning } from "../process";
import type { Workspace } from "../workspace";
import { boundRetries } from "./bound-retries";
import { publishSynth } from "./publish-synth";
import { runApp } from "./run-app";
import { LEAVE_OUT_FAULTY, ONLY_STACKS } from "../../contract/context-keys";

type Project = Pick<Workspace, "projectFolder" | "env" | "environments" | "localEndpoint" | "trace">;

/**
 * Synthesizes all stacks and publishes them in `cdktf.out`. Reports environment faults before starting the app.
 * The app writes to a private folder, because others may synthesize the same checkout at the same time.
 *
 * @param leaveOutFaulty synthesizes without the ephemeral environments whose files have faults
 * @returns the private folder, which exists until this process ends; `cdktf.out` may be overwritten by others
 */
export async function synthesize(
  workspace: Project,
  { leaveOutFaulty = false }: { readonly leaveOutFaulty?: boolean } = {},
): Promise<string> {
  const { projectFolder, localEndpoint } = workspace;
  if (!leaveOutFaulty) workspace.environments();
  const scratch = scratchFolder(projectFolder);
  const [own, published] = [join(scratch, "own"), join(scratch, "published")];
  await runPrivately(workspace, own, leaveOutFaulty ? { [LEAVE_OUT_FAULTY]: true } : {});
  if (localEndpoint !== undefined) {
    const stacks = join(own, "stacks");
    for (const stack of readdirSync(stacks)) boundRetries(join(stacks, stack));
  }
  cpSync(own, published, { recursive: true });
  publishSynth(published, join(projectFolder, "cdktf.out"));
  return own;
}

/**
 * Synthesizes the named stacks only, for a look at their resources: `cdktf.out` stays as it is.
 *
 * @returns the folder with a folder per stack, which exists until this process ends
 */
export async function synthesizeOnly(workspace: Project, stacks: readonly string[]): Promise<string> {
  workspace.environments();
  const folder = scratchFolder(workspace.projectFolder);
  await runPrivately(workspace, folder, { [ONLY_STACKS]: stacks });
  return join(folder, "stacks");
}

function scratchFolder(projectFolder: string): string {
  const folder = join(projectFolder, ".automock");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeAbandoned(folder);
  const scratch = mkdtempSync(join(folder, `synth-${process.pid}-`));
  process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
  return scratch;
}

/** A process that is killed leaves its folder behind; the next synth removes it. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid] = /^synth-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function runPrivately(
  { projectFolder, env, trace }: Project,
  folder: string,
  context: Readonly<Record<string, unknown>>,
): Promise<void> {
  return runApp({
    projectFolder,
    outputFolder: relative(projectFolder, folder),
    env,
    context,
    onLine: trace,
  });
}
