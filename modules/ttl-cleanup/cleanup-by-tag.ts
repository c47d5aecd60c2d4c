import { SESSION_TAG, SEVERAL_ENVIRONMENTS, type ReaperNames } from "../../contract/reaper";
import { TAG } from "../../contract/tags";
import type { PolicyStatement } from "../shared/policy-document";
import type { ReaperLimits } from "./reaper-limits";

/** IAM's variable for the environment that the session was opened for. */
const ENVIRONMENT = `\${aws:PrincipalTag/${SESSION_TAG.environment}}`;

type Conditions = NonNullable<PolicyStatement["conditions"]>;

/** The resource carries the tag of the session's environment and is marked as ephemeral. */
const OF_THE_ENVIRONMENT: Conditions = {
  StringEquals: {
    [`aws:ResourceTag/${TAG.environment}`]: [ENVIRONMENT],
    [`aws:ResourceTag/${TAG.ephemeral}`]: ["true"],
  },
  // Said twice on purpose: two absent tags must never count as equal.
  Null: {
    [`aws:ResourceTag/${TAG.environment}`]: ["false"],
    [`aws:PrincipalTag/${SESSION_TAG.environment}`]: ["false"],
  },
};

/**
 * Everything the cleanup role may change by tag: what carries the one of the environment its session is for.
 * Two policies, because one would be longer than IAM takes.
 * Which actions know `aws:ResourceTag`:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function taggedPolicies(
  { names }: ReaperNames,
  { permanentNames }: Pick<ReaperLimits, "permanentNames">,
): Readonly<Record<"workload" | "rest", readonly PolicyStatement[]>> {
  const tagged = (sid: string, service: string, actions: string[], resources: string[]): PolicyStatement => ({
    sid,
    actions: actions.map((action) => `${service}:${action}`),
    resources: resources.map((resource) => names.arn(service, resource)),
    conditions: OF_THE_ENVIRONMENT,
  });
  const workload = [
    tagged(
      "Ecs",
      "ecs",
      [
        "DeleteCluster",
        "DeleteService",
        "DeleteTaskDefinitions",
        "PutClusterCapacityProviders",
        "StopTask",
        "UpdateService",
      ],
      ["cluster/*", "service/*", "task-definition/*", "task/*"],
    ),
    tagged(
      "AutoScaling",
      "application-autoscaling",
      ["DeleteScalingPolicy", "DeleteScheduledAction", "DeregisterScalableTarget"],
      ["scalable-target/*"],
    ),
    tagged(
      "LoadBalancing",
      "elasticloadbalancing",
      [
        "DeleteListener",
        "DeleteLoadBalancer",
        "DeleteRule",
        "DeleteTargetGroup",
        "ModifyLoadBalancerAttributes",
        "ModifyTargetGroupAttributes",
      ],
      ["listener-rule/*", "listener/*", "loadbalancer/*", "targetgroup/*"],
    ),
    tagged(
      "Network",
      "ec2",
      [
        "DeleteFlowLogs",
        "DeleteInternetGateway",
        "DeleteNatGateway",
        "DeleteNetworkAcl",
        "DeleteNetworkInterface",
        "DeleteRouteTable",
        "DeleteSecurityGroup",
        "DeleteSubnet",
        "DeleteVpc",
        "DeleteVpcEndpoints",
        "DetachInternetGateway",
        "DisassociateRouteTable",
        "ReleaseAddress",
        "RevokeSecurityGroupEgress",
        "RevokeSecurityGroupIngress",
      ],
      ["*/*"],
    ),
    {
      // One call may delete endpoints of several environments, which the session's own policy names.
      sid: "EndpointsOfSeveral",
      actions: ["ec2:DeleteVpcEndpoints"],
      resources: [names.arn("ec2", "vpc-endpoint/*")],
      conditions: {
        StringEquals: {
          [`aws:PrincipalTag/${SESSION_TAG.environment}`]: [SEVERAL_ENVIRONMENTS],
          [`aws:ResourceTag/${TAG.ephemeral}`]: ["true"],
        },
        Null: { [`aws:ResourceTag/${TAG.environment}`]: ["false"] },
        StringNotEquals: { [`aws:ResourceTag/${TAG.environment}`]: permanentNames },
      },
    },
    tagged("Certificates", "acm", ["DeleteCertificate"], ["certificate/*"]),
    tagged("Alarms", "cloudwatch", ["DeleteAlarms"], ["alarm:*"]),
    tagged("Logs", "logs", ["DeleteLogGroup", "PutLogGroupDeletionProtection"], ["log-group:*"]),
    tagged("Rules", "events", ["DeleteRule", "RemoveTargets"], ["rule/*"]),
  ];
  const rest = [
    tagged(
      "Databases",
      "rds",
      ["DeleteDBInstance", "DeleteDBParameterGroup", "DeleteDBSubnetGroup", "ModifyDBInstance"],
      ["db:*", "pg:*", "subgrp:*"],
    ),
    tagged("Tables", "dynamodb", ["DeleteTable", "UpdateTable"], ["table/*"]),
    tagged(
      "Functions",
      "lambda",
      ["DeleteFunction", "GetFunctionConfiguration", "UpdateFunctionConfiguration"],
      ["function:*"],
    ),
    tagged("EventSourceMappings", "lambda", ["DeleteEventSourceMapping"], ["event-source-mapping:*"]),
    {
      // Its actions are HTTP methods, and its ARNs name no account.
      sid: "Apis",
      actions: ["apigateway:DELETE"],
      resources: ["/apis/*", "/restapis/*"].map(
        (path) => `arn:${names.partition}:apigateway:${names.region}::${path}`,
      ),
      conditions: OF_THE_ENVIRONMENT,
    },
    tagged("Topics", "sns", ["DeleteTopic"], ["*"]),
    tagged("Queues", "sqs", ["DeleteQueue"], ["*"]),
    tagged("Images", "ecr", ["DeleteRepository"], ["repository/*"]),
    tagged("Secrets", "secretsmanager", ["DeleteSecret"], ["secret:*"]),
    tagged("Keys", "kms", ["DeleteAlias", "ScheduleKeyDeletion"], ["key/*"]),
    {
      sid: "Roles",
      actions: [
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:RemoveRoleFromInstanceProfile",
      ],
      resources: ["instance-profile/*", "policy/*", "role/*"].map((resource) => names.iamArn(resource)),
      conditions: OF_THE_ENVIRONMENT,
    },
  ];
  return { workload, rest };
}
