import type { EnvironmentInput } from "../../../environments/schema";
import { sectionOf } from "../../../environments/schema/systems";
import { costAsJson } from "../../../operations/costs/stack-costs";
import type { Cli } from "../../context";
import { costOf, formatCost } from "./cost";
import { howToBeWarned } from "../../../operations/leases/warned";
import type { InitOptions } from "./draft";
import { environmentIn, newEnvironment, writeEnvironment } from "./new-environment";

export interface InitCommandOptions extends Omit<InitOptions, "name"> {
  readonly dryRun?: true;
  readonly force?: true;
}

/** What `automock init --json` prints. */
interface InitResult {
  /** Relative to the project. */
  readonly file: string;
  readonly stack: string;
  /** Name of the environment. */
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  /** False with `--dry-run`. */
  readonly written: boolean;
  /** Content of the file. */
  readonly definition: EnvironmentInput;
  /** Addresses that are to be warned before the environment is deleted. */
  readonly warned: readonly string[];
  /** As `automock cost --json` has it; absent with `--dry-run`. */
  readonly cost?: object;
}

/** Creates the file of an ephemeral environment, and restores the previous state if it cannot be synthesized. */
export async function initCommand(cli: Cli, given: string, options: InitCommandOptions): Promise<void> {
  const { output, projectFolder } = cli;
  const name = environmentIn(given);
  const wanted = { ...options, name, like: environmentIn(options.like), region: cli.options.region };
  const created = newEnvironment(projectFolder, wanted, cli.environments());
  const { file, text, environment, warned } = created;
  const { accountId, region } = environment;
  const stack = `automock-${name}`;
  const definition = JSON.parse(text) as EnvironmentInput;
  const result = { file, stack, environment: name, accountId, region, definition, warned };
  if (warned.length === 0) output.progress(noOneWarned(environment.owner));
  if (options.dryRun) {
    output.result({ ...result, written: false } satisfies InitResult, () => output.line(text.trimEnd()));
    return;
  }
  const undo = writeEnvironment(projectFolder, created, options.force ?? false);
  output.progress(`${file} is written; synthesizing it to calculate the costs`);
  process.once("exit", undo); // in case of Ctrl-C
  const cost = await costOf(cli, stack, environment).catch((error: unknown) => {
    output.progress(`Undoing the change to ${file}: it cannot be synthesized`);
    throw error;
  });
  process.off("exit", undo);
  output.result({ ...result, written: true, cost: costAsJson(cost) } satisfies InitResult, () => {
    output.line(text);
    for (const line of formatCost(cost, sectionOf(environment, "automock").tasks)) output.line(line);
    if (warned.length > 0) output.line(`\nWarned before it is deleted: ${warned.join(", ")}`);
    output.line(`\nNext: automock deploy ${stack}`);
  });
}

function noOneWarned(owner: string): string {
  return `WARNING: no one would be warned before it is deleted, so the reaper would not delete it. ${howToBeWarned(owner)}`;
}
