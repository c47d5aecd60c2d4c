import { usd } from "../../../contract/dollars";
import { counted } from "../../../contract/text";
import type { JournalEntry } from "../../../contract/test-run";
import type { Span } from "../../../operations/test-environments/create";
import type { LocalJournalContent } from "../../../operations/test-environments/journal";
import type { CleanupReport, RunReport } from "../../../operations/test-environments/report";
import { ASSUMED } from "../../../operations/test-environments/cost";
import type { ExistingRun } from "../../../operations/test-environments/existing";
import type { RunPlan } from "../../../operations/test-environments/plan";
import type { Quantiles, RunStats } from "../../../operations/test-environments/stats";
import { formatTable, type Colors } from "../../output";

const seconds = (value: number) => `${value.toFixed(1)} s`;

/** A run from its creation to its removal. */
export function reportLines(report: RunReport, colors: Colors): string[] {
  const { run, create, tests, cleanup, calls } = report;
  return [
    ...timelineLines(report.timeline),
    "",
    create.result === "created"
      ? `created:  ${counted(create.resources, "resource")} in ${seconds(create.seconds)}`
      : colors.red(
          `created:  no, ${create.result} after ${seconds(create.seconds)}${create.error === undefined ? "" : `: ${create.error}`}`,
        ),
    ...(tests
      ? [
          tests.passed
            ? colors.green(`tests:    passed in ${seconds(tests.seconds)}`)
            : colors.red(
                `tests:    ${tests.timedOut ? "timed out" : `failed with exit code ${tests.exitCode}`} after ${seconds(tests.seconds)}`,
              ),
        ]
      : []),
    ...(cleanup ? cleanupLines("removed:", cleanup, 10) : []),
    `${run}: ${calls} calls to AWS, exit code ${report.exitCode}`,
  ];
}

/** What came of a removal. */
export function cleanupLines(label: string, cleanup: CleanupReport, width = 0): string[] {
  const { result, deleted, left, errors, next } = cleanup;
  const head = width > 0 ? label.padEnd(width) : `${label}: `;
  if (result === "complete") {
    return [
      deleted === 0
        ? `${head}nothing was left to remove`
        : `${head}${counted(deleted, "resource")} in ${seconds(cleanup.seconds)}; nothing is left`,
    ];
  }
  return [
    `${head}INCOMPLETE after ${seconds(cleanup.seconds)}; ${counted(deleted, "resource")} removed, ${left.length} left`,
    ...left.map(({ resource, reason }) => `  ${resource}: ${reason}`),
    ...errors.map((error) => `  not known: ${error}`),
    ...(next === undefined ? [] : [next]),
  ];
}

/** What a command leaves that is ended by a second signal: its journal does not know what is deleted already. */
export function stoppedLines(journal: LocalJournalContent | undefined, file: string): string[] {
  const { header, entries = [], closed = false } = journal ?? {};
  const left = closed ? [] : entries.filter(({ state }) => state !== "refused");
  return [
    "Stopped before everything was removed.",
    ...(left.length > 0 ? ["What may be left:"] : []),
    ...left.map(({ type, id, name }) => `  ${type} ${id ?? name}`),
    `Its journal is ${file}.`,
    ...(header ? [`To remove the rest: automock test-env down ${header.run}`] : []),
  ];
}

const BAR = 40;

/** When each resource was created, as bars. */
function timelineLines(spans: readonly Span[]): string[] {
  const end = Math.max(1, ...spans.map(({ endMs }) => endMs));
  const width = Math.max(0, ...spans.map(({ node }) => node.length));
  return [...spans]
    .sort((a, b) => a.startMs - b.startMs || (a.node < b.node ? -1 : 1))
    .map(({ node, startMs, endMs, result }) => {
      const from = Math.floor((startMs / end) * BAR);
      const to = Math.max(from + 1, Math.ceil((endMs / end) * BAR));
      const bar = `${" ".repeat(from)}${"█".repeat(to - from)}`.padEnd(BAR);
      return `${node.padEnd(width)}  ${bar}  ${seconds((endMs - startMs) / 1000)}${result === "created" ? "" : ` ${result}`}`;
    });
}

/** A new environment that is kept. */
export function upLines({ run, create, outputs, timeline }: RunReport, expiresAt: string): string[] {
  return [
    ...timelineLines(timeline),
    "",
    `${run}: ${counted(create.resources, "resource")} in ${seconds(create.seconds)}; it expires at ${expiresAt}.`,
    ...exportLines(outputs),
    `Remove it with automock test-env down ${run}.`,
  ];
}

/** Variables for a POSIX shell. */
export function exportLines(outputs: Readonly<Record<string, string>>): string[] {
  return Object.entries(outputs).map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`);
}

/** What a run creates. */
export function planLines(plan: RunPlan): string[] {
  const nodes = plan.waves.flat();
  return [
    `${plan.spec} in account ${plan.accountId}, ${plan.region}: ${counted(nodes.length, "resource")}, ${plan.calls} calls`,
    ...plan.waves.flatMap((wave, i) => [
      `${i + 1}.`,
      ...wave.map(
        ({ node, type, name, after }) =>
          `  ${node}  ${type}  ${name}${after.length === 0 ? "" : `  after ${after.join(", ")}`}`,
      ),
    ]),
    `A run lives at most ${plan.ttlMinutes} min and costs up to ${usd(plan.usd, 4)}, at ${ASSUMED.requests.toLocaleString("en")} requests to each resource (limit: ${usd(plan.atMost.usd, 4)}).`,
    `At most ${plan.atMost.environments} environments at the same time.`,
  ];
}

export function listLines(runs: readonly ExistingRun[], colors: Colors): string[] {
  if (runs.length === 0) return ["There are no test environments."];
  const rows = runs.map(({ run, owner, accountId, region, phase, minutesLeft }) => [
    run,
    owner,
    `${accountId}/${region}`,
    phase,
    minutesLeft < 0 ? colors.red(`expired ${-minutesLeft} min ago`) : `${minutesLeft} min`,
  ]);
  return [formatTable(["RUN", "OWNER", "ACCOUNT/REGION", "PHASE", "TIME LEFT"], rows, { colors })];
}

export function showLines({
  run,
  record,
  journal,
}: {
  readonly run: string;
  readonly record?: Readonly<Record<string, string>>;
  readonly journal: readonly JournalEntry[];
}): string[] {
  return [
    run,
    ...(record ? Object.entries(record).map(([name, value]) => `  ${name}: ${value}`) : ["  no record"]),
    "journal:",
    ...journal.map(({ node, state, type, id, name }) => `  ${node}  ${state}  ${type}  ${id ?? name}`),
  ];
}

/** A longer time to live. */
export function extendedLine(
  times: Readonly<Record<"run" | "from" | "to" | "maxExpiresAt", string>>,
): string {
  const { run, from, to, maxExpiresAt } = times;
  return `${run} expires at ${to} (before: ${from}). It can be extended until ${maxExpiresAt}.`;
}

export function statsLines(stats: RunStats): string[] {
  if (stats.runs === 0) return [`No run of ${stats.spec} has finished since ${stats.since}.`];
  const times = (label: string, { p50, p95, p99, max }: Quantiles) =>
    `${label}  p50 ${seconds(p50)}, p95 ${seconds(p95)}, p99 ${seconds(p99)}, max ${seconds(max)}`;
  return [
    `${stats.spec}: ${counted(stats.runs, "run")} since ${stats.since}`,
    `passed ${stats.passed}, tests failed ${stats.testsFailed}, not created ${stats.notCreated}, cleanup incomplete ${stats.incomplete}, interrupted ${stats.interrupted}; left over: ${stats.leftovers}`,
    times("create ", stats.createSeconds!),
    times("destroy", stats.destroySeconds!),
  ];
}

/** Expired environments, and what came of removing them. */
export function sweepLines(
  expired: readonly ExistingRun[],
  removed: readonly { readonly run: string; readonly cleanup: CleanupReport }[],
): string[] {
  if (expired.length === 0) return ["No test environment has expired."];
  if (removed.length > 0) return removed.flatMap(({ run, cleanup }) => cleanupLines(run, cleanup));
  return [
    ...expired.map(({ run, owner, expiresAt }) => `${run} (owner ${owner}) expired at ${expiresAt}.`),
    "To remove them: automock test-env sweep --yes",
  ];
}
