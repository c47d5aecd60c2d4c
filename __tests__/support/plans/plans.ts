import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { CostDelta } from "../../../operations/costs/delta";
import type { PlannedStack } from "../../../operations/review/report";
import { readPlan } from "../../../operations/terraform/plan-json";

/** The plan files of this folder; each was made by the real terraform (`make.ts`). */
export const PLANS = [
  "create",
  "update",
  "replace",
  "destroy",
  "drift",
  "move",
  "many",
  "secrets",
  "errored",
  "incomplete",
  "none",
] as const;

export type PlanName = (typeof PLANS)[number];

interface Recorded {
  readonly stack: string;
  readonly plan: unknown;
  readonly synthesized: unknown;
  readonly cost: CostDelta;
}

/** The stacks of a plan file as the plan command hands them to the report. */
export function plannedStacks(name: PlanName): PlannedStack[] {
  const text = gunzipSync(readFileSync(join(__dirname, `${name}.json.gz`))).toString();
  return (JSON.parse(text) as Recorded[]).map(({ stack, plan, synthesized, cost }, i) => {
    const [, system = stack, environment = "staging"] = /^(.+)-(prod|staging)$/.exec(stack) ?? [];
    return {
      stack,
      environment,
      system,
      accountId: "123456789012",
      region: "us-east-1",
      plan: readPlan(JSON.stringify(plan)),
      synthesized,
      cost,
      meta: {
        digest: `sha256:${i}f${"0123456789abcdef".repeat(4)}`.slice(0, 71),
        commit: "3f0c1d2e5a7b9c8d4e6f1a2b3c4d5e6f7a8b9c0d",
        createdAt: "2026-11-21T08:00:00Z",
        expiresAt: "2026-11-22T08:00:00Z",
        ...(name === "create" || name === "many"
          ? {}
          : { lineage: "6a1c7a0e-30f6-7d0e-4b0a-2f6d5f1d9c11", serial: 7 + i }),
        terraformVersion: "1.11.4",
      },
      policy: [],
      applyCommand: `npx automock deploy ${stack} --plan plans/${stack}`,
    };
  });
}
