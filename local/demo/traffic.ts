import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeServicesCommand,
  ECSClient,
  ListServicesCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { run } from "../../operations/process";
import { underLoad } from "../load";
import type { Stage } from "../stage";
import type { Steps } from "../steps";
import type { Transcript } from "./transcript";

/** Longer than a rolling deployment takes on a busy machine. */
const DEPLOYED_WITHIN_SECONDS = 300;
const REQUESTS_PER_SECOND = 20;

/** What callers do, at the address that the deployment printed. */
export class Traffic {
  private readonly url: string;

  /** @param address and the variable for it in the printed commands */
  constructor(
    private readonly address: { readonly variable: string; readonly url: string },
    private readonly progress: Steps,
    private readonly transcript: Transcript,
  ) {
    ({ url: this.url } = address);
  }

  /** Runs `curl` as one would type it. @throws when the answer has another status */
  async curl(args: readonly string[], path: string, status: number): Promise<void> {
    const typed = ["curl", ...args, `"$${this.address.variable}${path}"`].join(" ");
    await this.progress.step(`$ ${typed}`, async () => {
      const { stdout, stderr } = await run("curl", {
        args: ["-sS", "-w", "\\nHTTP %{http_code}", ...args.map(unquoted), this.url + path],
        env: process.env,
        timeoutSeconds: 60,
      });
      const lines = (stdout + stderr).split("\n").filter((line) => line.trim() !== "");
      for (const line of lines) this.progress.detail(line);
      if (lines.at(-1) !== `HTTP ${status}`) throw new Error(`HTTP ${status} was expected.`);
      this.transcript.addCommand(typed, lines.join("\n"));
    });
  }

  /** Replaces every task while requests arrive. @throws when one of them is lost */
  async deployUnderLoad(stage: Stage, cluster: string, path: string): Promise<void> {
    const name = `a rolling deployment, with ${REQUESTS_PER_SECOND} requests per second`;
    await this.progress.step(name, async () => {
      const { sent, lost, answers } = await underLoad(this.url + path, REQUESTS_PER_SECOND, () =>
        replaceTasks(stage, cluster),
      );
      const said = `${sent} requests sent, ${lost} lost`;
      this.progress.detail(said);
      this.transcript.addNote(`${name}: ${said}`);
      if (lost > 0) throw new Error(`Answers by status: ${JSON.stringify(answers)}`);
    });
  }
}

/** An argument as a shell passes it on. */
function unquoted(argument: string): string {
  return argument.replace(/^'(.*)'$/, "$1");
}

/** Starts a new deployment; resolves when only its tasks get requests. */
async function replaceTasks({ clientConfig }: Stage, cluster: string): Promise<void> {
  const ecs = new ECSClient(clientConfig);
  const elb = new ElasticLoadBalancingV2Client(clientConfig);
  try {
    const { serviceArns: services = [] } = await ecs.send(new ListServicesCommand({ cluster }));
    const targets = async () => {
      const { services: described = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services }));
      const TargetGroupArn = described[0]!.loadBalancers![0]!.targetGroupArn;
      const { TargetHealthDescriptions = [] } = await elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn }),
      );
      return TargetHealthDescriptions.map(({ Target, TargetHealth }) => ({
        id: Target!.Id!,
        isHealthy: TargetHealth!.State === "healthy",
      }));
    };
    const before = new Set((await targets()).map(({ id }) => id));
    await ecs.send(new UpdateServiceCommand({ cluster, service: services[0], forceNewDeployment: true }));
    const until = Date.now() + DEPLOYED_WITHIN_SECONDS * 1000;
    for (;;) {
      const now = await targets();
      if (now.length >= before.size && now.every(({ id, isHealthy }) => isHealthy && !before.has(id))) return;
      if (Date.now() > until)
        throw new Error(`The tasks were not replaced within ${DEPLOYED_WITHIN_SECONDS} s.`);
      await sleep(200);
    }
  } finally {
    ecs.destroy();
    elb.destroy();
  }
}
