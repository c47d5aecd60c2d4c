import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** Where a container's secret lies: ARN, and for JSON secrets the key. */
export interface SecretPlace {
  readonly secretId: string;
  readonly key?: string;
}

/** Reads `<arn>` or `<arn>:<json key>:<stage>:<version>`, as ECS takes it. */
export function secretPlace(valueFrom: string): SecretPlace {
  const parts = valueFrom.split(":");
  const key = parts[7];
  return { secretId: parts.slice(0, 7).join(":"), ...(key && { key }) };
}

/** @throws with the reason that ECS gives when it cannot read a secret */
export async function readSecret(client: SecretsManagerClient, valueFrom: string): Promise<string> {
  const { secretId, key } = secretPlace(valueFrom);
  try {
    const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (key === undefined) return SecretString;
    const value = (JSON.parse(SecretString) as Record<string, unknown>)[key];
    if (value === undefined) throw new Error(`the secret has no key ${key}`);
    return String(value);
  } catch (error) {
    throw new Error(
      `ResourceInitializationError: unable to pull secrets: ${secretId}: ${(error as Error).message}`,
    );
  }
}
