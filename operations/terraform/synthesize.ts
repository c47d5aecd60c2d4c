import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Workspace } from "../workspace";
import { boundRetries } from "./bound-retries";
import { publishSynth } from "./publish-synth";
import { runApp } from "./run-app";
import { LEAVE_OUT_FAULTY } from "../../contract/context-keys";

/**
 * Synthesizes all stacks and publishes them in `cdktf.out`. Reports environment faults before starting the app.
 * The app writes to a private folder, because others may synthesize the same checkout at the same time.
 *
 * @param leaveOutFaulty synthesizes without the ephemeral environments whose files have faults
 * @returns the private folder, which exists until this process ends; `cdktf.out` may be overwritten by others
 */
export async function synthesize(
  workspace: Pick<Workspace, "projectFolder" | "env" | "environments" | "localEndpoint" | "trace">,
  { leaveOutFaulty = false }: { readonly leaveOutFaulty?: boolean } = {},
): Promise<string> {
  const { projectFolder, env, localEndpoint, trace } = workspace;
  if (!leaveOutFaulty) workspace.environments();
  mkdirSync(join(projectFolder, ".automock"), { recursive: true, mode: 0o700 });
  const scratch = mkdtempSync(join(projectFolder, ".automock", "synth-"));
  process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
  const [own, published] = [join(scratch, "own"), join(scratch, "published")];
  const outputFolder = relative(projectFolder, own);
  const context = leaveOutFaulty ? { [LEAVE_OUT_FAULTY]: true } : {};
  await runApp({ projectFolder, outputFolder, env, context, onLine: trace });
  if (localEndpoint !== undefined) {
    const stacks = join(own, "stacks");
    for (const stack of readdirSync(stacks)) boundRetries(join(stacks, stack));
  }
  cpSync(own, published, { recursive: true });
  publishSynth(published, join(projectFolder, "cdktf.out"));
  return own;
}
