import type * as iam from "@aws-sdk/client-iam";
import { operation, type Need, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { tagList } from "../world/entity";
import type { ManagedPolicy, Role } from "../world/platform";
import type { World } from "../world/world";

const noSuchEntity = (what: string, name: string | undefined) =>
  new AwsError("NoSuchEntityException", `The ${what} with name ${name} cannot be found.`, 404);

const deleteConflict = (why: string) =>
  new AwsError("DeleteConflictException", `Cannot delete entity, must ${why} first.`, 409);

function roleOf(world: World, name: string | undefined): Role {
  const role = world.roles.get(name);
  if (!role) throw noSuchEntity("role", name);
  return role;
}

function policyOf(world: World, arn: string | undefined): ManagedPolicy {
  const policy = world.policies.get(arn);
  if (!policy) throw noSuchEntity("policy", arn);
  return policy;
}

function onRole(action: string, world: World, name: string | undefined): Need {
  const role = world.roles.get(name);
  return {
    action: `iam:${action}`,
    resource: role?.arn ?? world.arn("iam", `role/${name}`),
    tags: role?.tags ?? {},
  };
}

function onPolicy(action: string, world: World, arn: string | undefined): Need {
  return { action: `iam:${action}`, resource: arn ?? "*", tags: world.policies.get(arn)?.tags ?? {} };
}

type Marked = { Marker?: string; MaxItems?: number };

function paged<T>(world: World, all: readonly T[], key: (item: T) => string, input: Marked) {
  const { items, next } = pageOf(world, all, key, input.Marker, input.MaxItems);
  return { items, more: { IsTruncated: next !== undefined, ...(next !== undefined && { Marker: next }) } };
}

const shapeRole = (role: Role): iam.Role => ({
  Path: role.path,
  RoleName: role.id,
  RoleId: role.id,
  Arn: role.arn,
  CreateDate: new Date(0),
});

const attachments = (world: World, policy: ManagedPolicy) =>
  world.roles.where((r) => r.attached.includes(policy.arn));

const shapePolicy = (world: World, policy: ManagedPolicy): iam.Policy => ({
  Arn: policy.arn,
  PolicyName: policy.name,
  Path: policy.path,
  DefaultVersionId: policy.versions.at(-1),
  AttachmentCount: attachments(world, policy).length,
});

export const IAM: Operations = {
  ListRoles: operation<iam.ListRolesCommandInput, iam.ListRolesCommandOutput>(
    (_input, world) => ({ action: "iam:ListRoles", resource: world.arn("iam", "role/") }),
    (input, { world }) => {
      const found = world.roles.where((role) => role.path.startsWith(input.PathPrefix ?? "/"));
      const { items, more } = paged(world, found, (role) => role.id, input);
      return { Roles: items.map(shapeRole), ...more };
    },
  ),
  GetRole: operation<iam.GetRoleCommandInput, iam.GetRoleCommandOutput>(
    (input, world) => onRole("GetRole", world, input.RoleName),
    (input, { world }) => {
      const role = roleOf(world, input.RoleName);
      return { Role: { ...shapeRole(role), Tags: tagList(role.tags) } };
    },
  ),
  ListRoleTags: operation<iam.ListRoleTagsCommandInput, iam.ListRoleTagsCommandOutput>(
    (input, world) => onRole("ListRoleTags", world, input.RoleName),
    (input, { world }) => {
      const { items, more } = paged(
        world,
        tagList(roleOf(world, input.RoleName).tags),
        (tag) => tag.Key,
        input,
      );
      return { Tags: items, ...more };
    },
  ),
  ListRolePolicies: operation<iam.ListRolePoliciesCommandInput, iam.ListRolePoliciesCommandOutput>(
    (input, world) => onRole("ListRolePolicies", world, input.RoleName),
    (input, { world }) => {
      const names = Object.keys(roleOf(world, input.RoleName).inline);
      const { items, more } = paged(world, names, (name) => name, input);
      return { PolicyNames: items, ...more };
    },
  ),
  ListAttachedRolePolicies: operation<
    iam.ListAttachedRolePoliciesCommandInput,
    iam.ListAttachedRolePoliciesCommandOutput
  >(
    (input, world) => onRole("ListAttachedRolePolicies", world, input.RoleName),
    (input, { world }) => {
      const { items, more } = paged(world, roleOf(world, input.RoleName).attached, (arn) => arn, input);
      return {
        AttachedPolicies: items.map((arn) => ({ PolicyArn: arn, PolicyName: arn.split("/").at(-1) })),
        ...more,
      };
    },
  ),
  ListInstanceProfilesForRole: operation<
    iam.ListInstanceProfilesForRoleCommandInput,
    iam.ListInstanceProfilesForRoleCommandOutput
  >(
    (input, world) => onRole("ListInstanceProfilesForRole", world, input.RoleName),
    (input, { world }) => {
      const { items, more } = paged(world, roleOf(world, input.RoleName).profiles, (name) => name, input);
      return {
        InstanceProfiles: items.map((name) => ({
          InstanceProfileName: name,
          Path: "/",
          InstanceProfileId: name,
          Arn: world.arn("iam", `instance-profile/${name}`),
          CreateDate: new Date(0),
          Roles: [],
        })),
        ...more,
      };
    },
  ),
  ListInstanceProfiles: operation<
    iam.ListInstanceProfilesCommandInput,
    iam.ListInstanceProfilesCommandOutput
  >(
    (_input, world) => ({
      action: "iam:ListInstanceProfiles",
      resource: world.arn("iam", "instance-profile/"),
    }),
    () => ({ InstanceProfiles: [], IsTruncated: false }),
  ),
  RemoveRoleFromInstanceProfile: operation<
    iam.RemoveRoleFromInstanceProfileCommandInput,
    iam.RemoveRoleFromInstanceProfileCommandOutput
  >(
    (input, world) => onRole("RemoveRoleFromInstanceProfile", world, input.RoleName),
    (input, { world }) => {
      const role = roleOf(world, input.RoleName);
      role.profiles = role.profiles.filter((name) => name !== input.InstanceProfileName);
      return {};
    },
  ),
  DeleteRolePolicy: operation<iam.DeleteRolePolicyCommandInput, iam.DeleteRolePolicyCommandOutput>(
    (input, world) => onRole("DeleteRolePolicy", world, input.RoleName),
    (input, { world }) => {
      const role = roleOf(world, input.RoleName);
      if (role.inline[input.PolicyName!] === undefined) throw noSuchEntity("role policy", input.PolicyName);
      delete role.inline[input.PolicyName!];
      return {};
    },
  ),
  DetachRolePolicy: operation<iam.DetachRolePolicyCommandInput, iam.DetachRolePolicyCommandOutput>(
    (input, world) => onRole("DetachRolePolicy", world, input.RoleName),
    (input, { world }) => {
      const role = roleOf(world, input.RoleName);
      if (!role.attached.includes(input.PolicyArn!)) throw noSuchEntity("policy", input.PolicyArn);
      role.attached = role.attached.filter((arn) => arn !== input.PolicyArn);
      return {};
    },
  ),
  DeleteRole: operation<iam.DeleteRoleCommandInput, iam.DeleteRoleCommandOutput>(
    (input, world) => onRole("DeleteRole", world, input.RoleName),
    (input, { world }) => {
      const role = roleOf(world, input.RoleName);
      if (role.profiles.length > 0) throw deleteConflict("remove roles from instance profile");
      if (role.attached.length > 0) throw deleteConflict("detach all policies");
      if (Object.keys(role.inline).length > 0) throw deleteConflict("delete policies");
      world.roles.delete(role.id);
      return {};
    },
  ),
  ListPolicies: operation<iam.ListPoliciesCommandInput, iam.ListPoliciesCommandOutput>(
    (_input, world) => ({ action: "iam:ListPolicies", resource: world.arn("iam", "policy/") }),
    (input, { world }) => {
      const found = world.policies.where((policy) => policy.path.startsWith(input.PathPrefix ?? "/"));
      const { items, more } = paged(world, found, (policy) => policy.id, input);
      return { Policies: items.map((policy) => shapePolicy(world, policy)), ...more };
    },
  ),
  GetPolicy: operation<iam.GetPolicyCommandInput, iam.GetPolicyCommandOutput>(
    (input, world) => onPolicy("GetPolicy", world, input.PolicyArn),
    (input, { world }) => {
      const policy = policyOf(world, input.PolicyArn);
      return { Policy: { ...shapePolicy(world, policy), Tags: tagList(policy.tags) } };
    },
  ),
  ListPolicyTags: operation<iam.ListPolicyTagsCommandInput, iam.ListPolicyTagsCommandOutput>(
    (input, world) => onPolicy("ListPolicyTags", world, input.PolicyArn),
    (input, { world }) => {
      const { items, more } = paged(
        world,
        tagList(policyOf(world, input.PolicyArn).tags),
        (tag) => tag.Key,
        input,
      );
      return { Tags: items, ...more };
    },
  ),
  ListPolicyVersions: operation<iam.ListPolicyVersionsCommandInput, iam.ListPolicyVersionsCommandOutput>(
    (input, world) => onPolicy("ListPolicyVersions", world, input.PolicyArn),
    (input, { world }) => {
      const { versions } = policyOf(world, input.PolicyArn);
      const { items, more } = paged(world, versions, (version) => version, input);
      return {
        Versions: items.map((VersionId) => ({ VersionId, IsDefaultVersion: VersionId === versions.at(-1) })),
        ...more,
      };
    },
  ),
  ListEntitiesForPolicy: operation<
    iam.ListEntitiesForPolicyCommandInput,
    iam.ListEntitiesForPolicyCommandOutput
  >(
    (input, world) => onPolicy("ListEntitiesForPolicy", world, input.PolicyArn),
    (input, { world }) => {
      const roles = attachments(world, policyOf(world, input.PolicyArn));
      const { items, more } = paged(world, roles, (role) => role.id, input);
      return { PolicyRoles: items.map((role) => ({ RoleName: role.id })), ...more };
    },
  ),
  DeletePolicyVersion: operation<iam.DeletePolicyVersionCommandInput, iam.DeletePolicyVersionCommandOutput>(
    (input, world) => onPolicy("DeletePolicyVersion", world, input.PolicyArn),
    (input, { world }) => {
      const policy = policyOf(world, input.PolicyArn);
      if (policy.versions.at(-1) === input.VersionId) throw deleteConflict("choose another default version");
      policy.versions = policy.versions.filter((version) => version !== input.VersionId);
      return {};
    },
  ),
  DeletePolicy: operation<iam.DeletePolicyCommandInput, iam.DeletePolicyCommandOutput>(
    (input, world) => onPolicy("DeletePolicy", world, input.PolicyArn),
    (input, { world }) => {
      const policy = policyOf(world, input.PolicyArn);
      if (attachments(world, policy).length > 0) throw deleteConflict("detach policy from roles");
      if (policy.versions.length > 1) throw deleteConflict("delete versions");
      world.policies.delete(policy.id);
      return {};
    },
  ),
  ListAccountAliases: operation<iam.ListAccountAliasesCommandInput, iam.ListAccountAliasesCommandOutput>(
    () => ({ action: "iam:ListAccountAliases", resource: "*" }),
    () => ({ AccountAliases: ["sandbox"], IsTruncated: false }),
  ),
};
