import type { EnvironmentInput } from "../../../environments";
import { sectionOf } from "../../../environments/systems";
import { costAsJson } from "../../../operations/costs/stack-costs";
import type { Cli } from "../../context";
import { costOf, formatCost } from "./cost";
import type { InitOptions } from "./draft";
import { newEnvironment, writeEnvironment } from "./new-environment";

export interface InitCommandOptions extends Omit<InitOptions, "name"> {
  readonly dryRun?: true;
  readonly force?: true;
}

/** The `--json` result. */
interface InitResult {
  /** Relative to the project. */
  readonly file: string;
  readonly stack: string;
  /** Its name. */
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  /** False with `--dry-run`. */
  readonly written: boolean;
  /** What stands in the file. */
  readonly definition: EnvironmentInput;
  /** As `automock cost --json` has it; absent with `--dry-run`. */
  readonly cost?: object;
}

/** Writes the file of an ephemeral environment; takes it back when it cannot be synthesized. */
export async function initCommand(cli: Cli, name: string, options: InitCommandOptions): Promise<void> {
  const { output, projectFolder } = cli;
  const wanted = { ...options, name, region: cli.options.region };
  const created = newEnvironment(projectFolder, wanted, cli.environments());
  const { file, text, environment } = created;
  const { accountId, region } = environment;
  const stack = `automock-${name}`;
  const definition = JSON.parse(text) as EnvironmentInput;
  const result = { file, stack, environment: name, accountId, region, definition };
  if (options.dryRun) {
    output.result({ ...result, written: false } satisfies InitResult, () => output.line(text.trimEnd()));
    return;
  }
  const takeBack = writeEnvironment(projectFolder, created, options.force ?? false);
  output.progress(`${file} is written; synthesizing it to see what it costs`);
  process.once("exit", takeBack); // Ctrl-C meanwhile
  const cost = await costOf(cli, stack, environment).catch((error: unknown) => {
    output.progress(`${file} is taken back: it cannot be synthesized`);
    throw error;
  });
  process.off("exit", takeBack);
  output.result({ ...result, written: true, cost: costAsJson(cost) } satisfies InitResult, () => {
    output.line(text);
    for (const line of formatCost(cost, sectionOf(environment, "automock").tasks)) output.line(line);
    output.line(`\nNext: automock deploy ${stack}`);
  });
}
