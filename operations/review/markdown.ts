import { clip } from "./lines";
import { code, fenced, plain } from "./markdown-text";
import { stackSection, type Detail } from "./markdown-stack";
import type { AttentionItem, Level, Report, StackReport } from "./model";
import {
  groupAttention,
  groupedWhy,
  policyText,
  shortDigest,
  sourcesOf,
  stateText,
  TABLE_HEAD,
  timeText,
  usdDelta,
} from "./words";

export interface MarkdownOptions {
  /**
   * Maximum length of the report in characters, at least 4,000.
   * @default 65,536 for GitHub (https://github.com/orgs/community/discussions/27190), 32,767 for Bitbucket
   */
  readonly limit?: number;
  /** Bitbucket supports no HTML, so it gets headings instead of folds. @default "github" */
  readonly host?: "github" | "bitbucket";
}

/** Bitbucket's limit is 32,768, exclusive. */
const LIMITS = { github: 65_536, bitbucket: 32_767 } as const;
const SMALLEST_LIMIT = 4000;

const SIGNAL: Readonly<Record<Level, string>> = { error: "⛔", danger: "🔴", change: "🟡", none: "🟢" };

/** Hidden line by which a later run finds this comment. */
export function reportMarker(app: string, host: "github" | "bitbucket" = "github"): string {
  const name = app
    .replaceAll(/[^\w.-]+/g, "-")
    .replaceAll(/-{2,}/g, "-")
    .slice(0, 100);
  return host === "github" ? `<!-- cdktf-plan:${name} -->` : `[//]: # (cdktf-plan:${name})`;
}

/** What the report shows. Less important parts are cut first. */
interface Budget {
  readonly detail: Map<StackReport, Detail>;
  readonly section: (stack: StackReport, detail: Detail) => string;
  /** What needs attention, by stack; computed once, like the sections. */
  readonly lines: ReadonlyMap<StackReport, readonly string[]>;
  /** Maximum length of an error. */
  errorLength: number;
  /** Most stacks with an apply command, lines of attention and rows of the table. */
  commands: number;
  attention: number;
  rows: number;
}

/**
 * The report as a pull request comment. If it is too long, the longest diffs become lists of names and then counts, one
 * stack at a time. The verdict, the table and what needs attention stay.
 */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const host = options.host ?? "github";
  const limit = options.limit ?? LIMITS[host];
  if (limit < SMALLEST_LIMIT)
    throw new RangeError(`limit is ${limit}, but must be at least ${SMALLEST_LIMIT} characters`);
  const detail = new Map(report.stacks.filter(isShown).map((stack) => [stack, "full" as Detail]));
  const budget: Budget = {
    detail,
    section: sectionMaker(host === "github"),
    lines: new Map(report.stacks.map((stack) => [stack, attentionLines(stack)])),
    errorLength: 3000,
    commands: Infinity,
    attention: Infinity,
    rows: Infinity,
  };
  const text = () => compose(report, budget, host);
  const length = () => text().length;

  while (length() > limit) {
    const next = longestSection(budget);
    if (next === undefined) break;
    budget.detail.set(...next);
  }
  // The remaining space goes to the diffs of the most dangerous resources.
  for (const [stack, level] of budget.detail) {
    if (level === "full" || level === "counts") continue;
    fill(stack.resources.length, (diffs) => budget.detail.set(stack, { diffs }), length, limit);
  }
  if (length() > limit) budget.errorLength = 300;
  const attention = [...budget.lines.values()].flat().length;
  shrink(report.stacks.length, 1, (most) => (budget.commands = most), length, limit);
  shrink(attention, 1, (most) => (budget.attention = most), length, limit);
  shrink(report.stacks.length, 1, (most) => (budget.rows = most), length, limit);
  return text();
}

/** Sets the largest number that fits, or none. */
function fill(all: number, set: (most: number) => void, length: () => number, limit: number): void {
  let [low, high] = [0, all];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    set(middle);
    if (length() <= limit) low = middle;
    else high = middle - 1;
  }
  set(low);
}

/** If the report is too long, sets the largest number that fits, or the smallest allowed. */
function shrink(
  all: number,
  least: number,
  set: (most: number) => void,
  length: () => number,
  limit: number,
): void {
  if (length() <= limit) return;
  fill(Math.max(0, all - least), (more) => set(least + more), length, limit);
}

function longestSection(budget: Budget): [StackReport, Detail] | undefined {
  const [longest] = [...budget.detail]
    .filter(([, level]) => level !== "counts")
    .map(([stack, level]) => ({ stack, level, length: budget.section(stack, level).length }))
    .sort((a, b) => b.length - a.length);
  return longest && [longest.stack, longest.level === "full" ? { diffs: 0 } : "counts"];
}

/** Caches a section per level of detail, because composing happens many times. */
function sectionMaker(folds: boolean): Budget["section"] {
  const made = new Map<string, string>();
  return (stack, detail) => {
    const key = `${stack.stack} ${typeof detail === "string" ? detail : detail.diffs}`;
    if (!made.has(key)) made.set(key, stackSection(stack, detail, folds));
    return made.get(key)!;
  };
}

/** A stack without changes is only a row of the table. */
function isShown({ level, policy, cost }: StackReport): boolean {
  return level !== "none" || policy.length > 0 || (cost?.lines.length ?? 0) > 0;
}

function compose(report: Report, budget: Budget, host: "github" | "bitbucket"): string {
  const { app, verdict, stacks, unchangedStacks, failed, notes } = report;
  const sections = stacks.filter((stack) => budget.detail.has(stack));
  const unchanged = unchangedStacks.slice(0, 50).map((stack) => code(clip(stack, 80)));
  if (unchangedStacks.length > unchanged.length)
    unchanged.push(`${unchangedStacks.length - unchanged.length} more`);
  return [
    reportMarker(app, host),
    `## ${SIGNAL[verdict.level]} ${plain(clip(verdict.title, 300))}`,
    ...notes.slice(0, 5).map((note) => `> ${plain(clip(note, 300))}`),
    table(stacks, budget.rows),
    unchanged.length === 0 ? "" : `Not planned, because nothing changed there: ${unchanged.join(", ")}.`,
    ...failed.slice(0, 5).map(({ stack, error }) => failure(stack, clip(error, budget.errorLength))),
    failed.length > 5
      ? `… and ${failed.length - 5} more stacks that could not be planned, all in the artifact.`
      : "",
    attention(budget),
    sections.length === 0 ? "" : "### Changes",
    changes(sections, budget),
    footer(report, budget.commands),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function table(stacks: readonly StackReport[], most: number): string {
  if (stacks.length === 0) return "";
  const head = ["", ...TABLE_HEAD];
  const rows = stacks.slice(0, most).map((report) => {
    const { counts, cost, meta, level, stack } = report;
    const number = (count: number) => (count === 0 ? "·" : String(count));
    const loud = (count: number) => (count === 0 ? "·" : `**${count}**`);
    return [
      SIGNAL[level],
      `**${plain(clip(stack, 100))}**`,
      number(counts.add),
      number(counts.change),
      loud(counts.replace),
      loud(counts.destroy),
      number(counts.move + counts.import + counts.forget),
      loud(counts.drift),
      cost === undefined ? "·" : usdDelta(cost.usdMonthlyDelta),
      policyText(report),
      `${code(shortDigest(meta.digest))} until ${plain(timeText(meta.expiresAt))}${meta.serial === undefined ? "" : `, serial ${meta.serial}`}`,
    ];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const align = head.map((_, i) => (i >= 2 && i <= 8 ? "--:" : "---"));
  const more = stacks.length - rows.length;
  const rest = more > 0 ? [`\n… and ${more} more stacks, all in the artifact.`] : [];
  return [line(head), line(align), ...rows.map(line), ...rest].join("\n");
}

function failure(stack: string, error: string): string {
  return `**${plain(clip(stack, 100))} could not be planned:**\n\n${fenced("text", error.split("\n"))}`;
}

/** Attention lines with their stack; long groups are split into several lines. */
function attentionLines(report: StackReport): string[] {
  const { single, groups } = groupAttention(report.attention);
  const inLine = 25;
  return [
    ...report.blocked.map((text) => `- ⛔ **${plain(text)}**`),
    ...report.policy
      .filter(({ level }) => level !== "info")
      .map(
        ({ level, constructPath, message }) =>
          `- **policy ${level}** ${code(clip(constructPath, 160))}: ${plain(clip(message, 300))}`,
      ),
    ...report.warnings.map((text) => `- ⚠️ **warning** ${plain(clip(text, 600))}`),
    ...single.map(attentionLine),
    ...groups.flatMap(({ title, items }) =>
      Array.from({ length: Math.ceil(items.length / inLine) }, (_, i) => {
        const names = items.slice(i * inLine, (i + 1) * inLine).map((item) => {
          const why = groupedWhy(item);
          return `${code(clip(item.name, 120))}${why === "" ? "" : ` (${plain(clip(why, 60))})`}`;
        });
        return i === 0 ? `- **${plain(title)}**: ${names.join(", ")}` : `  ${names.join(", ")}`;
      }),
    ),
  ];
}

const KIND_SIGNAL: Readonly<Partial<Record<AttentionItem["kind"], string>>> = {
  drift: "⚠️ ",
  security: "🔐 ",
};

function attentionLine({ kind, action, name, type, why, loud }: AttentionItem): string {
  const reasons = why.map((clause) => plain(clip(clause, 300))).join("; ");
  return `- ${loud ? "🔴 " : (KIND_SIGNAL[kind] ?? "")}**${action}** ${code(clip(name, 160))} (${plain(type)})${reasons === "" ? "" : `: ${reasons}`}`;
}

function attention({ lines: all, attention: most }: Budget): string {
  const total = [...all.values()].flat().length;
  if (total === 0) return "";
  let left = most;
  const parts = [...all].flatMap(([report, lines]) => {
    const shown = lines.slice(0, Math.max(0, left));
    left -= shown.length;
    return shown.length === 0 ? [] : [`**${plain(clip(report.stack, 100))}**\n\n${shown.join("\n")}`];
  });
  const more = total - Math.min(total, most);
  return [
    "### Needs attention",
    ...parts,
    ...(more > 0 ? [`… and ${more} more, all in the artifact.`] : []),
  ].join("\n\n");
}

/** One list at the end for the stacks of which only a count is left. */
function changes(stacks: readonly StackReport[], { detail, section }: Budget): string {
  const MOST = 40;
  const short = stacks.filter((stack) => detail.get(stack) === "counts");
  const lines = short.slice(0, MOST).map((stack) => section(stack, "counts"));
  if (short.length > MOST) lines.push(`- ${short.length - MOST} more stacks`);
  const long = stacks.filter((stack) => detail.get(stack) !== "counts");
  return [...long.map((stack) => section(stack, detail.get(stack)!)), lines.join("\n")]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** What was planned, from what, until when it holds, and the command that applies it. */
function footer(report: Report, most: number): string {
  const { stacks, failed } = report;
  const listed = stacks.filter(({ level }) => level !== "none");
  const { commits, heads } = sourcesOf(report);
  const versions = [...new Set(stacks.map(({ meta }) => meta.terraformVersion))];
  const created = [...new Set(stacks.map(({ meta }) => timeText(meta.createdAt)))];
  const from = [
    ...(heads.length === 0 ? [] : [`push ${heads.map((head) => code(clip(head, 40))).join(", ")}`]),
    ...(commits.length === 0
      ? []
      : [
          `${heads.length === 0 ? "" : "merged as "}commit ${commits.map((commit) => code(clip(commit, 40))).join(", ")}`,
        ]),
    ...(versions.length === 0
      ? []
      : [`Terraform ${versions.map((version) => plain(clip(version, 20))).join(", ")}`]),
    ...(created.length === 0 ? [] : [plain(clip(created.slice(0, 3).join(", "), 100))]),
  ];
  const commands = listed.slice(0, most).flatMap((planned) => {
    const { stack, meta, applyCommand, blocked } = planned;
    const about = `# ${clip(stack, 100)}: ${clip(meta.digest, 71)}, ${clip(stateText(planned), 120)}, until ${timeText(meta.expiresAt)}`;
    // Half a command would be worse than none.
    const command = applyCommand.length > 600 ? "# its command is in the artifact" : applyCommand;
    return [about, blocked.length > 0 ? "# must not be applied" : command];
  });
  const applicable = listed.some(({ blocked }) => blocked.length === 0);
  const more = listed.length - Math.min(listed.length, most);
  if (more > 0) commands.push(`# ${more} more in the artifact`);
  return [
    "---",
    `${stacks.length === 0 && failed.length > 0 ? "Not planned:" : "Planned from"} ${from.length === 0 ? "nothing" : from.join(", ")}.`,
    ...(commands.length === 0
      ? []
      : [applicable ? "Apply exactly these plans:" : "Plans:", fenced("sh", commands)]),
  ].join("\n\n");
}
