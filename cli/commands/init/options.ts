import type { Command } from "commander";
import { TTL_HOURS } from "../../../contract/registry";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { InitCommandOptions } from "./run";

export function addInitCommand(program: Command): void {
  program
    .command("init")
    .description("create the file of an ephemeral environment, and show what it will cost")
    .argument(
      "<name>",
      "name of the environment: lower-case letters, digits and hyphens, at most 16 characters",
    )
    .option(
      "--ttl <duration>",
      `time to live in whole hours, such as 8h or 2d, up to ${TTL_HOURS.max}h`,
      `${TTL_HOURS.default}h`,
    )
    .option("--size <size>", "small, medium, large, xlarge, or <CPU units>/<MiB> such as 512/2048")
    .option("--min-tasks <count>", "minimum number of tasks")
    .option("--max-tasks <count>", "maximum number of tasks, up to 200")
    .option("--domain <name>", "domain name of the API, served over HTTPS")
    .option("--zone <name>", "hosted zone of the domain; repeatable", collect)
    .option("--owner <team>", "team or person in charge")
    .option("--cost-center <name>", "cost center that pays")
    .option("--api-cidr <network>", "network that may call the mocks; repeatable", collect)
    .option("--control-cidr <network>", "network that may change expectations; repeatable", collect)
    .option("--email <address>", "address to warn before the environment is deleted; repeatable", collect)
    .option("--like <environment>", "environment to copy all other values from", "staging")
    .option("--dry-run", "print the file without writing it")
    .option("--force", "replace an existing file")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock init demo-42"],
          ["automock init demo-42 --ttl 8h --max-tasks 50 --owner team-a"],
          ["automock init load-1 --like prod --ttl 2d --size 512/2048"],
          ["automock init web-7 --domain m.example.com --zone example.com"],
          ["automock init demo-42 --dry-run > demo-42.json"],
        ],
        notes: ["The network is the first unused /16 of 10.0.0.0/8 in the account and region."],
        json: "{ file, stack, environment, accountId, region, written, definition, warned, cost: { usdHourly: { low, expected, high }, … } }; cost is a stack as in automock cost --json",
      }),
    )
    .action(
      handle(async (cli, name: string, options: InitCommandOptions) => {
        const { initCommand } = await import("./run");
        await initCommand(cli, name, options);
      }),
    );
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
