import type { Construct } from "constructs";
import type { Names } from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
import { ServiceRole } from "./service-role";

export interface ExecutionRoleProps {
  readonly names: Names;
  /** Log groups the containers write to; they exist already, the role cannot create one. At least one. */
  readonly logGroupNames: readonly string[];
  /** Private ECR repositories to pull from. Default: none; public images need no right. */
  readonly repositoryArns?: readonly string[];
  /** Secrets Manager secrets injected into containers. Default: none. */
  readonly secretArns?: readonly string[];
  /** Customer keys that these secrets are encrypted with. Default: none, AWS's key needs no right. */
  readonly secretKeyArns?: readonly string[];
}

/**
 * The role with which ECS starts a task, before any container runs: pulls images, opens log streams, reads
 * the named secrets. The containers themselves never have it.
 *
 * @example
 * const executionRole = new ExecutionRole(this, "execution-role", { names, logGroupNames: [names.logGroup("mockserver")] });
 */
export class ExecutionRole extends ServiceRole {
  constructor(scope: Construct, id: string, props: ExecutionRoleProps) {
    super(scope, id, {
      ...props,
      purpose: "execution",
      description: "Starts the tasks: images, log streams, injected secrets",
      service: "ecs-tasks.amazonaws.com",
      sourceArn: taskSourceArn(props.names),
      policies: { "start-tasks": statements(props) },
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

function statements(props: ExecutionRoleProps): readonly PolicyStatement[] {
  const { names, logGroupNames, repositoryArns = [], secretArns = [] } = props;
  const { secretKeyArns = [] } = props;
  return [
    {
      sid: "WriteLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: logGroupNames.map((group) => names.arn("logs", `log-group:${group}:*`)),
    },
    ...(repositoryArns.length === 0
      ? []
      : [
          { sid: "LogInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
          {
            sid: "PullImages",
            actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources: repositoryArns,
          },
        ]),
    ...(secretArns.length === 0
      ? []
      : [{ sid: "ReadSecrets", actions: ["secretsmanager:GetSecretValue"], resources: secretArns }]),
    ...(secretKeyArns.length === 0 ? [] : [decryptSecrets(names, secretKeyArns)]),
  ];
}

/** Keys of secrets, usable through Secrets Manager only. */
export function decryptSecrets(names: Names, keyArns: readonly string[]): PolicyStatement {
  return {
    sid: "DecryptSecrets",
    actions: ["kms:Decrypt"],
    resources: keyArns,
    conditions: { StringEquals: { "kms:ViaService": [`secretsmanager.${names.region}.amazonaws.com`] } },
  };
}
