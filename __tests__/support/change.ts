import type { PlannedStack } from "../../operations/review/report";
import type { Change, ResourceChange, TerraformPlan } from "../../operations/terraform/plan-json";

/** Small plans for the tests of the report; the large ones are real (`plans/`). */

type Values = Record<string, unknown>;

export function updateOf(
  before: Values,
  after: Values,
  rest: Partial<ResourceChange["change"]> = {},
): ResourceChange["change"] {
  return {
    actions: ["update"],
    before,
    after,
    after_unknown: {},
    before_sensitive: {},
    after_sensitive: {},
    ...rest,
  };
}

export function createOf(after: Values, rest: Partial<Change> = {}): ResourceChange["change"] {
  return {
    actions: ["create"],
    before: null,
    after,
    after_unknown: {},
    before_sensitive: false,
    after_sensitive: {},
    ...rest,
  };
}

export function deleteOf(before: Values): ResourceChange["change"] {
  return {
    actions: ["delete"],
    before,
    after: null,
    after_unknown: {},
    before_sensitive: {},
    after_sensitive: false,
  };
}

export function resource(
  address: string,
  change: ResourceChange["change"],
  rest: Partial<ResourceChange> = {},
): ResourceChange {
  const [type = "", name = ""] = address.split(".");
  return { address, mode: "managed", type, name, change, ...rest };
}

export function planOf(
  resource_changes: readonly ResourceChange[],
  rest: Partial<TerraformPlan> = {},
): TerraformPlan {
  return { format_version: "1.2", resource_changes, ...rest };
}

export function stackOf(plan: TerraformPlan, rest: Partial<PlannedStack> = {}): PlannedStack {
  return {
    stack: "automock-prod",
    environment: "prod",
    system: "automock",
    accountId: "123456789012",
    region: "us-east-1",
    plan,
    synthesized: {},
    meta: {
      digest: `sha256:${"d".repeat(64)}`,
      commit: "c".repeat(40),
      createdAt: "2026-11-21T08:00:00Z",
      expiresAt: "2026-11-22T08:00:00Z",
      lineage: "lineage-1",
      serial: 12,
      terraformVersion: "1.11.4",
    },
    policy: [],
    applyCommand: "npx automock deploy automock-prod --plan plans/automock-prod",
    ...rest,
  };
}
