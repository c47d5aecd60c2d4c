import { reaperNames } from "../../../contract/reaper";
import { PERMANENT_NAMES } from "../../../contract/permanent-names";
import { BootstrapBoundary } from "../../../modules/iam/bootstrap-boundary";
import { Reaper } from "../../../modules/ttl-cleanup/reaper";
import type { ReaperLimits } from "../../../modules/ttl-cleanup/reaper-limits";
import { evaluate, evaluateTrust } from "../iam-evaluator/evaluate";
import type { Decision, Policy, Request } from "../iam-evaluator/policy";
import { FIXED_REAPER_CODE } from "../reaper-code";
import { Template } from "../template";
import type { Need, Principal } from "./kernel/call";
import type { Authorize } from "./kernel/simulator";
import type { Place } from "./world/world";

/** The policies of the two roles, as the module synthesizes them. */
export interface RolePolicies {
  readonly reaper: readonly Policy[];
  readonly cleanup: readonly Policy[];
  readonly cleanupTrust: Policy;
  /** Bounds both. */
  readonly boundary: Policy;
}

/** A permanent environment has its name under the domain of the ephemeral ones. */
const LIMITS: ReaperLimits = {
  permanentNames: [...PERMANENT_NAMES, "qa"],
  ephemeralDomains: ["mocks.example.com"],
  permanentDomains: ["live.mocks.example.com"],
};

const cache = new Map<string, RolePolicies>();

/** Synthesizes the reaper once per place and reads its policies out of the result. */
export function synthesizedPolicies(place: Place): RolePolicies {
  const key = `${place.accountId} ${place.region}`;
  const known = cache.get(key);
  if (known) return known;
  const reaper = reaperNames(place.accountId, place.region);
  const template = Template.of((stack) => {
    new Reaper(stack, "ttl-cleanup", { ...place, code: FIXED_REAPER_CODE, limits: LIMITS });
    new BootstrapBoundary(stack, "roles-boundary", {
      reaper,
      boundaryArns: ["arn:aws:iam::aws:policy/none"],
    });
  });
  // Terraform hands `$${` on as `${`.
  const parse = (text: string) => JSON.parse(text.replaceAll("$${", "${")) as Policy;
  const roles = Object.entries(template.byId("aws_iam_role"));
  const inline = (name: string) => {
    const id = roles.find(([, role]) => role.name === name)![0];
    return template
      .all("aws_iam_role_policy")
      .filter(({ role }) => String(role).includes(id) || role === name)
      .map(({ policy }) => parse(policy as string));
  };
  const managed = Object.entries(template.byId("aws_iam_policy"));
  const ofPolicies = (isBoundary: boolean) =>
    managed
      .filter(([id]) => id.startsWith("roles-boundary") === isBoundary)
      .map(([, { policy }]) => parse(policy as string));
  const cleanupRole = roles.find(([, role]) => role.name === reaper.cleanupRoleName)![1];
  const trust = (cleanupRole.assume_role_policy as string).replace(
    /\$\{aws_iam_role\.[^}]*\.arn\}/g,
    reaper.reaperRoleArn,
  );
  const policies = {
    reaper: inline(reaper.reaperRoleName),
    cleanup: [...inline(reaper.cleanupRoleName), ...ofPolicies(false)],
    cleanupTrust: parse(trust),
    boundary: ofPolicies(true)[0]!,
  };
  cache.set(key, policies);
  return policies;
}

/** What IAM knows of a call. */
export function requestOf(principal: Principal, need: Need, { accountId }: Place): Request {
  const prefixed = (prefix: string, tags: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]));
  return {
    action: need.action,
    resource: need.resource,
    context: {
      "aws:PrincipalArn": principal.arn,
      "aws:ResourceAccount": accountId,
      ...prefixed("aws:PrincipalTag/", principal.tags),
      ...prefixed("aws:ResourceTag/", need.tags ?? {}),
      ...need.context,
    },
  };
}

/** IAM's decision about one permission. Who assumes the cleanup role needs its trust as well. */
export function decide(policies: RolePolicies, place: Place, principal: Principal, need: Need): Decision {
  const reaper = reaperNames(place.accountId, place.region);
  const request = requestOf(principal, need, place);
  const own = principal.arn === reaper.reaperRoleArn ? policies.reaper : policies.cleanup;
  const bounded = evaluate([policies.boundary], request);
  const bySession =
    bounded.kind === "allowed" && principal.policy !== undefined
      ? evaluate([JSON.parse(principal.policy) as Policy], request)
      : bounded;
  const decision = bySession.kind === "allowed" ? evaluate(own, request) : bySession;
  if (decision.kind !== "allowed" || !/^sts:(AssumeRole|TagSession)$/.test(need.action)) return decision;
  return evaluateTrust(policies.cleanupTrust, principal.arn, request);
}

export function authorizeBy(policies: RolePolicies, place: Place): Authorize {
  return (principal, need) => decide(policies, place, principal, need).kind === "allowed";
}
