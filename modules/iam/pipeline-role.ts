import type { Construct } from "constructs";
import type { Names } from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";
import { PIPELINE_PURPOSE, pipelineTrust, type PipelineTrust } from "./pipeline-trust";
import { Role } from "./role";

/** AWS allows no less here: a session of 15 to 60 minutes is what the caller asks for. */
const MAX_SESSION_SECONDS = 3600;

export interface PipelineRoleProps {
  readonly names: Names;
  /** Who assumes the role. */
  readonly trust: PipelineTrust;
  /** ECR repository that images are pushed to. */
  readonly repositoryArn: string;
  /** ECR repositories of which tested images are taken over. @default none */
  readonly sourceRepositoryArns?: readonly string[];
  /** Cluster, service and task definition family that images are brought into; literal names. */
  readonly clusterName: string;
  readonly serviceName: string;
  readonly taskFamily: string;
  /** Roles that task definitions of the family name: the task's and the one that starts it. */
  readonly taskRoleArns: readonly string[];
}

/**
 * The role with which a pipeline brings an image into one service of one environment: push it, register a
 * revision of the family, put it into service. It reads no secret and starts no single task.
 *
 * What it can do is still much: a revision runs any image with any command and the task's role, and
 * `ecs:UpdateService` is one right for all settings of a service. So the code that is built must not run where
 * this role can be assumed.
 *
 * Session: at most 60 minutes, the least that AWS takes as a limit; callers ask for 15 to 60.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 *
 * @throws Error naming every malformed part of the trust
 */
export class PipelineRole extends Role {
  constructor(scope: Construct, id: string, props: PipelineRoleProps) {
    super(scope, id, {
      ...props,
      purpose: PIPELINE_PURPOSE[props.trust.kind],
      description: `Brings images into the service ${props.serviceName}`,
      trust: pipelineTrust(props.trust, props.names),
      maxSessionDuration: MAX_SESSION_SECONDS,
      policies: { "deploy-images": statements(props) },
    });
  }
}

/**
 * Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
function statements(props: PipelineRoleProps): readonly PolicyStatement[] {
  const { names, sourceRepositoryArns = [] } = props;
  const revisions = names.arn("ecs", `task-definition/${props.taskFamily}:*`);
  return [
    { sid: "LogInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      sid: "PushImages",
      actions: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      resources: [props.repositoryArn],
    },
    ...(sourceRepositoryArns.length === 0
      ? []
      : [
          {
            sid: "PullTestedImages",
            actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources: sourceRepositoryArns,
          },
        ]),
    { sid: "ReadRevisions", actions: ["ecs:DescribeTaskDefinition"], resources: ["*"] },
    { sid: "RegisterRevisions", actions: ["ecs:RegisterTaskDefinition"], resources: [revisions] },
    {
      sid: "TagNewRevisions",
      actions: ["ecs:TagResource"],
      resources: [revisions],
      conditions: { StringEquals: { "ecs:CreateAction": ["RegisterTaskDefinition"] } },
    },
    {
      sid: "DeployService",
      actions: ["ecs:DescribeServices", "ecs:UpdateService"],
      resources: [names.arn("ecs", `service/${props.clusterName}/${props.serviceName}`)],
    },
    {
      sid: "PassTaskRoles",
      actions: ["iam:PassRole"],
      resources: props.taskRoleArns,
      conditions: { StringEquals: { "iam:PassedToService": ["ecs-tasks.amazonaws.com"] } },
    },
  ];
}
