import type { Construct } from "constructs";
import type { Names } from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
import { taskSourceArn } from "./execution-role";
import { ServiceRole } from "./service-role";

export interface TaskRoleProps {
  readonly names: Names;
  /** What the containers may do. Empty: nothing. A resource `*` is refused (see wildcards.ts). */
  readonly statements: readonly PolicyStatement[];
}

/**
 * The role the containers act with. Every container of the task has it, and so has anyone who gets into one.
 *
 * @example
 * new TaskRole(this, "task-role", { names, statements: [{ sid: "ReadConfig", actions: ["s3:GetObject"], resources: [arn] }] });
 */
export class TaskRole extends ServiceRole {
  constructor(scope: Construct, id: string, props: TaskRoleProps) {
    super(scope, id, {
      ...props,
      purpose: "task",
      description: "What the containers of a task may do",
      service: "ecs-tasks.amazonaws.com",
      sourceArn: taskSourceArn(props.names),
      policies: props.statements.length === 0 ? {} : { "run-tasks": props.statements },
    });
  }
}
