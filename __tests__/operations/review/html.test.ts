import { renderHtml } from "../../../operations/review/html";
import { markup } from "../../../operations/review/html-text";
import { renderJson } from "../../../operations/review/json";
import { buildReport } from "../../../operations/review/report";
import { createOf, planOf, resource, stackOf, updateOf } from "../../support/change";
import { PLANS, plannedStacks } from "../../support/plans/plans";

const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'\u202e`;
const stack = stackOf(
  planOf([resource("aws_iam_policy.p", updateOf({ policy: "x" }, { policy: evil, [evil]: 1 }))]),
  {
    stack: evil,
    policy: [{ level: "error", constructPath: evil, message: evil }],
    diagramSvg: `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
  },
);

describe("the page", () => {
  it.each(PLANS)("of %s: no script, no request, no link but within", (name) => {
    const html = renderHtml(buildReport(plannedStacks(name), { app: "automock-infra" }));
    expect(html).not.toMatch(/<script|javascript:|\son\w+=|@import|url\(/i);
    const targets = [...html.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, target]) => target!);
    expect(targets.filter((target) => !/^(#|data:)/.test(target))).toEqual([]);
    expect(html).toContain("default-src &#39;none&#39;");
  });

  it("values of others stay text, in whatever place", () => {
    const html = renderHtml(
      buildReport([stack], {
        app: evil,
        failed: [{ stack: evil, error: evil }],
        unchangedStacks: [evil],
        notes: [evil],
      }),
    );
    const tags = new Set([...html.matchAll(/<([a-z][a-z0-9]*)/gi)].map(([, tag]) => tag!.toLowerCase()));
    expect([tags.has("script"), [...html.matchAll(/<img /g)].length]).toEqual([false, 1]);
    expect(html).not.toContain("onerror=alert(1)>'");
    expect([html.includes("\u202e"), html.includes("\\u202e")]).toEqual([false, true]);
    expect(html.match(/<img src="data:image\/svg\+xml;base64,/g)).toHaveLength(1);
  });

  it("each tag is closed", () => {
    const html = renderHtml(buildReport(plannedStacks("replace"), { app: "a" }));
    for (const tag of [
      "details",
      "summary",
      "div",
      "ul",
      "li",
      "table",
      "tr",
      "td",
      "pre",
      "span",
      "section",
      "main",
    ]) {
      const count = (pattern: RegExp) => html.match(pattern)?.length ?? 0;
      expect([tag, count(new RegExp(`<${tag}[ >]`, "g"))]).toEqual([
        tag,
        count(new RegExp(`</${tag}>`, "g")),
      ]);
    }
  });

  it("links lead to the stacks that are there", () => {
    const html = renderHtml(buildReport(plannedStacks("replace"), { app: "a" }));
    const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id!);
    expect([...new Set(links)].sort()).toEqual(["stack-automock-staging", "stack-task-api-staging"]);
    expect(links.filter((id) => !html.includes(`id="${id}"`))).toEqual([]);
  });

  it("a plan that must not be applied has no command", () => {
    const html = renderHtml(buildReport(plannedStacks("incomplete"), { app: "a" }));
    expect(html).not.toContain("automock deploy");
    expect(html).toContain("Must not be applied: The plan is incomplete");
  });
});

it("a template escapes what is put into it, and leaves templates", () => {
  expect(markup`<b>${"<&\"'>"}</b>${[markup`<i>`, "<"]}${false}${undefined}${1}`.text).toBe(
    "<b>&lt;&amp;&quot;&#39;&gt;</b><i>&lt;1",
  );
});

describe("the JSON", () => {
  const json = JSON.parse(
    renderJson(buildReport([{ ...stack, stack: "automock-prod" }], { app: "a" })),
  ) as Record<string, unknown>;
  it("has a version and the members of the schema", () => {
    expect(Object.keys(json)).toEqual([
      "version",
      "app",
      "verdict",
      "stacks",
      "unchangedStacks",
      "failed",
      "notes",
    ]);
    expect(json.version).toBe(1);
    const [first] = json.stacks as Record<string, unknown>[];
    expect(Object.keys(first!)).toEqual([
      "stack",
      "environment",
      "system",
      "accountId",
      "region",
      "level",
      "title",
      "blocked",
      "counts",
      "attention",
      "resources",
      "drift",
      "outputs",
      "warnings",
      "failedChecks",
      "policy",
      "accepted",
      "meta",
      "applyCommand",
    ]);
  });
  it("an attribute has its values and no lines", () => {
    const plan = planOf([resource("aws_x.x", createOf({ a: 1 }))]);
    const { stacks } = JSON.parse(renderJson(buildReport([stackOf(plan)], { app: "a" }))) as {
      stacks: { resources: { attributes: unknown[] }[] }[];
    };
    expect(stacks[0]!.resources[0]!.attributes).toEqual([
      { name: "a", kind: "add", after: "1", forces: false },
    ]);
  });
});
