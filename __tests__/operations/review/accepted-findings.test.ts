import { acceptedFindings, acceptedText, overdueText } from "../../../operations/review/accepted-findings";
import { renderHtml } from "../../../operations/review/html";
import { renderMarkdown } from "../../../operations/review/markdown";
import { buildReport } from "../../../operations/review/report";
import { SCANNER_EXCEPTIONS } from "../../../operations/scanner-exceptions";
import { createOf, planOf, resource, stackOf } from "../../support/change";

const schedules = SCANNER_EXCEPTIONS.filter(({ types }) => types.includes("aws_scheduler_schedule"));
const [exception] = schedules as [(typeof schedules)[0]];
const schedule = (action: "add" | "change" | "destroy" | "move") => ({
  action,
  type: "aws_scheduler_schedule",
});
const BEFORE = `${exception.reviewBy}T23:59:59Z`;
const AFTER = "2999-01-01T00:00:00Z";

it("has exceptions for what a plan creates or changes, not for what it destroys or moves", () => {
  expect(acceptedFindings([schedule("add"), schedule("change"), schedule("destroy")], BEFORE)).toEqual(
    schedules.map((each) => ({ ...each, resources: 2, overdue: false })),
  );
  expect(acceptedFindings([schedule("destroy"), schedule("move")], BEFORE)).toEqual([]);
  expect(acceptedFindings([{ action: "add", type: "aws_vpc" }], BEFORE)).toEqual([]);
});

it("says why, who decides and until when", () => {
  const [finding] = acceptedFindings([schedule("add")], BEFORE);
  expect(acceptedText(finding!)).toBe(
    `${exception.asks}, on 1 × aws_scheduler_schedule. ${exception.reason} Review by ${exception.reviewBy} (${exception.owner}).`,
  );
});

describe("in the report", () => {
  const changes = [resource("aws_scheduler_schedule.tick", createOf({ name: "tick" }))];
  const at = (createdAt: string) => {
    const stack = stackOf(planOf(changes));
    return buildReport([{ ...stack, meta: { ...stack.meta, createdAt } }], { app: "infra" });
  };

  it("are listed in Markdown and HTML, and nothing needs attention", () => {
    const report = at(BEFORE);
    expect(report.stacks[0]!.warnings).toEqual([]);
    expect(renderMarkdown(report)).toContain(`- \`${exception.checks.join("`, `")}\`: ${exception.asks}`);
    expect(renderHtml(report)).toContain(`<code>${exception.checks.join(", ")}</code>`);
  });

  it("are a warning once their review is overdue", () => {
    const text = overdueText({ ...exception, resources: 1, overdue: true });
    expect(text).toMatch(/Its review was due on \d{4}-\d\d-\d\d \([a-z-]+\)\.$/);
    expect(at(AFTER).stacks[0]!.warnings).toEqual(schedules.map(() => text));
    expect(renderMarkdown(at(AFTER))).toContain("**warning** scanner exception");
  });
});
