import { parseDiff } from "../../../operations/delivery/changed/changed-lines";
import type { ChangedLines } from "../../../operations/review/causes";
import { renderHtml } from "../../../operations/review/html";
import { renderMarkdown } from "../../../operations/review/markdown";
import { buildReport } from "../../../operations/review/report";
import { planLines } from "../../../operations/review/terminal";
import type { ResourceChange, TerraformPlan } from "../../../operations/terraform/plan-json";
import { createOf, planOf, resource, stackOf, updateOf } from "../../support/change";

const STAGING = "environments/staging.ts";
const line = (removed: string, added: string, number = 14, file = STAGING): ChangedLines => ({ file, line: number, removed, added }); // prettier-ignore

function reportOf(
  changed: readonly ChangedLines[],
  change: ResourceChange,
  rest: Partial<TerraformPlan> = {},
) {
  return buildReport([stackOf(planOf([change], rest))], { app: "a", changedLines: changed });
}
const because = (...args: Parameters<typeof reportOf>) => reportOf(...args).stacks[0]!.resources[0]!.because;

const capacity = resource(
  "aws_appautoscaling_target.t",
  updateOf({ max_capacity: 50 }, { max_capacity: 40 }),
);

describe("a resource changes because of", () => {
  it.each<[string, readonly ChangedLines[], ResourceChange, string | undefined]>([
    ["the line with the same values", [line("tasks: { min: 1, max: 50 },", "tasks: { min: 1, max: 40 },"), line("a: 2", "a: 3", 20)], capacity, `${STAGING}:14`], // prettier-ignore
    ["none, when no line has them", [line("max: 51", "max: 41")], capacity, undefined],
    ["none, when several lines have them", [line("max: 50", "max: 40"), line("x: 50", "x: 40", 30)], capacity, undefined], // prettier-ignore
    ["none, when a line has only one of them", [line("max: 50", "max: 60")], capacity, undefined],
    ["none, without a base", [], capacity, undefined],
    [
      "the line that names a new network",
      [line('apiAllowedCidrs: ["203.0.113.0/24"],', 'apiAllowedCidrs: ["203.0.113.0/24", "192.0.2.0/24"],')],
      resource(
        "aws_vpc_security_group_ingress_rule.r",
        createOf({ cidr_ipv4: "192.0.2.0/24", from_port: 443 }),
      ),
      `${STAGING}:14`,
    ],
    [
      "two lines",
      [line("min: 11", "min: 12", 13), line("max: 50", "max: 40", 14)],
      resource("aws_appautoscaling_target.t", updateOf({ min_capacity: 11, max_capacity: 50 }, { min_capacity: 12, max_capacity: 40 })), // prettier-ignore
      `${STAGING}:13, ${STAGING}:14`,
    ],
  ])("%s", (_, changed, change, expected) => expect(because(changed, change)).toBe(expected));

  it("a change by hand that the plan puts back", () => {
    const drift = resource(
      "aws_appautoscaling_target.t",
      updateOf({ max_capacity: 40 }, { max_capacity: 50 }),
    );
    expect(because([], capacity, { resource_drift: [drift] })).toBe(
      "a change outside of Terraform, which it puts back",
    );
  });
});

it("every report says it", () => {
  const report = reportOf([line("max: 50", "max: 40")], capacity);
  expect(renderMarkdown(report)).toContain(`(aws_appautoscaling_target) @@\n# because of ${STAGING}:14\n`);
  expect(renderHtml(report)).toContain(`<p>Because of ${STAGING}:14.</p>`);
  expect(planLines(report.stacks[0]!).join("\n")).toContain(`(50 → 40), because of ${STAGING}:14`);
});

it("reads what Git says of changed lines, of new and of deleted files", () => {
  const diff = `diff --git a/a.ts b/a.ts
index 1..2 100644
--- a/a.ts
+++ b/a.ts
@@ -3,2 +3 @@ context
-old 1
-old 2
+new
@@ -9,0 +9,1 @@
+more
diff --git a/gone.json b/gone.json
--- a/gone.json
+++ /dev/null
@@ -1 +0,0 @@
-x
`;
  expect(parseDiff(diff)).toEqual([
    { file: "a.ts", line: 3, removed: "old 1\nold 2", added: "new" },
    { file: "a.ts", line: 9, removed: "", added: "more" },
    { file: "gone.json", line: 0, removed: "x", added: "" },
  ]);
  expect(parseDiff("")).toEqual([]);
});
