import {
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
} from "@aws-sdk/client-secrets-manager";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import { candidates } from "./candidates";
import type { ResourceType } from "./resource-type";
import { GONE, tagsFrom } from "./shared";

const SECRET = "secretsmanager:secret";

const secret: ResourceType = {
  type: SECRET,
  terraform: ["aws_secretsmanager_secret"],
  parts: ["aws_secretsmanager_secret_policy", "aws_secretsmanager_secret_version"],
  arns: ["secret:"],
  layer: "final",
  handler: ({ read, write }) => ({
    list: candidates(SECRET, {
      async all() {
        const all = await allPages(async (NextToken) => {
          const page = await read.secrets.send(new ListSecretsCommand({ NextToken }));
          return { items: page.SecretList, next: page.NextToken };
        });
        // A secret of a service, such as RDS, is deleted with its owner.
        return all.map(({ ARN: arn, Name: name, OwningService }) => ({
          id: arn!,
          arn,
          name,
          ...(OwningService && { builtIn: `secret of ${OwningService}` }),
        }));
      },
      tags: async ({ id }) =>
        tagsFrom((await read.secrets.send(new DescribeSecretCommand({ SecretId: id }))).Tags),
    }),
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.secrets.send(new DescribeSecretCommand({ SecretId: id })),
      );
      return found && found.DeletedDate === undefined ? "present" : "absent";
    },
    async remove({ id }) {
      // With a recovery window its name would remain in use, and the next deployment would fail.
      await write.secrets.send(new DeleteSecretCommand({ SecretId: id, ForceDeleteWithoutRecovery: true }));
      return GONE;
    },
  }),
};

/** Secrets. */
export const secretsManager: readonly ResourceType[] = [secret];
