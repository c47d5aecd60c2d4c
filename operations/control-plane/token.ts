import { SignCommand, type KMSClient } from "@aws-sdk/client-kms";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { SIGNING_KEY, signingKeyAlias, TOKEN_ALGORITHM, tokenAudience } from "../../contract/control-plane";
import { Names } from "../../contract/names";
import { UserError } from "../../contract/user-error";
import type { StackRef } from "../../environments/schema/stacks";

/** A token for the control plane of one stack. */
export interface ControlPlaneToken {
  readonly token: string;
  /** ARN of who may use it: the caller of KMS. */
  readonly subject: string;
  readonly expiresAt: Date;
}

export interface TokenClients {
  readonly kms: Pick<KMSClient, "send">;
  readonly sts: Pick<STSClient, "send">;
}

/**
 * Signs a token with the stack's key in KMS, by the caller's right `kms:Sign`.
 *
 * @param now milliseconds since 1970
 * @throws UserError if the stack has no key, or the caller may not sign with it
 */
export async function signToken(
  { kms, sts }: TokenClients,
  stack: StackRef,
  { minutes, now }: { readonly minutes: number; readonly now: number },
): Promise<ControlPlaneToken> {
  const names = new Names(stack);
  const { Arn: subject = "unknown" } = await sts.send(new GetCallerIdentityCommand({}));
  const issued = Math.floor(now / 1000);
  const expires = issued + minutes * 60;
  // No kid: MockServer tries the keys that it has, so the key behind the alias need not be asked for.
  const claims = { sub: subject, aud: tokenAudience(names), iat: issued, exp: expires };
  const unsigned = [{ alg: TOKEN_ALGORITHM, typ: "JWT" }, claims].map(encoded).join(".");
  const KeyId = `alias/${signingKeyAlias(names)}`;
  const { Signature } = await kms
    .send(
      new SignCommand({
        KeyId,
        SigningAlgorithm: SIGNING_KEY.algorithm,
        MessageType: "RAW",
        Message: Buffer.from(unsigned),
      }),
    )
    .catch((error: unknown) => {
      throw explained(error, { stack: stack.id, KeyId, subject });
    });
  return {
    token: `${unsigned}.${Buffer.from(Signature!).toString("base64url")}`,
    subject,
    expiresAt: new Date(expires * 1000),
  };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function explained(
  error: unknown,
  { stack, KeyId, subject }: { readonly stack: string; readonly KeyId: string; readonly subject: string },
): unknown {
  switch ((error as Partial<Error>).name) {
    case "NotFoundException":
      return new UserError(
        `${stack} has no signing key (${KeyId}): it is not deployed, or its control plane takes no tokens.\n` +
          `Set automock.controlPlaneAllowedCidrs and deploy it: automock deploy ${stack}.`,
      );
    case "AccessDeniedException":
      return new UserError(
        `${subject} may not sign tokens for ${stack}.\n` +
          `Ask for the right kms:Sign on its key, the output control_plane_key_arn of the stack.`,
      );
    default:
      return error;
  }
}
