import type { CostDelta } from "../costs/delta";
import { atLeast, usd } from "../../contract/dollars";
import type { AttributeChange } from "./attribute-changes";
import type { AttentionItem, ResourceReport, StackReport } from "./model";
import { unknownReasons, unpricedTypes, usdDelta } from "./words";

const LONGEST_VALUE = 40;
/** Further types of new resources are counted, not named. */
const MOST_TYPES = 8;
const WIDTH = 80;

/** Further resources changed in place are counted, not named. */
const MOST_CHANGES = 20;

const WORDS: Readonly<Record<AttentionItem["action"], string>> = {
  replace: "replace",
  destroy: "destroy",
  forget: "forget",
  change: "change",
  add: "add",
  import: "import",
  move: "move",
  drift: "drift",
};

/** What a plan does, as shown before the confirmation: losses first, each with its reason. */
export function planLines(stack: StackReport): string[] {
  const { title, counts, attention, resources, outputs, cost, drift, blocked } = stack;
  const drifted = drift.length === 0 ? "" : `; ${drift.length} changed outside of Terraform`;
  const lines = [`${stack.stack} in ${stack.accountId}, ${stack.region}: ${title}${drifted}`];
  lines.push(...blocked.map((reason) => `  BLOCKED  ${reason}`));
  lines.push(...stack.warnings.map((text) => `  warning  ${text}`));
  lines.push(...attention.map(attentionLine));
  const noted = new Set(attention.map(({ address }) => address));
  const changed = resources.filter(({ action, address }) => action === "change" && !noted.has(address));
  lines.push(...changed.slice(0, MOST_CHANGES).map(changeLine));
  if (changed.length > MOST_CHANGES) lines.push(`  change   … and ${changed.length - MOST_CHANGES} more`);
  if (counts.add > 0) {
    const added = byType(
      resources.filter(({ action }) => action === "add"),
      MOST_TYPES,
    );
    lines.push(
      ...wrapped(added, WIDTH - 11).map((part, i) => `  ${(i === 0 ? "add" : "").padEnd(7)}  ${part}`),
    );
  }
  if (outputs.length > 0) lines.push(`  outputs  ${outputs.map(({ name }) => name).join(", ")}`);
  if (cost) lines.push(...costLines(cost));
  return lines;
}

/** The change in cost and what that figure leaves out; empty if the cost does not change. */
function costLines(cost: CostDelta): string[] {
  const { usdMonthlyDelta, usdMonthlyAfter, atLeastAfter, note } = cost;
  const unpriced = unpricedTypes(cost).join(", ");
  const changes = usdMonthlyDelta === undefined || Math.abs(usdMonthlyDelta) >= 0.005;
  const then = atLeast(usd(usdMonthlyAfter), atLeastAfter);
  return [
    ...(changes ? [`${usdDelta(usdMonthlyDelta)} per month, then ${then}`] : []),
    ...unknownReasons(cost).map((reason) => `no price: ${reason}`),
    ...(changes && note !== undefined ? [note] : []),
    ...(unpriced === "" ? [] : [`not priced: ${unpriced}`]),
  ].map((text, i) => `  ${(i === 0 ? "cost" : "").padEnd(7)}  ${text}`);
}

function attentionLine({ action, name, type, why }: AttentionItem): string {
  return `  ${WORDS[action].padEnd(7)}  ${name} (${type})${why.length === 0 ? "" : `: ${why.join("; ")}`}`;
}

function changeLine({ name, type, attributes, because }: ResourceReport): string {
  return `  change   ${name} (${type}): ${attributes.map(attributeText).join(", ")}${because === undefined ? "" : `, because of ${because}`}`;
}

/** `max_capacity (50 → 40)`; long and multi-line values are in the report only. */
function attributeText({ name, before = "nothing", after = "nothing" }: AttributeChange): string {
  const isShort = [before, after].every((text) => text.length <= LONGEST_VALUE && !/[\n(]/.test(text));
  return isShort ? `${name} (${before} → ${after})` : name;
}

/** `3 aws_subnet, 2 aws_eip, aws_lb`; most frequent types first, counted beyond `most`. */
export function byType(resources: readonly Pick<ResourceReport, "type">[], most = Infinity): string {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const texts = sorted.slice(0, most).map(([type, count]) => (count === 1 ? type : `${count} ${type}`));
  const others = sorted.slice(most).reduce((sum, [, count]) => sum + count, 0);
  return [...texts, ...(others > 0 ? [`${others} of other types`] : [])].join(", ");
}

/** Wraps a comma-separated list. */
export function wrapped(list: string, width: number): string[] {
  const lines: string[] = [];
  for (const item of list.split(", ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + item.length + 3 > width) lines.push(item);
    else lines[lines.length - 1] = `${last}, ${item}`;
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line},` : line));
}
