import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { policyDocument, type PolicyStatement } from "./policy-document";

export interface CustomerKeyProps {
  readonly names: Names;
  /** Last part of the alias `alias/<system>-<environment>-<purpose>`, for example `database`. */
  readonly purpose: string;
  /** What the key encrypts, shown in the console. */
  readonly description: string;
  /** Additional statements, for AWS services that use the key. @default none */
  readonly statements?: readonly PolicyStatement[];
  /** Makes Terraform refuse to destroy the key. @default false */
  readonly preventDestroy?: boolean;
  /** Provider of another region. @default the stack's */
  readonly provider?: TerraformProvider;
}

/**
 * A symmetric KMS key with yearly rotation and an alias. Its policy delegates access to IAM. A deleted key can be
 * restored for 30 days.
 *
 * Cost: $1 per month, and $1 more for each of its first two rotations (https://aws.amazon.com/kms/pricing/).
 */
export class CustomerKey extends Construct {
  /** ARN (a token). */
  public readonly keyArn: string;
  /** Id (a token). */
  public readonly keyId: string;
  /** The key with its policy. */
  public readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: CustomerKeyProps) {
    super(scope, id);
    const { names, purpose, provider, statements = [] } = props;
    const name = names.name("keyAlias", purpose);
    const key = new KmsKey(this, "key", {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: policyDocument([rightsByIam(names), ...statements]),
      tags: { Name: name },
      provider,
      lifecycle: props.preventDestroy ? { preventDestroy: true } : undefined,
    });
    new KmsAlias(this, "alias", { name: `alias/${name}`, targetKeyId: key.keyId, provider });
    this.keyArn = key.arn;
    this.keyId = key.keyId;
    this.ready = key;
  }
}

/**
 * Delegates the rights on a key to IAM. Without this statement not even the account's root user could manage the key.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function rightsByIam(names: Names): PolicyStatement {
  return {
    sid: "RightsByIam",
    actions: ["kms:*"],
    resources: ["*"],
    principals: { AWS: [names.iamArn("root")] },
  };
}
