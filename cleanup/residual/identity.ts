import { GetPolicyCommand, GetRoleCommand, ListPoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, ListAliasesCommand, ListResourceTagsCommand } from "@aws-sdk/client-kms";
import { ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { Lister, Live } from "./evidence";

/** Roles and policies, which are not in the tag index. Tags are read for those whose names have the environment's prefix. */
export const listIam: Lister = async ({ clients: { iam }, names }) => {
  const isCandidate = (name = "") => name === names.prefix || name.startsWith(`${names.prefix}-`);
  const roles = await allPages(async (Marker) => {
    const page = await iam.send(new ListRolesCommand({ Marker }));
    return { items: page.Roles, next: page.IsTruncated ? page.Marker : undefined };
  });
  const policies = await allPages(async (Marker) => {
    const page = await iam.send(new ListPoliciesCommand({ Scope: "Local", Marker }));
    return { items: page.Policies, next: page.IsTruncated ? page.Marker : undefined };
  });
  const live: Live[] = [];
  for (const { RoleName } of roles.filter((role) => isCandidate(role.RoleName))) {
    const found = await unlessNotFound(() => iam.send(new GetRoleCommand({ RoleName })));
    if (found?.Role)
      live.push({
        type: "iam:role",
        id: RoleName!,
        arn: found.Role.Arn,
        tags: found.Role.Tags,
        similar: true,
      });
  }
  for (const { PolicyName, Arn } of policies.filter((policy) => isCandidate(policy.PolicyName))) {
    const found = await unlessNotFound(() => iam.send(new GetPolicyCommand({ PolicyArn: Arn })));
    if (found?.Policy) {
      live.push({ type: "iam:policy", id: PolicyName!, arn: Arn, tags: found.Policy.Tags, similar: true });
    }
  }
  return live;
};

/** An alias has no tags; those of its key identify the owner. */
async function tagsOfKey(kms: Clients["kms"], KeyId: string | undefined): Promise<Live["tags"]> {
  if (KeyId === undefined) return undefined;
  const all = await allPages(async (Marker) => {
    const page = await kms.send(new ListResourceTagsCommand({ KeyId, Marker }));
    return { items: page.Tags, next: page.Truncated ? page.NextMarker : undefined };
  });
  return all.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }));
}

/** Secrets, aliases, and the keys that the tag index names. */
export const listSecrets: Lister = async ({ clients: { kms, secrets }, names, tagged }) => {
  const all = await allPages(async (NextToken) => {
    const page = await secrets.send(new ListSecretsCommand({ NextToken }));
    return { items: page.SecretList, next: page.NextToken };
  });
  const aliases = await allPages(async (Marker) => {
    const page = await kms.send(new ListAliasesCommand({ Marker }));
    return { items: page.Aliases, next: page.NextMarker };
  });
  const named: Live[] = [];
  for (const { AliasName: id, TargetKeyId } of aliases) {
    const similar = id!.startsWith(`alias/${names.prefix}-`);
    const tags = similar ? await tagsOfKey(kms, TargetKeyId) : undefined;
    named.push({ type: "kms:alias", id: id!, similar, tags });
  }
  const keys: Live[] = [];
  for (const arn of [...tagged.keys()].filter((one) => /:kms:.*:key\//.test(one))) {
    const found = await unlessNotFound(() => kms.send(new DescribeKeyCommand({ KeyId: arn })));
    const { KeyState, DeletionDate } = found?.KeyMetadata ?? {};
    if (KeyState === undefined) continue;
    const tombstone = DeletionDate && { tombstone: `deleted on ${DeletionDate.toISOString()}` };
    keys.push({ type: "kms:key", id: arn, arn, ...tombstone });
  }
  return [
    ...all.map(({ ARN, Name, Tags }) => ({
      type: "secretsmanager:secret",
      id: ARN!,
      name: Name,
      tags: Tags,
    })),
    ...named,
    ...keys,
  ];
};
