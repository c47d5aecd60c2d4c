import type { PolicyStatement } from "../shared/policy-document";

export interface WildcardReason {
  /** Why AWS accepts no narrower resource. */
  readonly reason: string;
  /** Where AWS says so. */
  readonly source: string;
}

/**
 * The only actions that may be granted on `*`: those for which AWS knows no narrower resource. A new entry
 * needs its reason and source; everything else names its resources.
 */
export const WILDCARD_ACTIONS: Readonly<Record<string, WildcardReason>> = {
  "ecr:GetAuthorizationToken": {
    reason: "the token opens the whole registry of the account, so the action has no resource type",
    source:
      "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html",
  },
};

/**
 * What is wrong with a statement that grants on `*`, or `undefined`. Denials are free to use it: they take
 * rights away.
 */
export function wildcardFault({ sid, effect, actions, resources }: PolicyStatement): string | undefined {
  if (effect === "Deny" || !resources?.includes("*")) return undefined;
  const unlisted = actions.filter((action) => WILDCARD_ACTIONS[action] === undefined);
  if (unlisted.length === 0) return undefined;
  return `Policy statement "${sid}" grants ${unlisted.join(", ")} on "*"; only ${Object.keys(WILDCARD_ACTIONS).join(", ")} may be granted so. Name the ARNs, or add the action to modules/iam/wildcards.ts with a reason and a source when AWS accepts nothing else.`;
}
