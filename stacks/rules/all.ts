import { encryption } from "./encryption";
import { noTimestamp } from "./no-timestamp";
import { openIngress } from "./open-ingress";
import { ownReferences } from "./own-references";
import { requiredTags } from "./required-tags";
import { retention } from "./retention";
import { wildcards } from "./wildcards";
import type { Rule } from "./rule";

/** All rules that a stack must keep, by name. */
export const RULES = {
  encryption,
  retention,
  openIngress,
  wildcards,
  requiredTags,
  ownReferences,
  noTimestamp,
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;
