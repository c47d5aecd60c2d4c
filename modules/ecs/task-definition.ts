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
  /** Last part of the family name `<system>-<environment>-<purpose>`, for example `mockserver`. */
  readonly purpose: string;
  /** CPU and memory of the task; must be a combination that Fargate supports. */
  readonly size: TaskSize;
  /** At least one essential container. */
  readonly containers: readonly Container[];
  /** Names of empty volumes that the containers share. They exist as long as the task. @default [] */
  readonly volumes?: readonly string[];
  /** Role that pulls images, writes logs and reads `secrets`. */
  readonly executionRoleArn: string;
  /** Role that the containers use. */
  readonly taskRoleArn: string;
  /** @default "X86_64" */
  readonly cpuArchitecture?: "X86_64" | "ARM64";
  /** Retention of the log groups, in days; a value that CloudWatch Logs supports. */
  readonly logRetentionDays: number;
}

/**
 * A Fargate task definition for Linux, and one log group `/<system>-<environment>/<container>` per container.
 *
 * Terraform tracks the revision that it registered itself (`track_latest` false), so revisions registered by
 * a pipeline are not drift. If Terraform deploys the service, running another revision is drift of the
 * service. A new revision is registered before the old one is deregistered, so that a deployment can roll
 * back to it.
 *
 * @throws Error listing every fault of the size, containers, dependencies and volumes
 */
export class TaskDefinition extends Construct {
  /** ARN with revision. */
  public readonly arn: string;
  public readonly family: string;
  /** Literal names, sorted. */
  public readonly logGroupNames: readonly string[];
  /** The log groups, for the `dependsOn` of resources that use their literal names. */
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
      // The containers use literal names, so Terraform cannot infer this dependency.
      dependsOn: logGroups,
    });
    this.arn = definition.arn;
  }
}
