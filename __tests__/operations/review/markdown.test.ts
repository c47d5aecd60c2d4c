import fc from "fast-check";
import { renderMarkdown, reportMarker } from "../../../operations/review/markdown";
import { code, fenced, plain } from "../../../operations/review/markdown-text";
import { buildReport, type PlannedStack } from "../../../operations/review/report";
import { createOf, deleteOf, planOf, resource, stackOf, updateOf } from "../../support/change";
import { plannedStacks } from "../../support/plans/plans";

const render = (stacks: readonly PlannedStack[], options = {}, rest = {}) =>
  renderMarkdown(buildReport(stacks, { app: "automock-infra", ...rest }), options);

/** The code blocks of a Markdown text that are still open at its end, by the rules of CommonMark. */
function openFences(markdown: string): string[] {
  let open: string | undefined;
  for (const line of markdown.split("\n")) {
    const fence = /^ {0,3}(`{3,})(.*)$/.exec(line);
    if (fence === null) continue;
    const [, marks = "", info = ""] = fence;
    if (open === undefined) {
      if (!info.includes("`")) open = marks;
    } else if (marks.length >= open.length && info.trim() === "") open = undefined;
  }
  return open === undefined ? [] : [open];
}

/** What is left of a Markdown text without its code: what a host reads mentions, links and HTML in. */
function outsideOfCode(markdown: string): string {
  const lines: string[] = [];
  let open: string | undefined;
  for (const line of markdown.split("\n")) {
    const marks = /^ {0,3}(`{3,})/.exec(line)?.[1];
    if (open === undefined && marks !== undefined) open = marks;
    else if (
      open !== undefined &&
      marks !== undefined &&
      marks.length >= open.length &&
      line.trim() === marks
    )
      open = undefined;
    else if (open === undefined) lines.push(line.replaceAll(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, ""));
  }
  return lines.join("\n");
}

describe("the comment of a real plan", () => {
  const markdown = render(plannedStacks("replace"), {}, { unchangedStacks: ["bootstrap"] });
  const place = (text: string) => {
    const found = markdown.indexOf(text);
    expect([text, found >= 0]).toEqual([text, true]);
    return found;
  };

  it("marker, verdict, table, attention, changes, footer, in this order", () => {
    const places = [
      "<!-- cdktf-plan:automock-infra -->",
      "## ⛔ staging: must not be applied, 34 replace, 11 change",
      "| ⛔ | **automock-staging** | · | 9 | **32** |",
      "Not planned, because nothing changed there: `bootstrap`.",
      "### Needs attention",
      "- 🔴 **replace** `networking/vpc` (aws_vpc)",
      "### Changes",
      "<details><summary><b>automock-staging</b>: 32 replace, 9 change</summary>",
      '! cidr_block: "10.1.0.0/16" → "10.3.0.0/16"   # forces replacement',
      "Planned from commit `3f0c1d2e5a7b9c8d4e6f1a2b3c4d5e6f7a8b9c0d`, Terraform 1.11.4, 2026-11-21 08:00 UTC.",
      "# must not be applied",
    ].map(place);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
  it("the table says each figure", () => {
    expect(markdown).toContain(
      "| 🔴 | **task-api-staging** | · | 2 | **2** | · | · | · | $0.00 | passed | `1f0123456789` until 2026-11-22 08:00 UTC, serial 8 |",
    );
  });
  it("the full digest and the lineage are beside the command", () => {
    expect(markdown).toContain(
      "# task-api-staging: sha256:1f0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd, " +
        "state serial 8, lineage 6a1c7a0e-30f6-7d0e-4b0a-2f6d5f1d9c11, until 2026-11-22 08:00 UTC\n" +
        "npx automock deploy task-api-staging --plan plans/task-api-staging\n",
    );
  });
});

describe("the budget", () => {
  it.each([
    ["destroy", {}, 65_536],
    ["many", {}, 65_536],
    ["many", { host: "bitbucket" }, 32_767],
    ["many", { limit: 10_000 }, 10_000],
    ["destroy", { limit: 6000 }, 6000],
  ] as const)("%s, %j", (name, options, limit) => {
    const markdown = render(plannedStacks(name), options);
    expect(markdown.length).toBeLessThanOrEqual(limit);
    expect(openFences(markdown)).toEqual([]);
  });

  it("the room is used: the diffs of the first resources stay", () => {
    const markdown = render(plannedStacks("destroy"));
    expect(markdown.length).toBeGreaterThan(64_000);
    expect(markdown).toContain("@@ destroyed: config-bucket/bucket/bucket (aws_s3_bucket) @@");
    expect(markdown).toContain("The rest by name; its diff is in the artifact:");
  });

  it("the longest diff is cut first", () => {
    const small = stackOf(planOf([resource("aws_x.small", updateOf({ a: 1 }, { a: 2 }))]), {
      stack: "small",
    });
    const large = stackOf(
      planOf(
        Array.from({ length: 100 }, (_, i) =>
          resource(`aws_x.large${i}`, updateOf({ a: "x".repeat(99) }, { a: "y".repeat(99) })),
        ),
      ),
      { stack: "large" },
    );
    const markdown = render([small, large], { limit: 8000 });
    expect(markdown).toContain("! a: 1 → 2");
    const diffs = markdown.match(/^@@ changed: large\d+ /gm)!.length;
    expect(markdown).toContain(`- **${100 - diffs} changed**: `);
    expect([diffs > 10, diffs < 90]).toEqual([true, true]);
    expect(markdown.match(/`large\d+`/g)).toHaveLength(100 - diffs);
  });

  it("what needs attention is cut last, at its end, and says so", () => {
    const plan = planOf(
      Array.from({ length: 400 }, (_, i) => resource(`aws_s3_bucket.bucket${1000 + i}`, deleteOf({}))),
    );
    const markdown = render([stackOf(plan)], { limit: 6000 });
    expect(markdown.length).toBeLessThanOrEqual(6000);
    const listed = markdown.match(/^- 🔴 \*\*destroy\*\* `bucket\d+` /gm)!;
    expect(listed.length).toBeGreaterThan(50);
    expect(listed[0]).toContain("bucket1000");
    expect(markdown).toContain(`… and ${400 - listed.length} more, all in the artifact.`);
    expect(markdown).toContain("**400** |");
    expect(markdown).toContain("automock deploy automock-prod --plan plans/automock-prod");
  });

  it("a limit that holds no report is refused", () =>
    expect(() => render([], { limit: 3999 })).toThrow(
      new RangeError("limit is 3999, but must be at least 4000 characters"),
    ));

  it("any report keeps within its limit, with marker, verdict, table and footer, and closes its code", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 300 });
    const values = fc.dictionary(
      fc.string({ maxLength: 20 }),
      fc.oneof(text, fc.integer(), fc.array(text, { maxLength: 5 })),
      { maxKeys: 6 },
    );
    const change = fc.oneof(
      values.map((after) => createOf(after)),
      values.map((before) => deleteOf(before)),
      fc.tuple(values, values).map(([before, after]) => updateOf(before, after)),
      fc
        .tuple(values, values)
        .map(([before, after]) =>
          updateOf(before, after, { actions: ["delete", "create"], replace_paths: [["a"]] }),
        ),
    );
    const type = fc.constantFrom("aws_s3_bucket", "aws_x", "aws_iam_policy");
    const changes = fc.array(
      fc
        .tuple(type, text, change)
        .map(([of, name, each]) => ({ ...resource(`${of}.x`, each), address: `${of}.${name}` })),
      { maxLength: 60 },
    );
    const stack = fc.tuple(text, changes, text, text, fc.nat()).map(([name, of, message, command, i]) =>
      stackOf(planOf(of), {
        stack: `s${name}`,
        environment: name,
        policy: [{ level: "warning", constructPath: message, message }],
        applyCommand: `automock ${command}`,
        meta: {
          digest: `sha256:${"d".repeat(64)}`,
          createdAt: "x",
          expiresAt: "y",
          terraformVersion: "1.11.4",
          lineage: command,
          serial: i,
        },
      }),
    );
    const stacks = fc.array(stack, { minLength: 1, maxLength: 30 });
    const failed = fc.array(fc.record({ stack: text, error: fc.string({ maxLength: 5000 }) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        stacks,
        failed,
        fc.integer({ min: 4000, max: 40_000 }),
        fc.constantFrom("github", "bitbucket"),
        (all, broken, limit, host) => {
          const markdown = render(all, { limit, host }, { failed: broken });
          expect(markdown.length).toBeLessThanOrEqual(limit);
          expect(markdown.startsWith(`${reportMarker("automock-infra", host)}\n\n## `)).toBe(true);
          expect(markdown).toContain("| Stack | Add | Change | Replace | Destroy |");
          expect(markdown).toContain("\n---\n\nPlanned from Terraform 1.11.4");
          expect(openFences(markdown)).toEqual([]);
          const outside = outsideOfCode(markdown);
          expect(outside.match(/<details>/g)?.length ?? 0).toBe(outside.match(/<\/details>/g)?.length ?? 0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("values of others do no harm", () => {
  const evil = [
    "``` \n```\n## owned",
    "</details><script>alert(1)</script>",
    "<!-- cdktf-plan:other -->",
    "@everyone look | at | this, closes #123 and owner/repo#45, GH-6",
    "\u202egnp.exe \u2066\u001b]8;;https://evil.example\u0007",
    "[click](https://evil.example) https://evil.example www.evil.example",
    "![x](https://evil.example/x.png)",
  ];
  const stacks = evil.map((text, i) =>
    stackOf(
      planOf([
        resource("aws_iam_policy.p", updateOf({ policy: "x", [text]: 1 }, { policy: text, [text]: 2 })),
      ]),
      {
        stack: `stack-${i}-${text}`,
        policy: [{ level: "error", constructPath: text, message: text }],
      },
    ),
  );
  const markdown = render(
    stacks,
    {},
    { failed: evil.map((error, i) => ({ stack: `failed-${i}`, error })), unchangedStacks: evil, notes: evil },
  );
  // In an element of HTML no Markdown is read.
  const outside = outsideOfCode(markdown).replaceAll(/<summary>.*?<\/summary>/g, "<summary></summary>");

  it("code blocks are closed", () => expect(openFences(markdown)).toEqual([]));
  it("there is one marker", () => expect(markdown.match(/<!--/g)).toEqual(["<!--"]));
  it.each([
    ["no tag but the folds", /<(?!\/?(details|summary|b)>|!-- cdktf-plan:automock-infra -->)/],
    ["no mention", /@\w/],
    ["no reference", /#\d|\bGH-\d/i],
    ["nothing that turns the text around", /[\u202a-\u202e\u2066-\u2069]/],
    ["no link", /(?<!\\)\]\(|https?:\/\/|www\./],
    ["no image", /!\[/],
    ["no heading", /^#+ (?!🔴|⛔|Needs attention|Changes)(owned)/m],
  ])("%s", (_, pattern) => expect(pattern.exec(outside)?.[0]).toBe(undefined));
  it("the table has as many cells in each row", () => {
    const rows = markdown.split("\n").filter((line) => line.startsWith("| "));
    expect(rows.length).toBe(2 + evil.length);
    expect([...new Set(rows.map((row) => row.replaceAll("\\|", "").split("|").length))]).toEqual([13]);
  });
});

it("a change of which nothing can be shown says so", () =>
  expect(render([stackOf(planOf([resource("aws_x.x", updateOf({ a: null }, { a: "" }))]))])).toContain(
    "@@ changed: x (aws_x) @@\n! no value changes, only sensitivity marks or the notation of empty values\n",
  ));

it.each([
  [{ id: "i-1" }, "i-1"],
  [{ identity: { bucket: "b" } }, '{"bucket":"b"}'],
  [{}, "an id known after apply"],
])("imported by %j: %s", (importing, text) =>
  expect(render([stackOf(planOf([resource("aws_x.x", { actions: ["no-op"], importing })]))])).toContain(
    `@@ imported: x (aws_x) @@\n+ imported ${text}\n`,
  ),
);

describe("for Bitbucket, which shows no HTML", () => {
  const markdown = render(plannedStacks("update"), { host: "bitbucket" });
  it("the marker is a comment that Markdown has itself", () =>
    expect(markdown.split("\n")[0]).toBe("[//]: # (cdktf-plan:automock-infra)"));
  it("headings stand for folds", () => {
    expect(markdown).toContain("#### automock-staging: 1 destroy, 8 change, 2 add\n");
    expect(outsideOfCode(markdown)).not.toMatch(/<\w/);
  });
});

it.each([
  ["automock-infra", "<!-- cdktf-plan:automock-infra -->"],
  ["a --> b", "<!-- cdktf-plan:a-b -->"],
])("marker of %s", (app, marker) => expect(reportMarker(app)).toBe(marker));

it.each([
  ["a_b", "a_b"],
  ["_a_ *b*", "\\_a\\_ \\*b\\*"],
  ["a\n# b", "a \\# b"],
  ["a|b", "a\\|b"],
  ["<b>&", "&lt;b&gt;&amp;"],
])("text %j is written %j", (text, expected) => expect(plain(text)).toBe(expected));

it.each([
  ["a", "`a`"],
  ["a`b", "``a`b``"],
  ["`a`", "`` `a` ``"],
  ["a\nb", "`a b`"],
  ["", "` `"],
])("code %j is written %j", (text, expected) => expect(code(text)).toBe(expected));

it("the fence is longer than any in the text", () =>
  expect(fenced("diff", ["a ```` b", "<!-- x"])).toBe("`````diff\na ```` b\n\\u003c!-- x\n`````"));
