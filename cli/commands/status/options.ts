import type { Command } from "commander";
import { handle } from "../../context";
import { helpText } from "../../help";

const WATCH_SECONDS = 5;

export function addStatusCommand(program: Command): void {
  program
    .command("status")
    .description("show the live status of a stack: tasks, targets, scaling, alarms, time left and cost")
    .argument("<stack>", "for example automock-staging")
    .option("--watch", `refresh every ${WATCH_SECONDS} seconds until Ctrl-C (exit code 0)`)
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock status automock-demo-42"],
          ["automock status automock-demo-42 --watch"],
          ["automock status automock-demo-42 --region eu-west-1", "without the environment's file"],
          ["automock status automock-prod --json | jq '.alarms.alarm'"],
        ],
        notes: [
          "It is not an error if the stack is not deployed: deployed is then false. With --watch and --json, each line is one document.",
        ],
        json: "{ stack, system, environment, accountId, region, at, deployed, services: [{ cluster, service, running, desired, pending, minTasks, maxTasks, deployments, targetGroups, scalingActivities }], alarms: { alarm, scaling, insufficientData, ok }, timeToLive: { phase, protected, owner, expiresAt, minutesLeft, usdHourly: { expected }, usdSoFar, atLeast, … }, deletionEnabled, recordFaults }",
      }),
    )
    .action(
      handle(async (cli, stack: string, options: { readonly watch?: true }) => {
        const { statusCommand } = await import("./run");
        await statusCommand(cli, stack, options.watch ? WATCH_SECONDS : undefined);
      }),
    );
}
