import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { TaskSize } from "../../contract/fargate";
import type { Names } from "../../contract/names";
import { containerDefinitions, type Container } from "./container";
import { refuseFaults } from "../shared/faults";
import { taskFaults } from "./task-faults";

export interface TaskDefinitionProps {
  readonly names: Names;
  /** Names the family `<system>-<environment>-<purpose>`, for example `mockserver`. */
  readonly purpose: string;
  /** CPU and memory of the task; a pair that Fargate runs. */
  readonly size: TaskSize;
  /** At least one essential container. */
  readonly containers: readonly Container[];
  /** Names of the empty volumes that the containers share; they live as long as the task. @default [] */
  readonly volumes?: readonly string[];
  /** Role that pulls images, writes logs and reads `secrets`. */
  readonly executionRoleArn: string;
  /** Role that the containers act as. */
  readonly taskRoleArn: string;
  /** @default "X86_64" */
  readonly cpuArchitecture?: "X86_64" | "ARM64";
  /** Retention of every container's log group, in days; a value that CloudWatch Logs knows. */
  readonly logRetentionDays: number;
}

/**
 * A Fargate task definition on Linux, and one log group `/<system>-<environment>/<container>` per container.
 *
 * The revision that Terraform registered is the one it compares with (`track_latest` false): a pipeline
 * that registers revisions by itself is then no drift, and where Terraform deploys, a foreign revision
 * shows as drift of the service. A new revision is registered before the old one is deregistered, so the
 * old one is still active while a deployment may have to roll back to it.
 *
 * @throws Error with every fault of the size, the containers, their dependencies and their volumes
 */
export class TaskDefinition extends Construct {
  /** ARN with revision. */
  public readonly arn: string;
  public readonly family: string;
  /** Literal names, sorted: policies and outputs are made from them. */
  public readonly logGroupNames: readonly string[];
  /** The log groups, for what names them by their literal names. */
  public readonly logGroups: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: TaskDefinitionProps) {
    super(scope, id);
    const { names, size, containers, volumes = [] } = props;
    refuseFaults(`task definition "${props.purpose}"`, taskFaults({ size, containers, volumes }));

    const logGroups = [...containers]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(
        ({ name }) =>
          new CloudwatchLogGroup(this, `${name}-log`, {
            name: names.logGroup(name),
            retentionInDays: props.logRetentionDays,
          }),
      );
    this.logGroupNames = containers.map(({ name }) => names.logGroup(name)).sort();
    this.logGroups = logGroups;
    this.family = names.name("taskFamily", props.purpose);

    const definition = new EcsTaskDefinition(this, "task", {
      family: this.family,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(size.cpuUnits),
      memory: String(size.memoryMiB),
      runtimePlatform: {
        operatingSystemFamily: "LINUX",
        cpuArchitecture: props.cpuArchitecture ?? "X86_64",
      },
      executionRoleArn: props.executionRoleArn,
      taskRoleArn: props.taskRoleArn,
      containerDefinitions: containerDefinitions(containers, ({ name }) => ({
        logGroupName: names.logGroup(name),
        region: names.region,
      })),
      volume: [...volumes].sort().map((name) => ({ name })),
      trackLatest: false,
      lifecycle: { createBeforeDestroy: true },
      // The names are literals, so Terraform does not see by itself that the containers need the groups.
      dependsOn: logGroups,
    });
    this.arn = definition.arn;
  }
}
