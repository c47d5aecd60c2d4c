import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addListCommand(program: Command): void {
  program
    .command("list")
    .description("list all ephemeral environments with owner, age, time left, phase and cost")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock list", "every account and region in use"],
          ["automock list --region us-east-1", "one region"],
          ["automock list --json | jq -r '.environments[].environment'"],
        ],
        notes: [
          "Deployed environments come from the registry. A file without a record there is listed as not deployed. Test environments are marked (test); automock test-env list says more about them, and automock admin list shows the admin boxes. If a registry cannot be read, the environments of the others are listed and the exit code is 1.",
        ],
        json: '{ environments: [{ state: "deployed" | "faulty" | "notDeployed", environment, kind?: "test", accountId, region, stack, owner, phase, protected, createdAt, expiresAt, maxExpiresAt, ageMinutes, minutesLeft, usdHourly: { expected }, usdSoFar, atLeast, … }], deletion: [{ accountId, region, enabled }], unreadable: [{ accountId, region, message }] }',
      }),
    )
    .action(
      handle(async (cli) => {
        const { listCommand } = await import("./run");
        await listCommand(cli);
      }),
    );
}
