import {
  DeleteAliasCommand,
  DescribeKeyCommand,
  ListAliasesCommand,
  ListResourceTagsCommand,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import {
  DeleteSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { namedHandler } from "./named";
import {
  arnHints,
  GONE,
  hintsOf,
  isCandidateName,
  lastPart,
  namePrefix,
  readTags,
  tagsFrom,
  type HandlerFactory,
} from "./shared";

const KEY = "kms:key";
const ALIAS = "kms:alias";

/** Shortest time that KMS waits before it deletes a key, in days. */
const PENDING_DAYS = 7;

/** Secrets, keys, aliases. */
export const secrets: HandlerFactory = ({ read, write }) => {
  const secret = namedHandler({
    type: "secretsmanager:secret",
    layer: "final",
    async all() {
      const all = await allPages(async (NextToken) => {
        const page = await read.secrets.send(new ListSecretsCommand({ NextToken }));
        return { items: page.SecretList, next: page.NextToken };
      });
      // One made by a service, such as RDS, goes with its owner.
      return all.map(({ ARN: arn, Name: name, OwningService }) => ({
        id: arn!,
        arn,
        name,
        ...(OwningService && { builtIn: `secret of ${OwningService}` }),
      }));
    },
    tags: async ({ id }) =>
      tagsFrom((await read.secrets.send(new DescribeSecretCommand({ SecretId: id }))).Tags),
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.secrets.send(new DescribeSecretCommand({ SecretId: id })),
      );
      return found && found.DeletedDate === undefined ? "present" : "absent";
    },
    async remove({ id }) {
      // With a recovery window its name would stay taken, and the next deploy would fail.
      await write.secrets.send(new DeleteSecretCommand({ SecretId: id, ForceDeleteWithoutRecovery: true }));
      return GONE;
    },
  });

  const aliases = () =>
    allPages(async (Marker) => {
      const page = await read.kms.send(new ListAliasesCommand({ Marker }));
      return { items: page.Aliases, next: page.NextMarker };
    });

  const key: Handler = {
    type: KEY,
    layer: "final",
    // What it has encrypted, and its aliases: they are proven by it, and a key that waits for its end keeps them.
    after: ["secretsmanager:secret", "logs:log-group", ALIAS],
    stuckMs: 15 * MINUTE,
    async *list(env) {
      const named = (await aliases()).filter(({ AliasName }) => isCandidateName(aliasText(AliasName), env));
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
    async look({ id }) {
      return (await describeKey(read, id)) ? "present" : "absent";
    },
    async remove({ id }) {
      await write.kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: PENDING_DAYS }));
      return GONE; // pending deletion cannot be hurried
    },
  };

  const alias: Handler = {
    type: ALIAS,
    layer: "final",
    after: [],
    stuckMs: 15 * MINUTE,
    // An alias cannot be tagged; the environment's own names stand for it, or its key.
    ownNames: (env) => ({ exact: [`alias/${namePrefix(env)}`], prefixes: [`alias/${namePrefix(env)}/`] }),
    async *list(env) {
      const hints = [...hintsOf(env, ALIAS), ...arnHints(env, ALIAS)];
      for (const { AliasName: id, AliasArn: arn, TargetKeyId } of await aliases()) {
        if (!hints.includes(id!) && !hints.includes(arn!) && !isCandidateName(aliasText(id), env)) continue;
        const partOf = TargetKeyId === undefined ? {} : { partOf: `${KEY} ${TargetKeyId}` };
        yield { type: ALIAS, id: id!, arn, name: id, tags: {}, ...partOf };
      }
    },
    async look({ id }) {
      return (await aliases()).some(({ AliasName }) => AliasName === id) ? "present" : "absent";
    },
    async remove({ id }) {
      await write.kms.send(new DeleteAliasCommand({ AliasName: id }));
      return GONE;
    },
  };

  return [secret, key, alias];
};

function aliasText(name: string | undefined): string {
  return (name ?? "").replace(/^alias\//, "");
}

/** `undefined` also of a key that waits for its deletion: nobody can use it any more. */
async function describeKey(read: Clients, KeyId: string) {
  const found = await unlessNotFound(() => read.kms.send(new DescribeKeyCommand({ KeyId })));
  const waits = ["PendingDeletion", "PendingReplicaDeletion"];
  return waits.includes(found?.KeyMetadata?.KeyState ?? "") ? undefined : found?.KeyMetadata;
}
