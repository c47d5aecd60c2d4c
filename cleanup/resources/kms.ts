import {
  DeleteAliasCommand,
  DescribeKeyCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { ResourceType } from "./resource-type";
import { arnHints, GONE, hintsOf, isCandidateName, lastPart, presentIf, readTags, tagsFrom } from "./shared";

const KEY = "kms:key";
const ALIAS = "kms:alias";

/** Minimum waiting time of KMS before it deletes a key, in days. */
const PENDING_DAYS = 7;

const key: ResourceType = {
  type: KEY,
  terraform: ["aws_kms_key"],
  parts: ["aws_kms_key_policy"],
  arns: ["key/"],
  layer: "final",
  // What it has encrypted, and its aliases, which it proves and keeps while its deletion is pending.
  after: ["secretsmanager:secret", "logs:log-group", ALIAS],
  handler: ({ read, write }) => ({
    async *list(env) {
      const named = (await aliases(read)).filter(({ AliasName }) =>
        isCandidateName(aliasText(AliasName), env),
      );
      const hints = hintsOf(env, KEY).map(lastPart);
      const ids = new Set([...hints, ...named.map(({ TargetKeyId }) => TargetKeyId!)]);
      for (const KeyId of ids) {
        const found = await describeKey(read, KeyId);
        if (!found) continue;
        const tags = await readTags(async () => {
          const all = await allPages(async (Marker) => {
            const page = await read.kms.send(new ListResourceTagsCommand({ KeyId, Marker }));
            return { items: page.Tags, next: page.Truncated ? page.NextMarker : undefined };
          });
          return tagsFrom(all);
        });
        const builtIn = found.KeyManager === "AWS" ? { builtIn: "AWS-managed key" } : {};
        if (tags) yield { type: KEY, id: found.KeyId!, arn: found.Arn, ...builtIn, tags };
      }
    },
    look: ({ id }) => presentIf(() => describeKey(read, id)),
    async remove({ id }) {
      await write.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: PENDING_DAYS }));
      return GONE; // a pending deletion cannot be shortened
    },
  }),
};

const alias: ResourceType = {
  type: ALIAS,
  terraform: ["aws_kms_alias"],
  arns: [],
  layer: "final",
  // An alias has no tags. Its key identifies the owner, and IAM requires rights on the key too.
  handler: ({ read, write }) => ({
    async *list(env) {
      const hints = [...hintsOf(env, ALIAS), ...arnHints(env, ALIAS)];
      for (const { AliasName: id, AliasArn: arn, TargetKeyId } of await aliases(read)) {
        if (!hints.includes(id!) && !hints.includes(arn!) && !isCandidateName(aliasText(id), env)) continue;
        const partOf = TargetKeyId === undefined ? {} : { partOf: `${KEY} ${TargetKeyId}` };
        yield { type: ALIAS, id: id!, arn, name: id, tags: {}, ...partOf };
      }
    },
    look: ({ id }) => presentIf(async () => (await aliases(read)).some(({ AliasName }) => AliasName === id)),
    async remove({ id }) {
      await write.kms.send(new DeleteAliasCommand({ AliasName: id }));
      return GONE;
    },
  }),
};

/** Keys and their aliases. */
export const kms: readonly ResourceType[] = [key, alias];

function aliases(read: Clients) {
  return allPages(async (Marker) => {
    const page = await read.kms.send(new ListAliasesCommand({ Marker }));
    return { items: page.Aliases, next: page.NextMarker };
  });
}

function aliasText(name: string | undefined): string {
  return (name ?? "").replace(/^alias\//, "");
}

/** `undefined` also for a key whose deletion is pending, because no one can use it. */
async function describeKey(read: Clients, KeyId: string) {
  const found = await unlessNotFound(() => read.kms.send(new DescribeKeyCommand({ KeyId })));
  const waits = ["PendingDeletion", "PendingReplicaDeletion"];
  return waits.includes(found?.KeyMetadata?.KeyState ?? "") ? undefined : found?.KeyMetadata;
}
