import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { boundRetries } from "../local/local-aws";
import { cdktfSynth, stackFolder } from "./cdktf";
import type { Cli } from "./context";
import { publishSynth } from "./publish-synth";
import { bootstrapsOf, stacksOf } from "./stacks";

/**
 * Synthesizes all stacks and publishes them in `cdktf.out`. Faults of environments are said before cdktf is even
 * started. Cdktf works in a folder of this process: two of it in one fail, or read what the other has written half.
 *
 * @returns the folder of this process, there until it ends: in `cdktf.out` may be what somebody else synthesizes next
 */
export async function synthesize(cli: Cli): Promise<string> {
  const { projectFolder } = cli;
  const environments = cli.environments();
  mkdirSync(join(projectFolder, ".automock"), { recursive: true, mode: 0o700 });
  const scratch = mkdtempSync(join(projectFolder, ".automock", "synth-"));
  process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
  const [own, published] = [join(scratch, "own"), join(scratch, "published")];
  const outputFolder = relative(projectFolder, own);
  await cdktfSynth({
    projectFolder,
    outputFolder,
    env: cli.env,
    onLine: cli.options.verbose ? cli.output.progress : undefined,
  });
  if (cli.local) {
    for (const { id } of [...bootstrapsOf(environments), ...stacksOf(environments)]) {
      boundRetries(stackFolder({ projectFolder, outputFolder }, id));
    }
  }
  cpSync(own, published, { recursive: true });
  publishSynth(published, join(projectFolder, "cdktf.out"));
  return own;
}

/** Folder in which terraform works on a stack. */
export function terraformFolder(cli: Cli, stack: string): string {
  return stackFolder({ projectFolder: cli.projectFolder }, stack);
}
