import type { Construct } from "constructs";
import type { PolicyStatement } from "../shared/policy-document";
import { applyDenials, type ApplyRights } from "./apply-denials";
import { managedPolicyArn, SERVICE_POLICIES } from "./managed-policies";
import { pipelineTrust, type PipelineTrust } from "./pipeline-trust";
import { Role } from "./role";

/** A Multi-AZ database alone can take 40 minutes; the job that applies has 110. */
const MAX_SESSION_SECONDS = 7200;

export interface ApplyRoleProps extends ApplyRights {
  /** Who assumes the role. */
  readonly trust: PipelineTrust;
}

/**
 * The role with which a pipeline applies the stacks of one environment: AWS's `PowerUserAccess`, the roles of the
 * environment, its states and its locks. It is refused what carries another environment's tag, the bootstrap stack
 * among it, other environments' buckets and states, and every role that is not named after its environment.
 *
 * No way leads from it to more rights: every role that it creates or changes carries the environment's permissions
 * boundary, it assumes no role, and it is refused every service that the stacks do not use, among them those that run
 * code with the roles of others. What it can do is still much: resources without tags of the services in use are open
 * to it, except where their names are compared.
 *
 * Session: at most 2 hours; a chained role gives no more than 1.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/PowerUserAccess.html
 *
 * @throws Error naming every malformed part of the trust
 */
export class ApplyRole extends Role {
  constructor(scope: Construct, id: string, props: ApplyRoleProps) {
    super(scope, id, {
      ...props,
      purpose: `apply-${props.environment}`,
      description: `Applies the stacks of ${props.environment}`,
      trust: pipelineTrust(props.trust, props.names),
      maxSessionDuration: MAX_SESSION_SECONDS,
      policies: { roles: roles(props), never: applyDenials(props) },
      managedPolicyArns: { "power-user": managedPolicyArn(props.names, "PowerUserAccess") },
    });
  }
}

/** Services that the stacks hand roles to. */
const PASSED_TO = [
  "ecs-tasks.amazonaws.com",
  "ecs.amazonaws.com",
  "monitoring.rds.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
];

/** Services that make a role of their own at their first use in an account. */
const SERVICE_LINKED = [
  "ecs.amazonaws.com",
  "ecs.application-autoscaling.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
  "rds.amazonaws.com",
];

/** Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
function roles(props: ApplyRights): readonly PolicyStatement[] {
  const { names, environment, systems, boundaryArn, rolePath = "/" } = props;
  const own = systems.map((system) => names.iamArn(`role${rolePath}${system}-${environment}-*`));
  const bounded = { "iam:PermissionsBoundary": [boundaryArn] };
  return [
    {
      sid: "ManageRoles",
      actions: [
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      resources: own,
    },
    {
      sid: "OnlyWithinTheBoundary",
      actions: ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
      resources: own,
      conditions: { StringEquals: bounded },
    },
    {
      sid: "OnlyPoliciesInUse",
      actions: ["iam:AttachRolePolicy"],
      resources: own,
      conditions: {
        ArnEquals: {
          "iam:PolicyARN": Object.values(SERVICE_POLICIES).map((policy) => managedPolicyArn(names, policy)),
        },
        StringEquals: bounded,
      },
    },
    {
      sid: "PassRoles",
      actions: ["iam:PassRole"],
      resources: own,
      conditions: { StringEquals: { "iam:PassedToService": PASSED_TO } },
    },
    {
      sid: "FirstUseOfServices",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [names.iamArn("role/aws-service-role/*")],
      conditions: { StringEquals: { "iam:AWSServiceName": SERVICE_LINKED } },
    },
  ];
}
