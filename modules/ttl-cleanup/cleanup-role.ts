import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePoliciesExclusive } from "@cdktf/provider-aws/lib/iam-role-policies-exclusive";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { IamRolePolicyAttachmentsExclusive } from "@cdktf/provider-aws/lib/iam-role-policy-attachments-exclusive";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { SESSION_TAG, type ReaperNames } from "../../contract/reaper";
import { TEST_SYSTEM } from "../../contract/test-run";
import { wildcardFault } from "../iam/wildcards";
import { policyDocument, type PolicyStatement } from "../shared/policy-document";
import { namedStatements, runStatements } from "./cleanup-by-name";
import { taggedPolicies } from "./cleanup-by-tag";
import { denials } from "./cleanup-denials";
import type { ReaperLimits } from "./reaper-limits";

export interface CleanupRoleProps {
  readonly reaper: ReaperNames;
  /** ARN of the only role that may open a session. */
  readonly reaperRoleArn: string;
  readonly limits: ReaperLimits;
}

/**
 * The role of every deletion. A session of it is opened for one environment, named by a session tag, and can
 * change nothing that does not carry this environment's tag or, where a type takes no tags, its exact name.
 */
export class CleanupRole extends Construct {
  /** ARN (a token). */
  public readonly roleArn: string;
  /** The role's policies: who opens sessions waits for them. */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { reaper, reaperRoleArn, limits }: CleanupRoleProps) {
    super(scope, id);
    const policies: Readonly<Record<string, readonly PolicyStatement[]>> = {
      named: namedStatements(reaper, limits),
      never: denials(reaper, limits),
    };
    // Inline policies of a role share 10,240 characters: the longer ones are policies of their own.
    const { workload, rest } = taggedPolicies(reaper, limits);
    const managed = { workload, rest: [...rest, ...runStatements(reaper)] };
    const fault = [policies, managed]
      .flatMap((set) => Object.values(set).flat())
      .map(wildcardFault)
      .find(Boolean);
    if (fault !== undefined) throw new Error(fault);

    const role = new IamRole(this, "role", {
      name: reaper.cleanupRoleName,
      description: "Deletes what belongs to the one environment that its session is tagged with",
      assumeRolePolicy: policyDocument(cleanupTrust(reaperRoleArn, limits.permanentNames)),
      maxSessionDuration: 3600,
      tags: { Name: reaper.cleanupRoleName },
    });
    const inline = Object.entries(policies).map(
      ([name, statements]) =>
        new IamRolePolicy(this, `policy-${name}`, {
          name,
          role: role.name,
          policy: policyDocument(statements),
        }),
    );
    new IamRolePoliciesExclusive(this, "policies-exclusive", {
      roleName: role.name,
      policyNames: inline.map((policy) => policy.name),
    });
    const attached = Object.entries(managed).map(([key, statements]) => {
      const name = reaper.names.name("policy", `cleanup-${key}`);
      const policy = new IamPolicy(this, `managed-${key}`, {
        name,
        description: "Changes what carries the tag of the session's environment",
        policy: policyDocument(statements),
        tags: { Name: name },
      });
      return new IamRolePolicyAttachment(this, `attachment-${key}`, {
        role: role.name,
        policyArn: policy.arn,
      });
    });
    new IamRolePolicyAttachmentsExclusive(this, "attachments-exclusive", {
      roleName: role.name,
      policyArns: attached.map((attachment) => attachment.policyArn),
    });
    this.roleArn = role.arn;
    this.ready = [...inline, ...attached];
  }
}

/** Only the reaper, only for a named ephemeral environment of one of two systems, and with no other session tags. */
export function cleanupTrust(
  reaperRoleArn: string,
  permanentNames: readonly string[],
): readonly PolicyStatement[] {
  return [
    {
      sid: "OneEnvironmentPerSession",
      actions: ["sts:AssumeRole", "sts:TagSession"],
      principals: { AWS: [reaperRoleArn] },
      conditions: {
        "ForAllValues:StringEquals": { "aws:TagKeys": Object.values(SESSION_TAG) },
        StringEquals: { [`aws:RequestTag/${SESSION_TAG.system}`]: ["automock", TEST_SYSTEM] },
        Null: { [`aws:RequestTag/${SESSION_TAG.environment}`]: ["false"] },
        StringNotEquals: { [`aws:RequestTag/${SESSION_TAG.environment}`]: permanentNames },
      },
    },
  ];
}
