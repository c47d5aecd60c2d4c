import { paginateListCertificates } from "@aws-sdk/client-acm";
import {
  ListOpenIDConnectProvidersCommand,
  paginateListInstanceProfiles,
  paginateListPolicies,
  paginateListRoles,
  paginateListUsers,
} from "@aws-sdk/client-iam";
import {
  DescribeKeyCommand,
  paginateListAliases,
  paginateListKeys,
  type KeyMetadata,
  type KMSClient,
} from "@aws-sdk/client-kms";
import { paginateListSecrets } from "@aws-sdk/client-secrets-manager";
import { pages } from "./clients";
import { items, type Lister } from "./item";

/** Roles, policies, certificates, keys, secrets. */
export const listIdentity: Lister = async ({ iam, acm, kms, secrets }) => {
  const at = { client: iam };
  const roles = (await pages(paginateListRoles(at, {}), (page) => page.Roles)).filter(
    (role) => !role.Path?.startsWith("/aws-service-role/"),
  );
  const policies = await pages(paginateListPolicies(at, { Scope: "Local" }), (page) => page.Policies);
  const profiles = await pages(paginateListInstanceProfiles(at, {}), (page) => page.InstanceProfiles);
  const users = await pages(paginateListUsers(at, {}), (page) => page.Users);
  const providers =
    (await iam.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList ?? [];
  const certificates = await pages(
    paginateListCertificates({ client: acm }, {}),
    (page) => page.CertificateSummaryList,
  );
  const aliases = await pages(paginateListAliases({ client: kms }, {}), (page) => page.Aliases);
  const awsAliases = aliases.filter((alias) => alias.AliasName?.startsWith("alias/aws/"));
  const ownAliases = aliases.filter((alias) => !awsAliases.includes(alias));
  const keys = await customerKeys(kms, new Set(awsAliases.map((alias) => alias.TargetKeyId)));
  // Secrets waiting for their deletion are not listed unless asked for.
  const listed = await pages(paginateListSecrets({ client: secrets }, {}), (page) => page.SecretList);
  return [
    ...items("iam", "role", roles, (role) => role.RoleName),
    ...items("iam", "policy", policies, (policy) => policy.Arn),
    ...items("iam", "instanceProfile", profiles, (profile) => profile.InstanceProfileName),
    ...items("iam", "user", users, (user) => user.UserName),
    ...items("iam", "oidcProvider", providers, (provider) => provider.Arn),
    ...items("acm", "certificate", certificates, (certificate) => certificate.CertificateArn),
    ...items("kms", "key", keys, (key) => key?.Arn),
    ...items("kms", "alias", ownAliases, (alias) => alias.AliasName),
    ...items("secretsmanager", "secret", listed, (secret) => secret.ARN),
  ];
};

/** moto says CUSTOMER of the keys behind `alias/aws/…` as well, hence the second argument. */
async function customerKeys(
  client: KMSClient,
  awsKeyIds: ReadonlySet<string | undefined>,
): Promise<(KeyMetadata | undefined)[]> {
  const keys = await pages(paginateListKeys({ client }, {}), (page) => page.Keys);
  const own = keys.filter((key) => !awsKeyIds.has(key.KeyId));
  const described = await Promise.all(
    own.map(async ({ KeyId }) => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata),
  );
  return described.filter((key) => key?.KeyManager === "CUSTOMER" && key.KeyState !== "PendingDeletion");
}
