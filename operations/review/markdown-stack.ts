import { acceptedText } from "./accepted-findings";
import type { DiffLine } from "./lines";
import { clip } from "./lines";
import { code, fenced, html, plain } from "./markdown-text";
import type { AcceptedFinding, Action, ResourceReport, StackReport } from "./model";
import { costSides, NOTHING_SHOWN, policyText, unknownReasons, unpricedTypes, usdDelta } from "./words";

/** Detail of a stack: everything, names only (with the first n diffs), or just the count. */
export type Detail = "full" | { readonly diffs: number } | "counts";

/** Past tense of each action, shown above the resource. */
const DONE: Readonly<Record<Action, string>> = {
  replace: "replaced",
  destroy: "destroyed",
  forget: "forgotten",
  change: "changed",
  add: "added",
  import: "imported",
  move: "moved",
};

/** A stack's folded section; under a heading on Bitbucket, which supports no HTML. */
export function stackSection(report: StackReport, detail: Detail, folds: boolean): string {
  const title = `${report.title}${report.counts.drift > 0 ? `, ${report.counts.drift} drifted` : ""}`;
  if (detail === "counts") {
    return `- **${plain(report.stack)}**: ${plain(title)}. The diff is in the artifact.`;
  }
  const body = [
    detail === "full" ? diff(report.resources) : partly(report.resources, detail.diffs),
    outputs(report, detail),
    drift(report, detail),
    cost(report, detail),
    policy(report),
    accepted(report, detail),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
  if (!folds) return `#### ${plain(report.stack)}: ${plain(title)}\n\n${body}`;
  return `<details><summary><b>${html(report.stack)}</b>: ${html(title)}</summary>\n\n${body}\n\n</details>`;
}

function diff(resources: readonly ResourceReport[]): string {
  if (resources.length === 0) return "";
  return fenced("diff", separated(resources.map(resourceLines)));
}

/** Resources are sorted: the most dangerous come first. */
function partly(resources: readonly ResourceReport[], diffs: number): string {
  const rest = resources.slice(diffs);
  if (rest.length === 0) return diff(resources);
  const head =
    diffs === 0 ? "By name; the diff is in the artifact:" : "The rest by name; its diff is in the artifact:";
  return [diff(resources.slice(0, diffs)), head, list(rest)].filter((part) => part !== "").join("\n\n");
}

function resourceLines(resource: ResourceReport): string[] {
  const { action, name, type, attributes, knownAfterApply, movedFrom, importedId, because } = resource;
  return [
    `@@ ${DONE[action]}: ${name} (${type}) @@`,
    ...(because === undefined ? [] : [clip(`# because of ${because}`)]),
    ...(movedFrom === undefined ? [] : [`! moved from ${movedFrom}`]),
    ...(importedId === undefined ? [] : [`+ imported ${importedId}`]),
    ...attributes.flatMap(({ lines }) => lines.map(lineText)),
    ...(action === "change" && attributes.length === 0 ? [`! ${NOTHING_SHOWN}`] : []),
    ...(knownAfterApply.length === 0 ? [] : [clip(`+ known after apply: ${knownAfterApply.join(", ")}`)]),
  ];
}

/** Joins blocks of lines with empty lines. */
function separated(blocks: readonly (readonly string[])[]): string[] {
  return blocks.flatMap((lines, i) => (i === 0 ? lines : ["", ...lines]));
}

function lineText({ sign, text }: DiffLine): string {
  return `${sign} ${text}`.trimEnd();
}

function list(resources: readonly ResourceReport[]): string {
  const actions = [...new Set(resources.map(({ action }) => action))];
  return actions
    .map((action) => {
      const names = resources
        .filter((resource) => resource.action === action)
        .map(({ name }) => code(clip(name, 120)));
      return `- **${names.length} ${DONE[action]}**: ${names.join(", ")}`;
    })
    .join("\n");
}

function outputs({ outputs: changed }: StackReport, detail: Detail): string {
  if (changed.length === 0) return "";
  if (detail !== "full") return `**Outputs**: ${changed.map(({ name }) => code(clip(name, 120))).join(", ")}`;
  return `**Outputs**\n\n${fenced(
    "diff",
    changed.flatMap(({ lines }) => lines.map(lineText)),
  )}`;
}

function drift({ drift: drifted }: StackReport, detail: Detail): string {
  if (drifted.length === 0) return "";
  const head = "**Changed outside of Terraform**";
  if (detail !== "full") return `${head}: ${drifted.map(({ name }) => code(clip(name, 120))).join(", ")}`;
  const lines = drifted.map(({ kind, name, type, attributes }) => [
    `@@ ${kind === "gone" ? "deleted" : "changed"}: ${name} (${type}) @@`,
    ...attributes.flatMap((attribute) => attribute.lines.map(lineText)),
  ]);
  return `${head}\n\n${fenced("diff", separated(lines))}`;
}

/** Further cost lines are counted. */
const MOST_COST_LINES = 12;

function cost({ cost: delta }: StackReport, detail: Detail): string {
  if (delta === undefined) return "";
  const { usdMonthlyDelta, lines, priceRegion, checkedOn, note } = delta;
  const head =
    `**Cost per month**: ${costSides(delta)} (${usdDelta(usdMonthlyDelta)}), ` +
    `with the fewest tasks; prices of ${plain(priceRegion)}, ${plain(checkedOn)}.${note === undefined ? "" : ` ${plain(note)}`}`;
  const rows = detail !== "full" ? [] : lines.slice(0, MOST_COST_LINES);
  const listed = rows.map(
    ({ address, usdMonthlyDelta: amount }) => `- ${usdDelta(amount)} ${code(clip(address, 160))}`,
  );
  const more = lines.length - rows.length;
  if (rows.length > 0 && more > 0) listed.push(`- ${more} more`);
  const reasons = unknownReasons(delta)
    .slice(0, MOST_COST_LINES)
    .map((reason) => code(clip(reason, 200)));
  const why =
    reasons.length === 0
      ? ""
      : `The difference is unknown, because there is no price for ${reasons.join(", ")}.`;
  const unpriced = unpricedTypes(delta).map((type) => code(type));
  const unknown = unpriced.length === 0 ? "" : `Not priced: ${unpriced.join(", ")}.`;
  return [head, why, listed.join("\n"), unknown].filter((part) => part !== "").join("\n\n");
}

function policy(report: StackReport): string {
  const { policy: findings } = report;
  if (findings.length === 0) return "**Policy**: passed.";
  const lines = findings.map(
    ({ level, constructPath, message }) =>
      `- **${level}** ${code(clip(constructPath, 200))}: ${plain(clip(message, 600))}`,
  );
  return [`**Policy**: ${policyText(report)}.`, "", ...lines].join("\n");
}

/** The reasons are in `docs/security.md` too: they are the first to go. */
function accepted({ accepted: findings }: StackReport, detail: Detail): string {
  if (findings.length === 0) return "";
  const head = "**Scanner findings that are accepted**";
  const checks = ({ checks: ids }: AcceptedFinding) => ids.map((id) => code(id)).join(", ");
  if (detail !== "full") return `${head}: ${findings.map(checks).join(", ")}.`;
  return [
    `${head}:`,
    "",
    ...findings.map((finding) => `- ${checks(finding)}: ${plain(acceptedText(finding))}`),
  ].join("\n");
}
