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
import type { Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { arnHints, GONE, idHints, isCandidateName, readTags, tagsFrom, type HandlerFactory } from "./shared";

/** Roles and policies. The tag index does not know roles, so candidates come by name too. */
export const iam: HandlerFactory = ({ read, write }) => {
  const nextOf = (page: { IsTruncated?: boolean; Marker?: string }) =>
    page.IsTruncated ? page.Marker : undefined;

  const role: Handler = {
    type: "iam:role",
    layer: "final",
    after: [],
    stuckMs: 15 * MINUTE,
    async *list(env) {
      const all = await allPages(async (Marker) => {
        const page = await read.iam.send(new ListRolesCommand({ Marker }));
        return { items: page.Roles, next: nextOf(page) };
      });
      const hints = idHints(env, "iam:role");
      for (const { RoleName, Arn, Path, AssumeRolePolicyDocument } of all) {
        if (!hints.includes(RoleName!) && !isCandidateName(RoleName, env)) continue;
        const region = regionOf(AssumeRolePolicyDocument);
        const found = { type: "iam:role", id: RoleName!, arn: Arn, name: RoleName, region };
        const builtIn = Path?.startsWith("/aws-service-role/") ? { builtIn: "service-linked role" } : {};
        const tags = await readTags(async () => {
          const { Role } = await read.iam.send(new GetRoleCommand({ RoleName })); // a listing has no tags
          return tagsFrom(Role?.Tags);
        });
        if (tags) yield { ...found, ...builtIn, tags };
      }
    },
    async look({ id }) {
      return (await unlessNotFound(() => read.iam.send(new GetRoleCommand({ RoleName: id }))))
        ? "present"
        : "absent";
    },
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
  };

  const policy: Handler = {
    type: "iam:policy",
    layer: "final",
    after: ["iam:role"],
    stuckMs: 15 * MINUTE,
    async *list(env) {
      const all = await allPages(async (Marker) => {
        const page = await read.iam.send(new ListPoliciesCommand({ Scope: "Local", Marker }));
        return { items: page.Policies, next: nextOf(page) };
      });
      const hints = arnHints(env, "iam:policy");
      for (const { Arn: id, PolicyName: name } of all) {
        if (!hints.includes(id!) && !isCandidateName(name, env)) continue;
        const tags = await readTags(async () => {
          const { Policy } = await read.iam.send(new GetPolicyCommand({ PolicyArn: id }));
          return tagsFrom(Policy?.Tags);
        });
        if (tags) yield { type: "iam:policy", id: id!, arn: id, name, tags };
      }
    },
    async look({ id }) {
      return (await unlessNotFound(() => read.iam.send(new GetPolicyCommand({ PolicyArn: id }))))
        ? "present"
        : "absent";
    },
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
  };

  return [role, policy];
};

/**
 * The region that a role works in, by the ARNs of its trust policy, when it is but one. Roles are global: an
 * environment of the same name in another region would have the same names and tags.
 */
function regionOf(trust = ""): string | undefined {
  const arns = trust.replace(/%3A/gi, ":").matchAll(/arn:[\w-]+:[\w-]+:([a-z0-9-]+):\d{12}:/g);
  const [region, ...more] = new Set([...arns].map(([, one]) => one));
  return more.length === 0 ? region : undefined;
}
