import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Credentials } from "../../cleanup/aws/clients";
import type { ClientConfig } from "../workspace";

/** Seconds of a session. AWS allows no longer one when a role is assumed from another role. */
const SESSION_SECONDS = 3600;

/**
 * Credentials of a role; the SDK asks for new ones before they expire.
 *
 * @param session shown in CloudTrail: the run id
 */
export function assumedRole(
  config: ClientConfig,
  role: { readonly arn: string; readonly externalId?: string },
  session: string,
): () => Promise<Credentials & { readonly expiration?: Date }> {
  const sts = new STSClient(config);
  return async () => {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: role.arn,
        RoleSessionName: session,
        ExternalId: role.externalId,
        DurationSeconds: SESSION_SECONDS,
      }),
    );
    if (!given?.AccessKeyId || !given.SecretAccessKey) throw new Error(`${role.arn} gave no credentials`);
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      expiration: given.Expiration,
    };
  };
}
