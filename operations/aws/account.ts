import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { ClientConfig } from "../workspace";

/** The account that the credentials belong to. */
export async function accountOf(config: ClientConfig): Promise<string> {
  const { Account } = await new STSClient(config).send(new GetCallerIdentityCommand({}));
  return Account!;
}
