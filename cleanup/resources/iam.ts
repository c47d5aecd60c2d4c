import {
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import { candidates } from "./candidates";
import type { ResourceType } from "./resource-type";
import { GONE, presentIf, tagsFrom } from "./shared";

const ROLE = "iam:role";
const POLICY = "iam:policy";

const role: ResourceType = {
  type: ROLE,
  terraform: ["aws_iam_role"],
  parts: [
    "aws_iam_role_policies_exclusive",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_role_policy_attachments_exclusive",
  ],
  arns: ["role/"],
  layer: "final",
  handler: ({ read, write }) => ({
    list: candidates(ROLE, {
      async all() {
        const all = await allPages(async (Marker) => {
          const page = await read.iam.send(new ListRolesCommand({ Marker }));
          return { items: page.Roles, next: nextOf(page) };
        });
        return all.map(({ RoleName: name, Arn: arn, Path, AssumeRolePolicyDocument }) => ({
          id: name!,
          arn,
          name,
          region: regionOf(AssumeRolePolicyDocument),
          ...(Path?.startsWith("/aws-service-role/") && { builtIn: "service-linked role" }),
        }));
      },
      // A listing has no tags.
      tags: async ({ id }) =>
        tagsFrom((await read.iam.send(new GetRoleCommand({ RoleName: id }))).Role?.Tags),
    }),
    look: ({ id }) => presentIf(() => read.iam.send(new GetRoleCommand({ RoleName: id }))),
    async prepare({ id: RoleName }) {
      const profiles = await allPages(async (Marker) => {
        const page = await read.iam.send(new ListInstanceProfilesForRoleCommand({ RoleName, Marker }));
        return { items: page.InstanceProfiles, next: nextOf(page) };
      });
      for (const { InstanceProfileName } of profiles) {
        await unlessNotFound(() =>
          write.iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName })),
        );
      }
      const attached = await allPages(async (Marker) => {
        const page = await read.iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker }));
        return { items: page.AttachedPolicies, next: nextOf(page) };
      });
      for (const { PolicyArn } of attached) {
        await unlessNotFound(() => write.iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })));
      }
      const inline = await allPages(async (Marker) => {
        const page = await read.iam.send(new ListRolePoliciesCommand({ RoleName, Marker }));
        return { items: page.PolicyNames, next: nextOf(page) };
      });
      for (const PolicyName of inline) {
        await unlessNotFound(() => write.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
      }
    },
    async remove({ id }) {
      await write.iam.send(new DeleteRoleCommand({ RoleName: id }));
      return GONE;
    },
  }),
};

const policy: ResourceType = {
  type: POLICY,
  terraform: ["aws_iam_policy"],
  arns: ["policy/"],
  layer: "final",
  after: [ROLE],
  handler: ({ read, write }) => ({
    list: candidates(POLICY, {
      async all() {
        const all = await allPages(async (Marker) => {
          const page = await read.iam.send(new ListPoliciesCommand({ Scope: "Local", Marker }));
          return { items: page.Policies, next: nextOf(page) };
        });
        return all.map(({ Arn: id, PolicyName: name }) => ({ id: id!, arn: id, name }));
      },
      tags: async ({ id }) =>
        tagsFrom((await read.iam.send(new GetPolicyCommand({ PolicyArn: id }))).Policy?.Tags),
    }),
    look: ({ id }) => presentIf(() => read.iam.send(new GetPolicyCommand({ PolicyArn: id }))),
    async prepare({ id: PolicyArn }) {
      const versions = await allPages(async (Marker) => {
        const page = await read.iam.send(new ListPolicyVersionsCommand({ PolicyArn, Marker }));
        return { items: page.Versions, next: nextOf(page) };
      });
      for (const { VersionId, IsDefaultVersion } of versions) {
        if (IsDefaultVersion) continue;
        await unlessNotFound(() => write.iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId })));
      }
    },
    async remove({ id }) {
      await write.iam.send(new DeletePolicyCommand({ PolicyArn: id }));
      return GONE;
    },
  }),
};

/** Roles and policies. Roles are not in the tag index, so candidates are also found by name. */
export const iam: readonly ResourceType[] = [role, policy];

/**
 * The region that a role works in, by the ARNs of its trust policy, when it is but one. Roles are global: an
 * environment of the same name in another region would have the same names and tags.
 */
function regionOf(trust = ""): string | undefined {
  const arns = trust.replace(/%3A/gi, ":").matchAll(/arn:[\w-]+:[\w-]+:([a-z0-9-]+):\d{12}:/g);
  const [region, ...more] = new Set([...arns].map(([, one]) => one));
  return more.length === 0 ? region : undefined;
}

function nextOf(page: { readonly IsTruncated?: boolean; readonly Marker?: string }): string | undefined {
  return page.IsTruncated ? page.Marker : undefined;
}
