import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("check that all that a deployment needs is there, and say how to mend what is not")
    .argument(
      "[stack]",
      "check what one stack needs, or the place of a bootstrap stack; all of the environments otherwise",
    )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock doctor", "before the first deployment"],
          ["automock doctor automock-demo-42", "is there room for one more?"],
          [`automock doctor --json | jq '.checks[] | select(.status == "failed")'`],
        ],
        notes: [
          "Looks at node, terraform, its provider, the environments, credentials, account and region, the state backend with registry and reaper, and the quotas: vCPUs at the most tasks, Elastic IPs, NAT gateways, VPCs. It changes nothing. Exit code 1 when a check failed.",
        ],
        json: '{ ok, checks: [{ name, status: "ok" | "warning" | "failed" | "skipped", found, mend }] }',
      }),
    )
    .action(
      handle(async (cli, id: string | undefined) => {
        const { doctorCommand } = await import("./run");
        await doctorCommand(cli, id);
      }),
    );
}
