import { createPublicKey, verify, type JsonWebKey } from "node:crypto";
import { DescribeTaskDefinitionCommand, ECSClient, type ContainerDefinition } from "@aws-sdk/client-ecs";
import { DescribeDBInstancesCommand, RDSClient, type DBInstance } from "@aws-sdk/client-rds";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { LocalClientConfig } from "../../local/environment";

/** Containers of the newest revision of a family. */
export async function containersOf(
  config: LocalClientConfig,
  family: string,
): Promise<ContainerDefinition[]> {
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: family });
  const { taskDefinition } = await new ECSClient(config).send(command);
  return taskDefinition!.containerDefinitions!;
}

/** Every database of the account by its identifier. */
export async function databasesOf(config: LocalClientConfig): Promise<Record<string, DBInstance>> {
  const { DBInstances } = await new RDSClient(config).send(new DescribeDBInstancesCommand({}));
  return Object.fromEntries(DBInstances!.map((one) => [one.DBInstanceIdentifier!, one]));
}

/** The value of a secret that is a JSON object. */
export async function secretOf(config: LocalClientConfig, arn: string): Promise<Record<string, string>> {
  const secret = await new SecretsManagerClient(config).send(new GetSecretValueCommand({ SecretId: arn }));
  return JSON.parse(secret.SecretString!) as Record<string, string>;
}

/** The claims of a token, and for each key of a key set whether it has signed the token. */
export function readToken(token: string, keySet: string) {
  const [head, claims, signature] = token.split(".") as [string, string, string];
  const { keys } = JSON.parse(keySet) as { readonly keys: JsonWebKey[] };
  const text = Buffer.from(`${head}.${claims}`);
  return {
    claims: JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, string>,
    signedBy: keys.map((key) =>
      verify(
        "RSA-SHA256",
        text,
        createPublicKey({ key, format: "jwk" }),
        Buffer.from(signature, "base64url"),
      ),
    ),
  };
}
