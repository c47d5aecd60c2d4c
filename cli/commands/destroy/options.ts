import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { DestroyCommand } from "./run";
import { addLockTimeout } from "../shared-options";

export function addDestroyCommand(program: Command): void {
  addLockTimeout(
    program
      .command("destroy")
      .description("destroy a stack with everything in it, and verify that nothing is left")
      .argument("<stack>", "stack to destroy")
      .option("--yes", "destroy without confirmation"),
  )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock destroy automock-demo-42", "show the resources, ask for the name"],
          ["automock destroy automock-demo-42 --yes", "in a pipeline"],
          ["automock --json destroy automock-demo-42 --yes"],
        ],
        notes: [
          "Afterwards the state must be empty, and AWS must have no resource with the stack's tags. AWS lists some deleted resources for a while: NAT gateways, inactive clusters and task definitions, keys and secrets scheduled for deletion. The command checks each of them. If anything is left, it lists the ARNs and exits with 1. It is not an error if nothing is deployed.",
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
