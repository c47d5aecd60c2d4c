import { byType, planLines, wrapped } from "../../../operations/review/terminal";
import type { CostDelta } from "../../../operations/costs/delta";
import { buildReport } from "../../../operations/review/report";
import { plannedStacks, type PlanName } from "../../support/plans/plans";

const shown = (name: PlanName): string[] => {
  const [stack] = buildReport(plannedStacks(name), { app: "automock-infra" }).stacks;
  return planLines(stack!);
};

it("of a new stack: how many, of which types, and what it costs", () => {
  const [head, ...lines] = shown("create");
  expect(head).toMatch(/^automock-staging in 123456789012, us-east-1: \d+ add$/);
  const text = lines.join("\n");
  expect(text).toMatch(/^ {2}add {6}33 aws_lb_listener_rule, /m);
  expect(text).toMatch(/\d+ of other types$/m);
  expect(text).toMatch(/^ {2}cost {5}\+\$\d+\.\d\d per month, then \$\d+\.\d\d$/m);
});

describe("of costs", () => {
  const costLines = (change: Partial<CostDelta>) => {
    const [planned] = plannedStacks("create");
    const cost = { ...planned!.cost!, ...change };
    const [stack] = buildReport([{ ...planned!, cost }], { app: "automock-infra" }).stacks;
    const lines = planLines(stack!);
    const first = lines.findIndex((line) => line.startsWith("  cost"));
    return first === -1 ? [] : lines.slice(first);
  };
  const change = { usdMonthlyBefore: 20, usdMonthlyAfter: 16.4, usdMonthlyDelta: -3.6 };
  const none = { usdMonthlyBefore: 20, usdMonthlyAfter: 20, usdMonthlyDelta: 0 };
  const notPriced = ["a", "b"].map((id) => ({ address: `aws_x.${id}`, type: "aws_x", reason: "no price" }));

  it("says whose prices they are, where they are another region's", () =>
    expect(costLines({ ...change, note: "The prices are those of us-east-1." })).toEqual([
      "  cost     -$3.60 per month, then $16.40",
      "           The prices are those of us-east-1.",
    ]));

  it("says what is not priced, also where nothing else changes", () => {
    expect(costLines({ ...change, notPriced })).toEqual([
      "  cost     -$3.60 per month, then $16.40",
      "           not priced: aws_x",
    ]);
    expect(costLines({ ...none, notPriced })).toEqual(["  cost     not priced: aws_x"]);
    const unknown = [{ address: "aws_x.a", type: "aws_x", reason: "no price in the book" }];
    expect(
      costLines({ usdMonthlyAfter: 20, usdMonthlyDelta: undefined, atLeastAfter: true, unknown }),
    ).toEqual([
      "  cost     unknown per month, then at least $20.00",
      "           no price: aws_x.a (no price in the book)",
    ]);
    expect(costLines({ ...none, note: "elsewhere" })).toEqual([]);
  });
});

it("of replacements: each by name, with the attribute that forces it", () => {
  const stack = buildReport(plannedStacks("replace"), { app: "automock-infra" }).stacks[0]!;
  const lines = planLines(stack).filter((line) => line.startsWith("  replace"));
  expect(lines).toHaveLength(stack.counts.replace);
  expect(
    lines.filter((line) => !/forces? it|taint|asked for|replace_triggered_by|as with every/.test(line)),
  ).toEqual([]);
});

it("of a removal: each resource by name", () => {
  const stack = buildReport(plannedStacks("destroy"), { app: "automock-infra" }).stacks[0]!;
  const lines = planLines(stack).filter((line) => line.startsWith("  destroy"));
  expect(lines).toHaveLength(stack.counts.destroy);
});

it("of a change in place: the attributes with short values", () => {
  const stack = buildReport(plannedStacks("update"), { app: "automock-infra" }).stacks[0]!;
  const text = planLines(stack).join("\n");
  for (const { name } of stack.resources.filter(({ action }) => action === "change"))
    expect(text).toContain(name);
  expect(text).toMatch(/^ {2}change .*\w \([^()]+ → [^()]+\)/m);
});

it("of drift: says so in the first line", () => {
  expect(shown("drift")[0]).toMatch(/; \d+ changed outside of Terraform$/);
});

it.each(["errored", "incomplete"] as const)("of a plan that is %s: says that it is blocked", (name) => {
  expect(shown(name)[1]).toMatch(/^ {2}BLOCKED {2}\S/);
});

it("of no changes: one line", () => {
  expect(shown("none")).toEqual([expect.stringMatching(/: no changes$/)]);
});

it("shows no secret", () => {
  const stacks = plannedStacks("secrets");
  const report = buildReport(stacks, { app: "automock-infra" });
  const passwords = JSON.stringify(stacks.map(({ plan }) => plan)).match(/"password":"([^"]+)"/g) ?? [];
  const values = passwords.map((text) => text.slice('"password":"'.length, -1));
  expect(values.length).toBeGreaterThan(0);
  const text = report.stacks.flatMap(planLines).join("\n");
  for (const value of values) expect(text).not.toContain(value);
});

describe("byType", () => {
  const of = (...types: string[]) => types.map((type) => ({ type }));

  it("counts, the most frequent first, then by name", () => {
    expect(byType(of("b", "a", "c", "c"))).toBe("2 c, a, b");
    expect(byType([])).toBe("");
  });

  it("counts the rest", () => {
    expect(byType(of("a", "a", "a", "b", "b", "c", "d"), 2)).toBe("3 a, 2 b, 2 of other types");
    expect(byType(of("a", "b"), 2)).toBe("a, b");
  });
});

describe("wrapped", () => {
  it("keeps to the width and every comma", () => {
    const list = "aaaa, bbbb, cccc, dddd, a-very-long-item-that-fits-nowhere, e";
    const lines = wrapped(list, 12);
    expect(lines.join(" ")).toBe(list);
    expect(lines.filter((line) => line.length > 12)).toEqual(["a-very-long-item-that-fits-nowhere,"]);
  });

  it("of nothing is one empty line", () => expect(wrapped("", 10)).toEqual([""]));
});
