import type { Construct } from "constructs";
import type { Names } from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
import { ServiceRole } from "./service-role";

export interface ExecutionRoleProps {
  readonly names: Names;
  /** What starting a task takes: log streams, private images, injected secrets. */
  readonly statements: readonly PolicyStatement[];
}

/**
 * The role with which ECS starts a task, before any container runs. The containers themselves never have it.
 *
 * @example
 * new ExecutionRole(this, "execution-role", { names, statements: [writeLogsStatement(names, containers)] });
 */
export class ExecutionRole extends ServiceRole {
  constructor(scope: Construct, id: string, { names, statements }: ExecutionRoleProps) {
    super(scope, id, {
      names,
      purpose: "execution",
      description: "Starts the tasks: images, log streams, injected secrets",
      service: "ecs-tasks.amazonaws.com",
      sourceArn: taskSourceArn(names),
      policies: { "start-tasks": statements },
    });
  }
}

/**
 * ECS does not name the cluster or task in `aws:SourceArn`, only region and account.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function taskSourceArn(names: Names): string {
  return names.arn("ecs", "*");
}
