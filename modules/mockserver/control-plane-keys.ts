import { DataAwsKmsPublicKey } from "@cdktf/provider-aws/lib/data-aws-kms-public-key";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Fn, TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { keySet, SIGNING_KEY, signingKeyAlias } from "../../contract/control-plane";
import type { Names } from "../../contract/names";
import { rightsByIam } from "../shared/customer-key";
import { policyDocument } from "../shared/policy-document";

/** What is before and after the modulus in the base64 DER of every 2048-bit RSA key with the exponent 65537. */
const DER = { before: "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA", after: "IDAQAB" };

export interface ControlPlaneKeysProps {
  readonly names: Names;
  /** Number of the key that signs, from 1. The one before it stays valid, so that a rotation interrupts no one. */
  readonly generation: number;
}

/**
 * The KMS key that signs tokens for MockServer's control plane, with an alias, and the public keys as tasks get them.
 * Nothing secret leaves KMS: `kms:Sign` on the key is the right to use the control plane, and CloudTrail records who
 * used it. KMS does not rotate such keys: a higher `generation` creates a new one and deletes the last but one.
 *
 * Cost: $1 per month and key, $0.03 per 10,000 signatures (https://aws.amazon.com/kms/pricing/).
 */
export class ControlPlaneKeys extends Construct {
  /** Public keys as JSON (a token): the signing one first. */
  public readonly keySet: string;
  /** ARN of the signing key (a token). */
  public readonly signingKeyArn: string;

  constructor(scope: Construct, id: string, { names, generation }: ControlPlaneKeysProps) {
    super(scope, id);
    const alias = signingKeyAlias(names);
    const [signing, ...previous] = [generation, generation - 1]
      .filter((number) => number > 0)
      .map((number) => this.key(names, alias, number));
    new KmsAlias(this, "alias", { name: `alias/${alias}`, targetKeyId: signing!.keyId });
    this.signingKeyArn = signing!.arn;
    this.keySet = keySet([signing!, ...previous]);
  }

  private key(names: Names, alias: string, number: number) {
    const key = new KmsKey(this, `key-${number}`, {
      description: "Signs tokens for MockServer's control plane",
      keyUsage: "SIGN_VERIFY",
      customerMasterKeySpec: SIGNING_KEY.spec,
      deletionWindowInDays: 30,
      policy: policyDocument([rightsByIam(names)]),
      tags: { Name: `${alias}-${number}` },
    });
    const { publicKey } = new DataAwsKmsPublicKey(this, `public-key-${number}`, { keyId: key.arn });
    const base64 = Fn.trimsuffix(Fn.trimprefix(publicKey, DER.before), DER.after);
    // A local value: quotes of functions would end the text of the container definitions.
    const modulus = new TerraformLocal(
      this,
      `modulus-${number}`,
      Fn.replace(Fn.replace(base64, "+", "-"), "/", "_"),
    );
    return { keyId: key.keyId, arn: key.arn, id: key.keyId, modulus: modulus.asString };
  }
}
