import type { PolicyStatement } from "../shared/policy-document";
import { READ_ACTIONS } from "./read-actions";

export interface WildcardReason {
  /** Why AWS accepts no narrower resource. */
  readonly reason: string;
  /** Where AWS says so. */
  readonly source: string;
}

const REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference";

/**
 * The only actions that may be granted on `*`: those for which AWS knows no narrower resource. A new entry
 * needs its reason and source; everything else names its resources.
 */
export const WILDCARD_ACTIONS: Readonly<Record<string, WildcardReason>> = {
  "ecr:GetAuthorizationToken": {
    reason: "the token opens the whole registry of the account, so the action has no resource type",
    source:
      "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html",
  },
  "ecs:DeregisterTaskDefinition": {
    reason: "the action has no resource type; registering the revision again undoes it",
    source: `${REFERENCE}/list_amazonelasticcontainerservice.html`,
  },
  "ecs:DescribeTaskDefinition": {
    reason: "the action has no resource type",
    source: `${REFERENCE}/list_amazonelasticcontainerservice.html`,
  },
  "logs:DeleteQueryDefinition": {
    reason: "a saved query has no ARN",
    source: `${REFERENCE}/list_amazoncloudwatchlogs.html`,
  },
  "dynamodb:ListStreams": {
    reason: "the action has no resource type, and Lambda calls it to follow a table",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html",
  },
  "ec2:DescribeInstances": {
    reason: "the action has no resource type",
    source: `${REFERENCE}/list_amazonec2.html`,
  },
  "ec2:DescribeSpotPriceHistory": {
    reason: "the action has no resource type",
    source: `${REFERENCE}/list_amazonec2.html`,
  },
  "ec2:DescribeSubnets": {
    reason: "the action has no resource type",
    source: `${REFERENCE}/list_amazonec2.html`,
  },
  "cloudtrail:LookupEvents": {
    reason: "the action has no resource type; it shows who did what, no data",
    source: `${REFERENCE}/list_awscloudtrail.html`,
  },
  "cloudwatch:PutMetricData": {
    reason: "the action has no resource type; a condition names the namespace",
    source: `${REFERENCE}/list_amazoncloudwatch.html`,
  },
  "iam:GetAccountSummary": {
    reason: "the action has no resource type; it shows how many roles there are",
    source: `${REFERENCE}/list_awsidentityandaccessmanagementiam.html`,
  },
  "lambda:CreateEventSourceMapping": {
    reason: "the action has no resource type; a condition names the function",
    source: `${REFERENCE}/list_awslambda.html`,
  },
  "lambda:GetAccountSettings": {
    reason: "the action has no resource type; it shows limits and their use",
    source: `${REFERENCE}/list_awslambda.html`,
  },
  "ssmmessages:CreateControlChannel": {
    reason: "the action has no resource type; a channel belongs to the instance that opens it",
    source: `${REFERENCE}/list_amazonmessagegatewayservice.html`,
  },
  "ssmmessages:CreateDataChannel": {
    reason: "the action has no resource type; a channel belongs to the instance that opens it",
    source: `${REFERENCE}/list_amazonmessagegatewayservice.html`,
  },
  "ssmmessages:OpenControlChannel": {
    reason: "the action has no resource type; a channel belongs to the instance that opens it",
    source: `${REFERENCE}/list_amazonmessagegatewayservice.html`,
  },
  "ssmmessages:OpenDataChannel": {
    reason: "the action has no resource type; a channel belongs to the instance that opens it",
    source: `${REFERENCE}/list_amazonmessagegatewayservice.html`,
  },
  "xray:PutTelemetryRecords": { reason: "traces have no ARN", source: `${REFERENCE}/list_awsx-ray.html` },
  "xray:PutTraceSegments": { reason: "traces have no ARN", source: `${REFERENCE}/list_awsx-ray.html` },
};

/**
 * The one statement that reads on `*`: most of its actions have no narrower resource, and a listing that
 * leaves out what it may not see would pass for an empty one. Other statements may not do the same.
 */
export const SEE_EVERYTHING = "SeeEverything";

/** Whether a statement with this `sid` may grant the action on `*`. */
export function mayBeWild(sid: string | undefined, action: string): boolean {
  return action in WILDCARD_ACTIONS || (sid === SEE_EVERYTHING && READ_ACTIONS.includes(action));
}

/**
 * What is wrong with a statement that grants on `*`, or `undefined`. Denials are free to use it: they take
 * rights away.
 */
export function wildcardFault({ sid, effect, actions, resources }: PolicyStatement): string | undefined {
  if (effect === "Deny" || !resources?.includes("*")) return undefined;
  const unlisted = actions.filter((action) => !mayBeWild(sid, action));
  if (unlisted.length === 0) return undefined;
  return `Policy statement "${sid}" grants ${unlisted.join(", ")} on "*", which is for actions without a narrower resource. Name the ARNs, or add the action to modules/iam/wildcards.ts with a reason and a source when AWS accepts nothing else.`;
}
