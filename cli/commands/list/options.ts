import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addListCommand(program: Command): void {
  program
    .command("list")
    .description("list all ephemeral environments: owner, age, time left, phase and cost")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock list", "every account and region of the environments"],
          ["automock list --region us-east-1", "one region"],
          ["automock list --json | jq -r '.environments[].environment'"],
        ],
        notes: [
          "What is deployed comes from the registry; a file without a record there is listed as not deployed. Exit code 1 when a registry could not be read, with what the others say.",
        ],
        json: '{ environments: [{ state: "deployed" | "faulty" | "notDeployed", environment, accountId, region, stack, owner, phase, protected, createdAt, expiresAt, maxExpiresAt, ageMinutes, minutesLeft, usdHourly: { expected }, usdSoFar, … }], unreadable: [{ accountId, region, message }] }',
      }),
    )
    .action(
      handle(async (cli) => {
        const { listCommand } = await import("./run");
        await listCommand(cli);
      }),
    );
}
