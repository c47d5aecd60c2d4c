import type { Command } from "commander";
import { handle, type Cli } from "../../context";
import { helpText } from "../../help";
import type { StatusClients } from "../../../operations/status/clients";
import type { Place } from "../../../environments/stacks";

const WATCH_SECONDS = 5;

export function addStatusCommand(program: Command): void {
  program
    .command("status")
    .description("show tasks, target health, scaling, alarms, time left and cost of a stack, live")
    .argument("<stack>", "for example automock-staging")
    .option("--watch", `look again every ${WATCH_SECONDS} seconds, until Ctrl-C (exit code 0)`)
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
          "A stack that is not deployed is no error: deployed is false. With --watch and --json one document per line.",
        ],
        json: "{ stack, system, environment, accountId, region, at, deployed, services: [{ cluster, service, running, desired, pending, minTasks, maxTasks, deployments, targetGroups, scalingActivities }], alarms: { alarm, scaling, insufficientData, ok }, timeToLive: { phase, protected, owner, expiresAt, minutesLeft, usdHourly: { expected }, usdSoFar, … }, recordFaults }",
      }),
    )
    .action(
      handle(async (cli, stack: string, options: { readonly watch?: true }) => {
        const { locate } = await import("../../locate");
        const { statusOf } = await import("../../../operations/status/status");
        const { statusText } = await import("./view");
        const located = await locate(cli, stack);
        const clients = await openClients(cli, located.ref);
        const { output } = cli;
        const look = () => statusOf(clients, located, Date.now());
        const show = (status: Awaited<ReturnType<typeof look>>) => statusText(status, output.colors);
        if (!options.watch) {
          const status = await look();
          output.result(status, () => output.line(show(status)));
          return;
        }
        const { watch } = await import("./watch");
        const ended = new AbortController();
        process.once("SIGINT", () => ended.abort());
        process.stdout.once("error", () => ended.abort()); // nobody reads it any more
        await watch({ output, intervalSeconds: WATCH_SECONDS, look, show, signal: ended.signal });
      }),
    );
}

async function openClients(cli: Cli, { accountId, region }: Place): Promise<StatusClients> {
  const [{ ECSClient }, elb, autoScaling, { CloudWatchClient }, tagging, { openRegistry }] =
    await Promise.all([
      import("@aws-sdk/client-ecs"),
      import("@aws-sdk/client-elastic-load-balancing-v2"),
      import("@aws-sdk/client-application-auto-scaling"),
      import("@aws-sdk/client-cloudwatch"),
      import("@aws-sdk/client-resource-groups-tagging-api"),
      import("../../open-registry"),
    ]);
  const config = cli.clientConfig(region);
  return {
    ecs: new ECSClient(config),
    elb: new elb.ElasticLoadBalancingV2Client(config),
    autoScaling: new autoScaling.ApplicationAutoScalingClient(config),
    cloudWatch: new CloudWatchClient(config),
    tagging: new tagging.ResourceGroupsTaggingAPIClient(config),
    registry: openRegistry(cli, { accountId, region }),
  };
}
