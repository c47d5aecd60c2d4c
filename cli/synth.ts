import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { boundRetries } from "../local/local-aws";
import { cdktfSynth, stackFolder } from "./cdktf";
import type { Cli } from "./context";
import { publishSynth } from "./publish-synth";
import { bootstrapsOf, stacksOf } from "./stacks";

/**
 * Synthesizes all stacks into `cdktf.out`. Faults of environments are said before cdktf is even started. Cdktf works in
 * a folder of this process: two of it in one fail, or read what the other has written half.
 */
export async function synthesize(cli: Cli): Promise<void> {
  const { projectFolder } = cli;
  const environments = cli.environments();
  mkdirSync(join(projectFolder, ".automock"), { recursive: true, mode: 0o700 });
  const scratch = mkdtempSync(join(projectFolder, ".automock", "synth-"));
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  process.once("exit", remove); // a signal ends the process without a chance to clean up elsewhere
  try {
    const outputFolder = relative(projectFolder, scratch);
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
    publishSynth(scratch, join(projectFolder, "cdktf.out"));
  } finally {
    process.off("exit", remove);
    remove();
  }
}

/** Folder in which terraform works on a stack. */
export function terraformFolder(cli: Cli, stack: string): string {
  return stackFolder({ projectFolder: cli.projectFolder }, stack);
}
