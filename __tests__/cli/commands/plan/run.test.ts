import { resultOf } from "../../../../cli/commands/plan/run";
import type { SavedPlan } from "../../../../operations/delivery/make-plan";
import { plannedStack } from "../../../../operations/delivery/planned-stack";
import { buildReport } from "../../../../operations/review/report";
import { planOf } from "../../../support/change";

const place = { accountId: "123456789012", region: "us-east-1" };
const digest = `sha256:${"0".repeat(64)}`;
const saved: SavedPlan = {
  target: { id: "automock-a", system: "automock", environment: "a", ...place },
  folder: "/plans/automock-a",
  meta: {
    app: "app",
    stack: "automock-a",
    ...place,
    digest,
    createdAt: "2026-03-01T00:00:00Z",
    expiresAt: "2026-03-02T00:00:00Z",
    terraformVersion: "1.11.4",
  } as SavedPlan["meta"],
  plan: planOf([]),
  synthesized: {},
  hasChanges: true,
  warnings: [],
  seconds: 1,
};
const workspace = { projectFolder: "/none", profile: undefined, localEndpoint: undefined };
const report = buildReport([plannedStack(workspace, saved)], { app: "app" });

describe("resultOf", () => {
  it("tells place, digest and expiry of a plan, and the command that applies it", () => {
    const { plans } = resultOf(report, [saved], []);
    expect(plans).toMatchObject([
      { stack: "automock-a", ...place, hasChanges: true, digest, expiresAt: "2026-03-02T00:00:00Z" },
    ]);
    expect(plans[0]!.applyCommand).toContain(`--digest ${digest}`);
    expect(plans[0]!.usdMonthlyDelta).toBe(report.stacks[0]!.cost!.usdMonthlyDelta);
  });

  it("tells drift and failed checks apart from what an apply would change", () => {
    const [stack] = report.stacks;
    const counts = { ...stack!.counts, drift: 2 };
    const { plans } = resultOf(
      { ...report, stacks: [{ ...stack!, counts, failedChecks: 1 }] },
      [{ ...saved, hasChanges: false }],
      [],
    );
    expect(plans).toMatchObject([{ hasChanges: false, hasDrift: true, failedChecks: 1 }]);
    expect(resultOf(report, [saved], []).plans).toMatchObject([{ hasDrift: false, failedChecks: 0 }]);
  });

  it("has no cost where the plan is not complete, rather than one of nothing", () => {
    const { cost: _, ...stack } = report.stacks[0]!;
    expect(resultOf({ ...report, stacks: [stack] }, [saved], []).plans[0]).not.toHaveProperty(
      "usdMonthlyDelta",
    );
  });
});
