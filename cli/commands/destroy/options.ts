import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { DestroyCommand } from "./run";
import { addLockTimeout } from "../shared-options";

export function addDestroyCommand(program: Command): void {
  addLockTimeout(
    program
      .command("destroy")
      .description("remove a stack with all that is in it, and prove that nothing is left")
      .argument("<stack>", "stack to remove")
      .option("--yes", "remove it without asking"),
  )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock destroy automock-demo-42", "shows what goes, asks for the name"],
          ["automock destroy automock-demo-42 --yes", "in a pipeline"],
          ["automock --json destroy automock-demo-42 --yes"],
        ],
        notes: [
          "Afterwards the state must be empty, and AWS must have nothing with the stack's tags but what it lists for a while although it is gone (deleted NAT gateways, inactive clusters and task definitions, keys and secrets that wait for their deletion; each is asked for). What is left is listed by its ARN, and the exit code is 1. Nothing deployed is no error.",
        ],
        json: '{ stack, accountId, region, result: "destroyed" | "absent" | "declined" | "incomplete", destroyed, seconds, left: [ARN], ghosts: [{ arn, state }] }',
      }),
    )
    .action(
      handle(async (cli, stack: string, options: DestroyCommand) => {
        const { destroyCommand } = await import("./run");
        await destroyCommand(cli, stack, options);
      }),
    );
}
