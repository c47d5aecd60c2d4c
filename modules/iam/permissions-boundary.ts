import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import { ADMIN_SYSTEM } from "../../contract/admin-box";
import { TAG } from "../../contract/tags";
import type { Names } from "../../contract/names";
import { policyDocument, type PolicyStatement } from "../shared/policy-document";

/** Load balancers and target groups have names of 32 characters: what is cut off a long one is not compared. */
const SHORT_NAME = 18;

export interface PermissionsBoundaryProps {
  readonly names: Names;
  /** Name of the policy, from `boundaryName`. */
  readonly policyName: string;
  /** Starts of the names of what the roles may touch, for example `automock-prod-`. At least one. */
  readonly prefixes: readonly string[];
  /** Starts of names among them that belong to others. @default none */
  readonly notPrefixes?: readonly string[];
  /** Name of the environment if it has admin boxes, whose roles need more. @default none */
  readonly adminBoxesOf?: string;
}

/**
 * The most that a role of an environment may do, no matter who writes its policies: what running tasks, their logs, database
 * monitoring and deployments need, on resources that are named after the environment. No rights in IAM, no other role.
 *
 * A boundary grants nothing. A role that needs more than this gets it by a statement here.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export class PermissionsBoundary extends Construct {
  constructor(scope: Construct, id: string, props: PermissionsBoundaryProps) {
    super(scope, id);
    new IamPolicy(this, "policy", {
      name: props.policyName,
      description: "The most that roles of an environment may do",
      policy: policyDocument(boundaryStatements(props)),
      tags: { Name: props.policyName },
    });
  }
}

/** The statements of a boundary; AWS allows 6,144 characters. */
function boundaryStatements(props: PermissionsBoundaryProps): readonly PolicyStatement[] {
  const { names, prefixes, notPrefixes = [], adminBoxesOf } = props;
  const buckets = (starts: readonly string[]) => starts.map((start) => names.bucketArn(`${start}*`));
  const logs = (starts: readonly string[]) =>
    starts.map((start) => names.arn("logs", `log-group:/${start.replace(/-$/, "/")}*`));
  const regional = (service: string, kind: string, starts: readonly string[]) =>
    starts.map((start) => names.arn(service, `${kind}${start}*`));
  const short = prefixes.map((prefix) => prefix.slice(0, SHORT_NAME));
  const repositories = prefixes.map((prefix) => prefix.replace(/-$/, ""));
  return [
    {
      sid: "WriteLogs",
      actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      resources: logs(prefixes),
    },
    {
      // Enhanced monitoring has one log group for all databases of an account.
      sid: "WriteDatabaseMetrics",
      actions: [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:GetLogEvents",
        "logs:PutLogEvents",
        "logs:PutRetentionPolicy",
      ],
      resources: [names.arn("logs", "log-group:RDS*")],
    },
    {
      sid: "ReadObjects",
      actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"],
      resources: buckets(prefixes),
    },
    {
      // RDS names the secret of a database; whose it is, the role's own policy says.
      sid: "ReadSecrets",
      actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
      resources: [
        names.arn("secretsmanager", "secret:rds!*"),
        ...regional("secretsmanager", "secret:", prefixes),
      ],
    },
    {
      sid: "DecryptThroughServices",
      actions: ["kms:Decrypt"],
      resources: [names.arn("kms", "key/*")],
      conditions: {
        StringEquals: {
          "kms:ViaService": ["s3", "secretsmanager"].map(
            (service) => `${service}.${names.region}.amazonaws.com`,
          ),
        },
      },
    },
    { sid: "SignInToDatabase", actions: ["rds-db:connect"], resources: [names.arn("rds-db", "dbuser:*")] },
    { sid: "LogInToRegistry", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      sid: "PullImages",
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: regional("ecr", "repository/", repositories),
    },
    {
      // Elastic Load Balancing knows no narrower resource for what it describes.
      sid: "SeeLoadBalancers",
      actions: [
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
      ],
      resources: ["*"],
    },
    {
      sid: "ShiftTraffic",
      actions: [
        "elasticloadbalancing:DeregisterTargets",
        "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:RegisterTargets",
      ],
      resources: ["listener/app/", "listener-rule/app/", "targetgroup/"].flatMap((kind) =>
        regional("elasticloadbalancing", kind, short),
      ),
    },
    ...(adminBoxesOf === undefined ? [] : adminStatements(names, adminBoxesOf)),
    ...(notPrefixes.length === 0
      ? []
      : [
          {
            sid: "NotOtherEnvironments",
            effect: "Deny" as const,
            actions: ["*"],
            resources: [
              ...buckets(notPrefixes),
              ...logs(notPrefixes),
              ...regional("elasticloadbalancing", "*/", [
                ...notPrefixes,
                ...notPrefixes.map((start) => start.replace(/-$/, "/")),
              ]),
              ...regional("secretsmanager", "secret:", notPrefixes),
            ],
          },
        ]),
  ];
}

/** What the roles of admin boxes and of their schedules need. */
function adminStatements(names: Names, environment: string): readonly PolicyStatement[] {
  const instances = [names.arn("ec2", "instance/*")];
  return [
    {
      sid: "ReachSessionManager",
      actions: [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      resources: ["*"],
    },
    { sid: "SayThatBoxRuns", actions: ["ssm:UpdateInstanceInformation"], resources: instances },
    {
      sid: "FindLogGroups",
      actions: ["logs:DescribeLogGroups"],
      resources: [names.arn("logs", "log-group:*")],
    },
    {
      sid: "EndBoxes",
      actions: ["ec2:TerminateInstances"],
      resources: instances,
      conditions: {
        StringEquals: {
          [`aws:ResourceTag/${TAG.system}`]: [ADMIN_SYSTEM],
          [`aws:ResourceTag/${TAG.environment}`]: [environment],
        },
      },
    },
  ];
}
