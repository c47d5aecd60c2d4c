import type { CostDelta } from "../costs/delta";
import { atLeast, usd } from "../../contract/dollars";
import { counted } from "../../contract/text";
import type { AttentionItem, Level, Report, StackReport } from "./model";

/** Words and figures shared by all renderers. */

export const VERDICT_WORD: Readonly<Record<Level, string>> = {
  error: "Do not apply",
  danger: "Review with care",
  change: "Changes",
  none: "No changes",
};

/** Shown for a change without visible differences. */
export const NOTHING_SHOWN = "no value changes, only sensitivity marks or the notation of empty values";

/** Columns of the table of stacks. */
export const TABLE_HEAD = [
  "Stack",
  "Add",
  "Change",
  "Replace",
  "Destroy",
  "Move, import, forget",
  "Drift",
  "Cost per month",
  "Policy",
  "Plan",
] as const;

/** "+$1,234.50", "-$3.60", "$0.00": change in monthly cost; "unknown" if a part has no price. */
export function usdDelta(amount: number | undefined): string {
  if (amount === undefined) return "unknown";
  const text = usd(amount);
  return amount > 0 && text !== "$0.00" ? `+${text}` : text;
}

/** "2026-11-22 08:00 UTC"; an invalid time is returned unchanged. */
export function timeText(iso: string): string {
  const [, day, minute] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}).*Z$/.exec(iso) ?? [];
  return day === undefined ? iso : `${day} ${minute} UTC`;
}

/** The first twelve hex digits. */
export const shortDigest = (digest: string) => digest.replace(/^sha256:/, "").slice(0, 12);

/** Total difference of several stacks; unknown if one is unknown. */
export function sumOfDeltas(costs: readonly CostDelta[]): number | undefined {
  return costs.some(({ usdMonthlyDelta }) => usdMonthlyDelta === undefined)
    ? undefined
    : costs.reduce((sum, { usdMonthlyDelta }) => sum + usdMonthlyDelta!, 0);
}

/** "$10.00 → at least $12.00" */
export function costSides(delta: CostDelta): string {
  const { usdMonthlyBefore, usdMonthlyAfter, atLeastBefore, atLeastAfter } = delta;
  return `${atLeast(usd(usdMonthlyBefore), atLeastBefore)} → ${atLeast(usd(usdMonthlyAfter), atLeastAfter)}`;
}

/** Why the difference is unknown: "aws_db_instance.db (the price book has no …)". */
export function unknownReasons({ unknown }: CostDelta): string[] {
  return unknown.map(({ address, reason }) => `${address} (${reason})`);
}

/** Types without a price, each once: "aws_x, aws_y"; empty if there are none. */
export function unpricedTypes({ notPriced }: CostDelta): string[] {
  return [...new Set(notPriced.map(({ type }) => type))];
}

/** "2 errors, 1 warning", or "passed". */
export function policyText({ policy }: StackReport): string {
  const texts = (["error", "warning"] as const).flatMap((level) => {
    const count = policy.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [counted(count, level)];
  });
  const suppressed = policy.filter(({ level, suppression }) => level === "info" && suppression).length;
  if (suppressed > 0) texts.push(`${suppressed} suppressed`);
  return texts.length === 0 ? "passed" : texts.join(", ");
}

/** "state serial 12, lineage 0f3a…" */
export function stateText({ meta }: StackReport): string {
  if (meta.serial === undefined) return "no state yet";
  return `state serial ${meta.serial}${meta.lineage === undefined ? "" : `, lineage ${meta.lineage}`}`;
}

/** The commits that a report is about, and what was pushed where they are merges; each once. */
export function sourcesOf({ stacks, source }: Pick<Report, "stacks" | "source">): {
  readonly commits: readonly string[];
  readonly heads: readonly string[];
} {
  const sources = [...stacks.map(({ meta }) => meta), ...(source === undefined ? [] : [source])];
  const each = (texts: readonly (string | undefined)[]) => [
    ...new Set(texts.filter((text) => text !== undefined)),
  ];
  return {
    commits: each(sources.map(({ commit }) => commit)),
    heads: each(sources.map(({ head }) => head)),
  };
}

export interface AttentionGroup {
  /** "28 more are replaced, as a consequence" */
  readonly title: string;
  readonly items: readonly AttentionItem[];
}

/** Smaller groups are listed one by one. */
const SMALLEST_GROUP = 4;
const MOST_PLAIN_DESTROYS = 12;

/** Splits items into those listed one by one and groups of similar ones. */
export function groupAttention(items: readonly AttentionItem[]): {
  readonly single: readonly AttentionItem[];
  readonly groups: readonly AttentionGroup[];
} {
  const groups: AttentionGroup[] = [];
  const grouped = new Set<AttentionItem>();
  const group = (kind: AttentionItem["kind"], smallest: number, what: string) => {
    const members = items.filter((item) => item.kind === kind);
    if (members.length < smallest) return;
    const more = items.some((item) => item.kind !== kind && item.action === members[0]!.action)
      ? " more"
      : "";
    groups.push({ title: `${members.length}${more} are ${what}`, items: members });
    members.forEach((member) => grouped.add(member));
  };
  group("destroy", MOST_PLAIN_DESTROYS, "destroyed");
  group("follows", SMALLEST_GROUP, "replaced, as a consequence");
  return { single: items.filter((item) => !grouped.has(item)), groups };
}

/** In a group, only what differs: the attributes that force a replacement, or nothing. */
export function groupedWhy({ kind, why }: AttentionItem): string {
  return kind === "follows" ? (why[0] ?? "").replace(/ forces? it.*$/, "") : "";
}
