import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Credentials } from "../../cleanup/aws/clients";
import type { ClientConfig } from "../workspace";

/** Seconds of a session. AWS allows no longer one when a role is assumed from another role. */
const SESSION_SECONDS = 3600;

/** Milliseconds before its end in which a session is not used any more. */
const MARGIN_MS = 5 * 60_000;

interface Session extends Credentials {
  readonly expiration?: Date;
}

/**
 * Credentials of a role, one session for all that ask; a new one before it ends.
 *
 * @param session shown in CloudTrail: the run id
 */
export function assumedRole(
  config: ClientConfig,
  role: { readonly arn: string; readonly externalId?: string },
  session: string,
): () => Promise<Session> {
  const sts = new STSClient(config);
  const assume = async (): Promise<Session> => {
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
  let current: Promise<Session> | undefined;
  return async () => {
    const known = await current?.catch(() => undefined);
    const isUsable = known && (known.expiration?.getTime() ?? Infinity) - MARGIN_MS > Date.now();
    return isUsable ? known : (current = assume());
  };
}

/** Variables with which programs act in the role: the tests of a run, whose resources may be in another account. */
export function roleVariables(session: Session): NodeJS.ProcessEnv {
  return {
    // Some SDKs prefer a profile to the variables.
    AWS_PROFILE: undefined,
    AWS_ACCESS_KEY_ID: session.accessKeyId,
    AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
    AWS_SESSION_TOKEN: session.sessionToken,
  };
}
