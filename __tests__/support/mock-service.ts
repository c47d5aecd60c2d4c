import {
  DescribeServicesCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  type Service,
} from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { LocalAws } from "../../local/local-aws";
import { eventually } from "./eventually";
import { CLUSTER, SERVICE } from "./mock-deployment";
import type { Clients } from "./deployed-service";

/** What the tasks' scripts take and MockServer refuses. */
export const REFUSED = {
  httpRequest: { path: "/x", body: { type: "XML_SCHEMA", xmlSchema: "<a/>" } },
  httpResponse: {},
};

/** The service of a `MockDeployment` while it runs. */
export class MockService {
  /** Processes of every task that was seen. */
  readonly pids = new Set<number>();

  constructor(
    private readonly clients: Pick<Clients, "ecs" | "elb">,
    private readonly aws: LocalAws,
  ) {}

  async now(): Promise<Service> {
    const command = new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] });
    return (await this.clients.ecs.send(command)).services![0]!;
  }

  async update(change: object): Promise<void> {
    await this.clients.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, ...change }));
  }

  /** ARNs. */
  async runningTasks(): Promise<string[]> {
    const command = new ListTasksCommand({ cluster: CLUSTER, serviceName: SERVICE });
    return (await this.clients.ecs.send(command)).taskArns!;
  }

  /** Waits until so many tasks are healthy, the deployment is through and no task is starting or stopping. */
  settled(tasks: number): Promise<void> {
    return eventually(`${tasks} tasks are healthy and the deployment is through`, async () => {
      const running = this.aws.dataPlane!.tasks().map(({ task }) => task);
      for (const task of running) task.pids.forEach((pid) => this.pids.add(pid));
      // A task that the load balancer no longer knows still waits before it ends.
      if (running.some(({ status }) => /ING$/.test(status) && status !== "RUNNING")) return false;
      const { runningCount, deployments = [] } = await this.now();
      const states = await this.targetStates();
      return (
        runningCount === tasks &&
        states.length === tasks &&
        states.every((state) => state === "1080 healthy") &&
        deployments.length === 1 &&
        deployments[0]!.rolloutState === "COMPLETED"
      );
    });
  }

  private async targetStates(): Promise<string[]> {
    const [group] = (await this.now()).loadBalancers!;
    const { TargetHealthDescriptions = [] } = await this.clients.elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: group!.targetGroupArn }),
    );
    return TargetHealthDescriptions.map(
      ({ Target, TargetHealth }) => `${Target!.Port} ${TargetHealth!.State}`,
    );
  }
}
