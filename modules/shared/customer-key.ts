import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey, type KmsKeyConfig } from "@cdktf/provider-aws/lib/kms-key";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { policyDocument, type PolicyStatement } from "./policy-document";
import { transformed, type Transform } from "./transform";

export interface CustomerKeyProps {
  readonly names: Names;
  /** Names the alias `alias/<system>-<environment>-<purpose>`, for example `database`. One key per purpose. */
  readonly purpose: string;
  /** What the key encrypts, shown in the console. */
  readonly description: string;
  /** Rights beyond those of the account, for AWS services that use the key by themselves. Default: none. */
  readonly statements?: readonly PolicyStatement[];
  /** Another region is chosen by a provider alias in the transform; the alias follows the key. */
  readonly transform?: { readonly key?: Transform<KmsKeyConfig> };
}

/**
 * A symmetric KMS key of the account with yearly rotation, and an alias to recognise it by. Its policy leaves
 * the rights to IAM and adds only what is asked for. A destroyed key can be called back for 30 days.
 *
 * Cost: $1 a month, and $1 more for each of its first two rotations (https://aws.amazon.com/kms/pricing/).
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
    const { names, purpose, statements = [], transform } = props;
    const name = names.name("keyAlias", purpose);
    const key = new KmsKey(
      this,
      "key",
      transformed(
        {
          description: props.description,
          enableKeyRotation: true,
          deletionWindowInDays: 30,
          policy: policyDocument([
            {
              // Without it nobody, the account's root included, could manage the key.
              // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
              sid: "RightsByIam",
              actions: ["kms:*"],
              resources: ["*"],
              principals: { AWS: [names.iamArn("root")] },
            },
            ...statements,
          ]),
          tags: { Name: name },
        },
        transform?.key,
      ),
    );
    new KmsAlias(this, "alias", {
      name: `alias/${name}`,
      targetKeyId: key.keyId,
      provider: key.provider,
    });
    this.keyArn = key.arn;
    this.keyId = key.keyId;
    this.ready = key;
  }
}
