import type { Command } from "commander";
import type { EnvironmentInput } from "../../../environments";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { InitOptions } from "./draft";

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

export function addInitCommand(program: Command): void {
  program
    .command("init")
    .description("write the file of an ephemeral environment, and say what it will cost")
    .requiredOption(
      "--project <name>",
      "name of the environment: lower-case letters, digits, hyphens, at most 16",
    )
    .option("--ttl <duration>", "time to live in whole hours, such as 8h or 2d, up to 168h", "4h")
    .option("--size <size>", "small, medium, large, xlarge, or <CPU units>/<MiB> such as 512/2048")
    .option("--min-tasks <count>", "fewest running tasks")
    .option("--max-tasks <count>", "most running tasks, up to 200")
    .option("--domain <name>", "name of the API, over HTTPS")
    .option("--zone <name>", "hosted zone that holds it; can be repeated", collect)
    .option("--owner <team>", "team or person to ask")
    .option("--cost-center <name>", "who pays")
    .option("--api-cidr <network>", "network that may call the mocks; can be repeated", collect)
    .option("--control-cidr <network>", "network that may change expectations; can be repeated", collect)
    .option("--like <environment>", "environment to take everything else from", "staging")
    .option("--dry-run", "print the file, write nothing")
    .option("--force", "replace a file of that name")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock init --project demo-42"],
          ["automock init --project demo-42 --ttl 8h --max-tasks 50 --owner team-a"],
          ["automock init --project load-1 --like prod --ttl 2d --size 512/2048"],
          ["automock init --project web-7 --domain m.example.com --zone example.com"],
          ["automock init --project demo-42 --dry-run > demo-42.json"],
        ],
        notes: [
          "The network is the first /16 of 10.0.0.0/8 that no environment of the account and region has.",
        ],
        json: "{ file, stack, environment, accountId, region, written, definition, cost: { usdHourly: { low, expected, high }, … } }; cost is a stack of automock cost --json",
      }),
    )
    .action(
      handle(async (cli, options: InitOptions & { dryRun?: true; force?: true }) => {
        const { newEnvironment, writeEnvironment } = await import("./run");
        const { output, projectFolder } = cli;
        const wanted = { ...options, region: cli.options.region };
        const made = newEnvironment(projectFolder, wanted, cli.environments());
        const { file, text, environment } = made;
        const { name, accountId, region } = environment;
        const stack = `automock-${name}`;
        const definition = JSON.parse(text) as EnvironmentInput;
        const result = { file, stack, environment: name, accountId, region, definition };
        if (options.dryRun) {
          output.result({ ...result, written: false } satisfies InitResult, () =>
            output.line(text.trimEnd()),
          );
          return;
        }
        const takeBack = writeEnvironment(projectFolder, made, options.force ?? false);
        output.progress(`${file} is written; synthesizing it to see what it costs`);
        const { costAsJson } = await import("../../../operations/costs/stack-costs");
        const { costOf, formatCost } = await import("./cost");
        process.once("exit", takeBack); // Ctrl-C meanwhile
        const cost = await costOf(cli, stack, environment).catch((error: unknown) => {
          output.progress(`${file} is taken back: it cannot be synthesized`);
          throw error;
        });
        process.off("exit", takeBack);
        output.result({ ...result, written: true, cost: costAsJson(cost) } satisfies InitResult, () => {
          output.line(text);
          for (const line of formatCost(cost, environment.automock.tasks)) output.line(line);
          output.line(`\nNext: automock deploy ${stack}`);
        });
      }),
    );
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
