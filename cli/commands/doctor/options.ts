import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("check everything that a deployment requires, and show how to fix what is missing")
    .argument(
      "[stack]",
      "stack to check, or bootstrap stack whose account and region to check (default: every environment)",
    )
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock doctor", "before the first deployment"],
          ["automock doctor automock-demo-42", "is there quota for one more?"],
          [`automock doctor --json | jq '.checks[] | select(.status == "failed")'`],
        ],
        notes: [
          "Checks Node.js, terraform and its provider, the environments, credentials, account and region, the state backend with registry and reaper, and the quotas for vCPUs (at the maximum number of tasks), Elastic IPs, NAT gateways and VPCs. It changes nothing. The exit code is 1 if a check failed.",
        ],
        json: '{ ok, checks: [{ name, status: "ok" | "warning" | "failed" | "skipped", found, fix }] }',
      }),
    )
    .action(
      handle(async (cli, id: string | undefined) => {
        const { doctorCommand } = await import("./run");
        await doctorCommand(cli, id);
      }),
    );
}
