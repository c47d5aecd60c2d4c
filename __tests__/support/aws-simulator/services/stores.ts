import type * as ecr from "@aws-sdk/client-ecr";
import type * as kms from "@aws-sdk/client-kms";
import type * as lambda from "@aws-sdk/client-lambda";
import type * as secrets from "@aws-sdk/client-secrets-manager";
import { anywhere, operation, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { tagList } from "../world/entity";
import type { Key, Repository, Secret } from "../world/platform";
import type { LambdaFunction } from "../world/workload";
import type { World } from "../world/world";

/** Secrets, keys, images and functions. */

const findSecret = (world: World, ref: string | undefined) =>
  world.secrets.where((s) => s.arn === ref || s.name === ref)[0];

const secretNeed = (action: string) => (input: { SecretId?: string | undefined }, world: World) => ({
  action: `secretsmanager:${action}`,
  resource: findSecret(world, input.SecretId)?.arn ?? "*",
  tags: findSecret(world, input.SecretId)?.tags ?? {},
});

function secretOf(world: World, ref: string | undefined): Secret {
  const secret = findSecret(world, ref);
  if (!secret)
    throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  return secret;
}

export const SECRETS: Operations = {
  ListSecrets: operation<secrets.ListSecretsCommandInput, secrets.ListSecretsCommandOutput>(
    anywhere("secretsmanager:ListSecrets"),
    (input, { world }) => {
      const found = world.secrets.where((secret) =>
        (input.Filters ?? []).every((filter) => {
          const values = filter.Values ?? [];
          if (filter.Key === "name") return values.some((value) => secret.name.startsWith(value));
          if (filter.Key === "tag-key") return values.some((value) => value in secret.tags);
          return values.some((value) => Object.values(secret.tags).includes(value));
        }),
      );
      const { items, next } = pageOf(world, found, (s) => s.id, input.NextToken, input.MaxResults);
      return {
        SecretList: items.map((s) => ({ ARN: s.arn, Name: s.name, Tags: tagList(s.tags) })),
        NextToken: next,
      };
    },
  ),
  DescribeSecret: operation<secrets.DescribeSecretCommandInput, secrets.DescribeSecretCommandOutput>(
    secretNeed("DescribeSecret"),
    (input, { world }) => {
      const secret = secretOf(world, input.SecretId);
      return { ARN: secret.arn, Name: secret.name, Tags: tagList(secret.tags) };
    },
  ),
  DeleteSecret: operation<secrets.DeleteSecretCommandInput, secrets.DeleteSecretCommandOutput>(
    secretNeed("DeleteSecret"),
    (input, { world }) => {
      const secret = secretOf(world, input.SecretId);
      if (!input.ForceDeleteWithoutRecovery) {
        throw new AwsError("InvalidRequestException", "a pending deletion keeps the name: not simulated");
      }
      world.secrets.delete(secret.id);
      return { ARN: secret.arn };
    },
  ),
};

const findKey = (world: World, ref: string | undefined) =>
  world.keys.where((k) => k.id === ref || k.arn === ref)[0];

const keyNeed = (action: string) => (input: { KeyId?: string | undefined }, world: World) => ({
  action: `kms:${action}`,
  resource: findKey(world, input.KeyId)?.arn ?? "*",
  tags: findKey(world, input.KeyId)?.tags ?? {},
});

function keyOf(world: World, ref: string | undefined): Key {
  const key = findKey(world, ref);
  if (!key) throw new AwsError("NotFoundException", `Key '${ref}' does not exist`);
  return key;
}

export const KMS: Operations = {
  ListKeys: operation<kms.ListKeysCommandInput, kms.ListKeysCommandOutput>(
    anywhere("kms:ListKeys"),
    (input, { world }) => {
      const { items, next } = pageOf(world, world.keys.all(), (k) => k.id, input.Marker, input.Limit);
      return {
        Keys: items.map((k) => ({ KeyId: k.id, KeyArn: k.arn })),
        Truncated: next !== undefined,
        NextMarker: next,
      };
    },
  ),
  ListAliases: operation<kms.ListAliasesCommandInput, kms.ListAliasesCommandOutput>(
    anywhere("kms:ListAliases"),
    (input, { world }) => {
      const all = world.keys
        .where((k) => !input.KeyId || k === findKey(world, input.KeyId))
        .flatMap((k) =>
          k.aliases.map((AliasName) => ({
            AliasName,
            AliasArn: world.arn("kms", AliasName),
            TargetKeyId: k.id,
          })),
        );
      const { items, next } = pageOf(world, all, (a) => a.AliasName, input.Marker, input.Limit);
      return { Aliases: items, Truncated: next !== undefined, NextMarker: next };
    },
  ),
  DescribeKey: operation<kms.DescribeKeyCommandInput, kms.DescribeKeyCommandOutput>(
    keyNeed("DescribeKey"),
    (input, { world }) => {
      const key = keyOf(world, input.KeyId);
      const pending = key.deletionDate !== undefined;
      return {
        KeyMetadata: {
          KeyId: key.id,
          Arn: key.arn,
          KeyManager: "CUSTOMER",
          KeyState: pending ? "PendingDeletion" : "Enabled",
          ...(pending && { DeletionDate: new Date(key.deletionDate!) }),
        },
      };
    },
  ),
  ListResourceTags: operation<kms.ListResourceTagsCommandInput, kms.ListResourceTagsCommandOutput>(
    keyNeed("ListResourceTags"),
    (input, { world }) => ({
      Tags: Object.entries(keyOf(world, input.KeyId).tags).map(([TagKey, TagValue]) => ({
        TagKey,
        TagValue,
      })),
      Truncated: false,
    }),
  ),
  DeleteAlias: operation<kms.DeleteAliasCommandInput, kms.DeleteAliasCommandOutput>(
    (input, world) => {
      const key = world.keys.where((k) => k.aliases.includes(input.AliasName!))[0];
      // Needed on both; only the key has tags.
      return [
        { action: "kms:DeleteAlias", resource: world.arn("kms", input.AliasName!) },
        { action: "kms:DeleteAlias", resource: key?.arn ?? "*", tags: key?.tags ?? {} },
      ];
    },
    (input, { world }) => {
      const key = world.keys.where((k) => k.aliases.includes(input.AliasName!))[0];
      if (!key) throw new AwsError("NotFoundException", `Alias ${input.AliasName} is not found.`);
      key.aliases = key.aliases.filter((alias) => alias !== input.AliasName);
      return {};
    },
  ),
  ScheduleKeyDeletion: operation<kms.ScheduleKeyDeletionCommandInput, kms.ScheduleKeyDeletionCommandOutput>(
    keyNeed("ScheduleKeyDeletion"),
    (input, { world, now }) => {
      const key = keyOf(world, input.KeyId);
      if (key.deletionDate !== undefined) {
        throw new AwsError("KMSInvalidStateException", `${key.arn} is pending deletion.`);
      }
      const days = input.PendingWindowInDays ?? 30;
      if (days < 7 || days > 30) throw new AwsError("ValidationException", "PendingWindowInDays: 7 to 30");
      key.deletionDate = now + days * 86_400_000;
      return { KeyId: key.arn, DeletionDate: new Date(key.deletionDate) };
    },
  ),
};

const repositoryNeed =
  (action: string) => (input: { repositoryName?: string | undefined }, world: World) => ({
    action: `ecr:${action}`,
    resource: world.repositories.get(input.repositoryName)?.arn ?? "*",
    tags: world.repositories.get(input.repositoryName)?.tags ?? {},
  });

function repositoryOf(world: World, name: string | undefined): Repository {
  const repository = world.repositories.get(name);
  if (!repository) {
    throw new AwsError("RepositoryNotFoundException", `The repository with name '${name}' does not exist`);
  }
  return repository;
}

export const ECR: Operations = {
  DescribeRepositories: operation<
    ecr.DescribeRepositoriesCommandInput,
    ecr.DescribeRepositoriesCommandOutput
  >(anywhere("ecr:DescribeRepositories"), (input, { world }) => {
    const names = input.repositoryNames;
    const found = names ? names.map((name) => repositoryOf(world, name)) : world.repositories.all();
    const { items, next } = pageOf(world, found, (r) => r.id, input.nextToken, input.maxResults);
    return {
      repositories: items.map((r) => ({ repositoryName: r.id, repositoryArn: r.arn })),
      nextToken: next,
    };
  }),
  ListTagsForResource: operation<ecr.ListTagsForResourceCommandInput, ecr.ListTagsForResourceCommandOutput>(
    (input) => ({ action: "ecr:ListTagsForResource", resource: input.resourceArn ?? "*" }),
    (input, { world }) => {
      const repository = world.repositories.where((r) => r.arn === input.resourceArn)[0];
      return { tags: tagList(repositoryOf(world, repository?.id ?? input.resourceArn).tags) };
    },
  ),
  DeleteRepository: operation<ecr.DeleteRepositoryCommandInput, ecr.DeleteRepositoryCommandOutput>(
    repositoryNeed("DeleteRepository"),
    (input, { world }) => {
      const repository = repositoryOf(world, input.repositoryName);
      if (repository.images.length > 0 && !input.force) {
        throw new AwsError(
          "RepositoryNotEmptyException",
          "The repository cannot be deleted because it still contains images",
        );
      }
      world.repositories.delete(repository.id);
      return {};
    },
  ),
};

function functionOf(world: World, ref: string | undefined): LambdaFunction {
  const found = world.functions.where((f) => f.name === ref || f.arn === ref)[0];
  if (!found) throw new AwsError("ResourceNotFoundException", `Function not found: ${ref}`, 404);
  return found;
}

const shapeFunction = (found: LambdaFunction) => ({ FunctionName: found.name, FunctionArn: found.arn });

const functionNeed = (action: string) => (input: { FunctionName?: string | undefined }, world: World) => {
  const found = world.functions.where(
    (f) => f.name === input.FunctionName || f.arn === input.FunctionName,
  )[0];
  return { action: `lambda:${action}`, resource: found?.arn ?? "*", tags: found?.tags ?? {} };
};

export const LAMBDA: Operations = {
  ListFunctions: operation<lambda.ListFunctionsCommandInput, lambda.ListFunctionsCommandOutput>(
    anywhere("lambda:ListFunctions"),
    (input, { world }) => {
      const { items, next } = pageOf(world, world.functions.all(), (f) => f.id, input.Marker, input.MaxItems);
      return { Functions: items.map(shapeFunction), NextMarker: next };
    },
  ),
  GetFunction: operation<lambda.GetFunctionCommandInput, lambda.GetFunctionCommandOutput>(
    functionNeed("GetFunction"),
    (input, { world }) => {
      const found = functionOf(world, input.FunctionName);
      return { Configuration: shapeFunction(found), Tags: { ...found.tags } };
    },
  ),
  GetFunctionConfiguration: operation<
    lambda.GetFunctionConfigurationCommandInput,
    lambda.GetFunctionConfigurationCommandOutput
  >(functionNeed("GetFunctionConfiguration"), (input, { world }) => {
    return { ...shapeFunction(functionOf(world, input.FunctionName)), LastUpdateStatus: "Successful" };
  }),
  ListTags: operation<lambda.ListTagsCommandInput, lambda.ListTagsCommandOutput>(
    (input) => ({ action: "lambda:ListTags", resource: input.Resource ?? "*" }),
    (input, { world }) => {
      const mapping = world.eventSourceMappings.where(({ arn }) => arn === input.Resource)[0];
      return { Tags: { ...(mapping ?? functionOf(world, input.Resource)).tags } };
    },
  ),
  DeleteFunction: operation<lambda.DeleteFunctionCommandInput, lambda.DeleteFunctionCommandOutput>(
    functionNeed("DeleteFunction"),
    (input, { world }) => {
      world.functions.delete(functionOf(world, input.FunctionName).id);
      return {};
    },
  ),
};
