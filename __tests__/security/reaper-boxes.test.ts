import { adminNames, ADMIN_SYSTEM } from "../../contract/admin-box";
import { reaperNames } from "../../contract/reaper";
import { TAG } from "../../contract/tags";
import type { Need, Principal } from "../support/aws-simulator/kernel/call";
import { decide, synthesizedPolicies } from "../support/aws-simulator/policies";
import { PLACE } from "../support/aws-simulator/scenario";

/** Which instances the reaper may terminate, whatever its code asks for. */

const POLICIES = synthesizedPolicies(PLACE);
const reaper = reaperNames(PLACE.accountId, PLACE.region);
const { names, instanceRole } = adminNames({ ...PLACE, environment: "staging" });
const REAPER: Principal = { arn: reaper.reaperRoleArn, tags: {} };

const end = (changes: {
  readonly action?: string;
  readonly resource?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly profile?: string | null;
}): Need => {
  const { profile = names.iamArn(`instance-profile/${instanceRole}`) } = changes;
  return {
    action: changes.action ?? "ec2:TerminateInstances",
    resource: changes.resource ?? names.arn("ec2", "instance/i-1"),
    tags: {
      [TAG.system]: ADMIN_SYSTEM,
      [TAG.environment]: "staging",
      [TAG.ephemeral]: "false",
      ...changes.tags,
    },
    ...(profile !== null && { context: { "ec2:InstanceProfile": profile } }),
  };
};
const isAllowed = (need: Need, principal = REAPER) =>
  decide(POLICIES, PLACE, principal, need).kind === "allowed";

it("ends a box of any environment of this account and region", () => {
  expect(isAllowed(end({}))).toBe(true);
  const prod = adminNames({ ...PLACE, environment: "prod" });
  const profile = names.iamArn(`instance-profile/${prod.instanceRole}`);
  expect(isAllowed(end({ profile, tags: { [TAG.environment]: "prod" } }))).toBe(true);
});

it.each<[string, Need]>([
  ["with another system", end({ tags: { [TAG.system]: "task-api" } })],
  ["without an instance profile", end({ profile: null })],
  ["with another profile", end({ profile: names.iamArn("instance-profile/web") })],
  [
    "with a profile whose name ends the same",
    end({ profile: names.iamArn("instance-profile/my-admin-staging-box") }),
  ],
  [
    "with a profile of another account",
    end({ profile: "arn:aws:iam::999988887777:instance-profile/admin-staging-box" }),
  ],
  ["that is protected", end({ tags: { [TAG.protected]: "true" } })],
  ["in another region", end({ resource: `arn:aws:ec2:eu-west-1:${PLACE.accountId}:instance/i-1` })],
  ["in another account", end({ resource: `arn:aws:ec2:${PLACE.region}:999988887777:instance/i-1` })],
])("no instance %s", (_what, need) => expect(isAllowed(need)).toBe(false));

it.each([
  "ec2:StopInstances",
  "ec2:CreateTags",
  "ec2:ModifyInstanceAttribute",
  "ec2:RunInstances",
  "iam:PassRole",
])("does nothing else to a box: %s", (action) => expect(isAllowed(end({ action }))).toBe(false));

it("no cleanup session ends a box", () => {
  const session = (system: string): Principal => ({
    arn: `arn:aws:sts::${PLACE.accountId}:assumed-role/cleanup/reaper-x`,
    tags: { "automock:environment": "staging", "automock:system": system },
  });
  for (const system of ["automock", "test", "admin"]) {
    expect(isAllowed(end({ tags: { [TAG.ephemeral]: "true" } }), session(system))).toBe(false);
  }
});
