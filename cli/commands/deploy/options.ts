import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { DeployCommand } from "./run";
import { addLockTimeout, folderOf } from "../shared-options";

export function addDeployCommand(program: Command): void {
  addLockTimeout(
    program
      .command("deploy")
      .description(
        "deploy a stack: plans, shows it, asks, and applies exactly that plan, or one that was saved",
      )
      .argument("<stack>", "stack to deploy")
      .option(
        "--plan <folder>",
        "apply the plan that `automock plan` has saved there, and no other",
        folderOf("--plan"),
      )
      .option("--digest <digest>", "with --plan: refuse it unless this is its digest")
      .option("--commit <sha>", "with --plan: refuse it unless it was made from this commit")
      .option("--yes", "deploy without asking"),
  )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock deploy automock-demo-42", "plan, look, type yes"],
          ["automock deploy automock-demo-42 --yes", "without asking"],
          ["automock deploy automock-prod --plan .automock/plans", "the plan that was reviewed"],
          ["automock deploy automock-prod --plan plans --digest sha256:1f0c… --yes", "in a pipeline"],
        ],
        notes: [
          "A saved plan is refused, and nothing is applied, when it is of another stack or account, a file of it was changed, it is older than 24 hours, it was made from another commit than the project stands at (or --commit), by another Terraform, or the state has changed since. There is no fallback: plan again.",
          "Ctrl-C asks terraform to stop; it finishes what it has begun, saves the state and releases the lock. Exit code 130.",
        ],
        json: "{ stack, accountId, region, deployed, changes: { add, change, replace, destroy, … }, digest, seconds, outputs }; sensitive outputs are masked",
      }),
    )
    .action(
      handle(async (cli, stack: string, options: DeployCommand) => {
        const { deployCommand } = await import("./run");
        await deployCommand(cli, stack, options);
      }),
    );
}
