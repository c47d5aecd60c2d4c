import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import type { ReaperNames } from "../../contract/reaper";
import { policyDocument, type PolicyStatement } from "../shared/policy-document";
import { SERVICES_OF_STACKS } from "./services-of-stacks";

export interface BootstrapBoundaryProps {
  readonly reaper: ReaperNames;
  /** ARNs of the boundaries that roles created by pipelines carry. At least one. */
  readonly boundaryArns: readonly string[];
}

/**
 * The most that a role of the bootstrap stack may do, whatever its policies or those that AWS manages allow: use the
 * services of the stacks, and no way to more rights. It creates no identity but roles with one of the given boundaries,
 * assumes no role but the cleanup role, hands on no role of the bootstrap stack but the scheduler's, and changes none of
 * the stack's roles, policies, functions or its state bucket's settings.
 *
 * Without it, what AWS adds to PowerUserAccess or ReadOnlyAccess would be allowed at once.
 */
export class BootstrapBoundary extends Construct {
  /** ARN (a token, so that roles are created after the policy). */
  public readonly policyArn: string;

  constructor(scope: Construct, id: string, { reaper, boundaryArns }: BootstrapBoundaryProps) {
    super(scope, id);
    const name = reaper.names.name("policy", "roles-boundary");
    this.policyArn = new IamPolicy(this, "policy", {
      name,
      description: "The most that roles of the bootstrap stack may do",
      policy: policyDocument([...inUse(), ...never(reaper, boundaryArns)]),
      tags: { Name: name },
    }).arn;
  }
}

/** Of identities only some calls are allowed, see below. */
const SERVICES = [
  ...SERVICES_OF_STACKS.filter((service) => service !== "iam"),
  // Of the reaper and of test environments.
  ...["apigateway", "lambda", "scheduler", "sqs", "xray"],
].sort();

function inUse(): readonly PolicyStatement[] {
  return [
    {
      sid: "ServicesInUse",
      actions: SERVICES.map((service) => `${service}:*`),
      resources: ["*"],
    },
    {
      sid: "SeeOthers",
      actions: ["budgets:ViewBudget", "cloudtrail:LookupEvents", "ssm:DescribeDocument*", "ssm:GetDocument"],
      resources: ["*"],
    },
    {
      sid: "RolesAndPolicies",
      actions: [
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:CreateServiceLinkedRole",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:Get*",
        "iam:List*",
        "iam:PassRole",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:RemoveRoleFromInstanceProfile",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole*",
      ],
      resources: ["*"],
    },
  ];
}

function never(reaper: ReaperNames, boundaryArns: readonly string[]): readonly PolicyStatement[] {
  const { names } = reaper;
  const deny = (
    sid: string,
    actions: readonly string[],
    rest: Partial<PolicyStatement> = { resources: ["*"] },
  ): PolicyStatement => ({ sid, effect: "Deny", actions, ...rest });
  const role = (purpose: string) => names.iamArn(`role/${names.prefix}-${purpose}`);
  return [
    deny("NoOtherRole", ["sts:AssumeRole*", "sts:GetFederationToken"], {
      notResources: [reaper.cleanupRoleArn],
    }),
    deny(
      "OnlyWithinABoundary",
      ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
      {
        resources: ["*"],
        conditions: { StringNotEquals: { "iam:PermissionsBoundary": boundaryArns } },
      },
    ),
    deny(
      "NotTheseRoles",
      ["iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:Put*", "iam:Tag*", "iam:Untag*", "iam:Update*"], // prettier-ignore
      // Those of other regions too.
      {
        resources: ["role", "policy"].map((kind) => names.iamArn(`${kind}/automock-bootstrap-*`)),
      },
    ),
    deny("PassNoneOfThem", ["iam:PassRole"], {
      resources: [
        reaper.reaperRoleArn,
        reaper.cleanupRoleArn,
        role("plan-*"),
        role("apply-*"),
        role("test-env-*"),
      ],
    }),
    deny(
      "NotTheseFunctions",
      ["lambda:Add*", "lambda:Create*", "lambda:Delete*", "lambda:Put*", "lambda:Remove*", "lambda:Update*"],
      {
        resources: [names.arn("lambda", `function:${names.prefix}-*`)],
      },
    ),
    deny(
      "NotTheStateBucketsSettings",
      ["s3:DeleteBucket*", "s3:PutBucket*", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration"], // prettier-ignore
      { resources: [names.bucketArn(reaper.stateBucketName)] },
    ),
    deny("NoCodeWithRolesOfOthers", [
      "ec2:AssociateIamInstanceProfile",
      "ec2:ReplaceIamInstanceProfileAssociation",
      "ec2:RunInstances",
      "ecs:ExecuteCommand",
      "ecs:RunTask",
      "ecs:StartTask",
    ]),
    // Else a grant would hand a key to someone whom no policy names.
    deny("OnlyGrantsOfServices", ["kms:CreateGrant"], {
      resources: ["*"],
      conditions: { BoolIfExists: { "kms:GrantIsForAWSResource": ["false"] } },
    }),
  ];
}
