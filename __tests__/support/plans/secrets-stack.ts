/** Secrets in the stack of `secrets.json.gz`: one before the change and one after. No report may hold a trace of them. */
export const SECRETS = {
  first: 'c0rrect-horse"battery/staple?',
  second: 'Tr0ub4dor&3 "quoted"\\and/more=',
} as const;

/**
 * A stack that does with a secret what people do: give it to a database and a secret store, build a connection string,
 * put that into a task definition and a policy without marking it, and put it out. Its resources are real to the
 * provider, and the marks in the plan are the ones terraform sets.
 */
export function secretsStack(which: keyof typeof SECRETS): unknown {
  const plain = SECRETS[which];
  const url = `postgres://app:${encodeURIComponent(plain)}@db.internal:5432/app`;
  const path = (name: string) => ({ "//": { metadata: { path: `secrets/vault/${name}`, uniqueId: name } } });
  return {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } } },
    provider: { aws: [{ region: "us-east-1" }] },
    variable: { master: { type: "string", sensitive: true, default: plain } },
    resource: {
      aws_secretsmanager_secret: { vault: { ...path("secret"), name: "vault", recovery_window_in_days: 0 } },
      aws_secretsmanager_secret_version: {
        vault: {
          ...path("version"),
          secret_id: "${aws_secretsmanager_secret.vault.id}",
          secret_string: "${jsonencode({ password = var.master })}",
        },
      },
      aws_ssm_parameter: {
        token: { ...path("parameter"), name: "/app/token", type: "SecureString", value: "${var.master}" },
        url: {
          ...path("url"),
          name: "/app/url",
          type: "String",
          insecure_value: url,
          description: `for ${which}, <b>bold</b> | \`code\` @everyone <!-- hidden --> ~~~ \`\`\``,
        },
      },
      aws_ecs_task_definition: {
        app: {
          ...path("task"),
          family: "app",
          container_definitions: JSON.stringify([
            {
              name: "app",
              image: "app:1",
              memory: 64,
              essential: true,
              environment: [
                { name: "DATABASE_URL", value: url },
                { name: "PASSWORD_BASE64", value: Buffer.from(plain).toString("base64") },
              ],
            },
          ]),
        },
      },
      aws_iam_policy: {
        odd: {
          ...path("policy"),
          name: "odd",
          policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Action: "s3:GetObject",
                Resource: "arn:aws:s3:::vault/*",
                Condition: { StringEquals: { "aws:PrincipalTag/key": plain } },
              },
            ],
          }),
        },
      },
      aws_db_instance: {
        database: {
          ...path("database"),
          identifier: `vault-${which}`,
          engine: "postgres",
          instance_class: "db.t3.micro",
          allocated_storage: 20,
          username: "app",
          password: "${var.master}",
          skip_final_snapshot: true,
        },
      },
    },
    output: {
      password: { value: "${var.master}", sensitive: true },
      url: { value: "${aws_db_instance.database.identifier}" },
      connection: { value: url },
    },
  };
}
