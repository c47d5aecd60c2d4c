import type * as tagging from "@aws-sdk/client-resource-groups-tagging-api";
import type * as sts from "@aws-sdk/client-sts";
import { anywhere, operation, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { tagList } from "../world/entity";

/** Kinds that the tag index does not know. */
const NOT_INDEXED: readonly string[] = ["iam:role", "scheduler:schedule"];

export const STS: Operations = {
  GetCallerIdentity: operation<sts.GetCallerIdentityCommandInput, sts.GetCallerIdentityCommandOutput>(
    () => [],
    (_input, { world, principal }) => ({
      Account: world.place.accountId,
      Arn: principal.arn,
      UserId: "simulated",
    }),
  ),
  AssumeRole: operation<sts.AssumeRoleCommandInput, sts.AssumeRoleCommandOutput>(
    (input) => {
      const tags = Object.fromEntries((input.Tags ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
      const context = {
        "aws:TagKeys": Object.keys(tags),
        ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
      };
      const resource = input.RoleArn ?? "*";
      const assume = { action: "sts:AssumeRole", resource, context };
      return input.Tags?.length ? [assume, { action: "sts:TagSession", resource, context }] : [assume];
    },
    (input, { world, now }) => {
      const seconds = input.DurationSeconds ?? 3600;
      if (seconds < 900) throw new AwsError("ValidationError", "DurationSeconds must be at least 900");
      for (const { Value } of input.Tags ?? []) {
        if (/[*?]/.test(Value ?? "")) throw new AwsError("ValidationError", "Invalid session tag value");
      }
      if ((input.Policy?.length ?? 0) > 2048)
        throw new AwsError("PackedPolicyTooLargeException", "over 2,048 characters");
      const session = `ASIA${world.newHex(16).toUpperCase()}`;
      world.sessions.set(session, {
        arn: `${input.RoleArn?.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${input.RoleSessionName}`,
        tags: Object.fromEntries((input.Tags ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""])),
        policy: input.Policy,
        expiresAt: now + seconds * 1000,
      });
      return {
        Credentials: {
          AccessKeyId: session,
          SecretAccessKey: "simulated",
          SessionToken: "simulated",
          Expiration: new Date(now + seconds * 1000),
        },
      };
    },
  ),
};

export const TAGGING: Operations = {
  GetTagValues: operation<tagging.GetTagValuesCommandInput, tagging.GetTagValuesCommandOutput>(
    anywhere("tag:GetTagValues"),
    (input, { world }) => {
      const values = world.stores
        .filter((store) => !NOT_INDEXED.includes(store.kind))
        .flatMap((store) => store.all())
        .flatMap(({ tags }) => tags[input.Key ?? ""] ?? []);
      const unique = [...new Set(values)].sort();
      const { items, next } = pageOf(world, unique, (value) => value, input.PaginationToken || undefined);
      return { TagValues: items, PaginationToken: next ?? "" };
    },
  ),
  GetResources: operation<tagging.GetResourcesCommandInput, tagging.GetResourcesCommandOutput>(
    anywhere("tag:GetResources"),
    (input, { world }) => {
      const living = world.stores
        .filter((store) => !NOT_INDEXED.includes(store.kind))
        .flatMap((store) => store.where((item) => Object.keys(item.tags).length > 0));
      // Deleted resources are still listed for a while.
      const found = [...living, ...world.tagGhosts].filter(
        (item) =>
          (!input.ResourceARNList || input.ResourceARNList.includes(item.arn)) &&
          (input.TagFilters ?? []).every(
            ({ Key, Values }) =>
              item.tags[Key ?? ""] !== undefined &&
              (!Values?.length || Values.includes(item.tags[Key ?? ""]!)),
          ),
      );
      const unique = [...new Map(found.map((item) => [item.arn, item])).values()];
      const { items, next } = pageOf(
        world,
        unique,
        (item) => item.arn,
        input.PaginationToken || undefined,
        input.ResourcesPerPage,
      );
      return {
        ResourceTagMappingList: items.map((item) => ({ ResourceARN: item.arn, Tags: tagList(item.tags) })),
        PaginationToken: next ?? "",
      };
    },
  ),
};
