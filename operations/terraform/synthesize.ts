import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Workspace } from "../workspace";
import { boundRetries } from "./bound-retries";
import { cdktfSynth } from "./cdktf";
import { publishSynth } from "./publish-synth";

/**
 * Synthesizes all stacks and publishes them in `cdktf.out`. Faults of environments are said before cdktf is even
 * started. Cdktf works in a folder of this process: two of it in one fail, or read what the other has written half.
 *
 * @returns the folder of this process, there until it ends: in `cdktf.out` may be what somebody else synthesizes next
 */
export async function synthesize(
  workspace: Pick<Workspace, "projectFolder" | "env" | "environments" | "localEndpoint" | "trace">,
): Promise<string> {
  const { projectFolder, env, localEndpoint, trace } = workspace;
  workspace.environments();
  mkdirSync(join(projectFolder, ".automock"), { recursive: true, mode: 0o700 });
  const scratch = mkdtempSync(join(projectFolder, ".automock", "synth-"));
  process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
  const [own, published] = [join(scratch, "own"), join(scratch, "published")];
  await cdktfSynth({ projectFolder, outputFolder: relative(projectFolder, own), env, onLine: trace });
  if (localEndpoint !== undefined) {
    const stacks = join(own, "stacks");
    for (const stack of readdirSync(stacks)) boundRetries(join(stacks, stack));
  }
  cpSync(own, published, { recursive: true });
  publishSynth(published, join(projectFolder, "cdktf.out"));
  return own;
}
