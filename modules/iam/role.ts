import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePoliciesExclusive } from "@cdktf/provider-aws/lib/iam-role-policies-exclusive";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { IamRolePolicyAttachmentsExclusive } from "@cdktf/provider-aws/lib/iam-role-policy-attachments-exclusive";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { policyDocument, type PolicyStatement } from "../shared/policy-document";
import { wildcardFault } from "./wildcards";

export interface RoleProps {
  readonly names: Names;
  /** Last part of the role's name, for example `execution`. */
  readonly purpose: string;
  readonly description: string;
  /** Who may assume the role, and under which conditions. */
  readonly trust: PolicyStatement;
  /** Longest session in seconds, 3600 to 43200. @default 3600, AWS's default */
  readonly maxSessionDuration?: number;
  /** Inline policies by name. A name is part of the address: never change it. */
  readonly policies: Readonly<Record<string, readonly PolicyStatement[]>>;
  /** ARNs of managed policies by a stable key. @default none */
  readonly managedPolicyArns?: Readonly<Record<string, string>>;
}

/**
 * A role with its trust, inline and managed policies as resources of their own, and the two `*_exclusive`
 * resources that put a policy added by hand into the next plan.
 *
 * @throws Error when a statement grants on `*` what can be granted more narrowly
 */
export class Role extends Construct {
  /** ARN (a token). */
  public readonly roleArn: string;
  /** Name (a token). */
  public readonly roleName: string;
  /**
   * The role's policies. What the role is for depends on them, so that Terraform creates it after them and
   * destroys it before them: a service whose policies go first stays in DRAINING
   * (https://github.com/hashicorp/terraform-provider-aws/issues/3414).
   */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    const { names } = props;
    const fault = Object.values(props.policies).flat().map(wildcardFault).find(Boolean);
    if (fault !== undefined) throw new Error(fault);

    const name = names.name("role", props.purpose);
    const role = new IamRole(this, "role", {
      name,
      description: props.description,
      assumeRolePolicy: policyDocument([props.trust]),
      maxSessionDuration: props.maxSessionDuration,
      tags: { Name: name },
    });
    const policies = Object.entries(props.policies).map(
      ([key, statements]) =>
        new IamRolePolicy(this, `policy-${key}`, {
          name: key,
          role: role.name,
          policy: policyDocument(statements),
        }),
    );
    const attachments = Object.entries(props.managedPolicyArns ?? {}).map(
      ([key, policyArn]) =>
        new IamRolePolicyAttachment(this, `attachment-${key}`, { role: role.name, policyArn }),
    );
    const exclusive = [
      new IamRolePoliciesExclusive(this, "policies-exclusive", {
        roleName: role.name,
        policyNames: policies.map((policy) => policy.name),
      }),
      new IamRolePolicyAttachmentsExclusive(this, "attachments-exclusive", {
        roleName: role.name,
        policyArns: attachments.map((attachment) => attachment.policyArn),
      }),
    ];
    this.roleArn = role.arn;
    this.roleName = role.name;
    this.ready = [...policies, ...attachments, ...exclusive];
  }
}
