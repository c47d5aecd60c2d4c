import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";
import type { DeployCommand } from "./run";
import { addLockTimeout, folderOf } from "../shared-options";

export function addDeployCommand(program: Command): void {
  addLockTimeout(
    program
      .command("deploy")
      .description("deploy a stack: plan it, show the plan, ask, and apply exactly that plan or a saved one")
      .argument("<stack>", "stack to deploy")
      .option(
        "--plan <folder>",
        "apply the plan that `automock plan` saved there, and no other",
        folderOf("--plan"),
      )
      .option("--digest <digest>", "with --plan: refuse the plan unless it has this digest")
      .option("--commit <sha>", "with --plan: refuse the plan unless it was created from this commit")
      .option("--yes", "deploy without confirmation"),
  )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock deploy automock-demo-42", "plan, review, type yes"],
          ["automock deploy automock-demo-42 --yes", "without confirmation"],
          ["automock deploy automock-prod --plan .automock/plans", "the reviewed plan"],
          ["automock deploy automock-prod --plan plans --digest sha256:1f0c… --yes", "in a pipeline"],
        ],
        notes: [
          "The command refuses a saved plan, and applies nothing, if the plan belongs to another stack or account, one of its files was changed, it is older than 24 hours, it was created from another commit than the current one (or --commit) or by another Terraform version, or the state has changed since. There is no fallback: plan again.",
          "Ctrl-C asks terraform to stop. It finishes the running operations, saves the state and releases the lock. The exit code is 130.",
        ],
        json: "{ stack, accountId, region, deployed, changes: { add, change, replace, destroy, … }, digest, seconds, outputs, warned }; sensitive outputs are masked",
      }),
    )
    .action(
      handle(async (cli, stack: string, options: DeployCommand) => {
        const { deployCommand } = await import("./run");
        await deployCommand(cli, stack, options);
      }),
    );
}
