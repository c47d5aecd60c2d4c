import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { replaceMarked } from "../../operations/marked";
import { DURATIONS } from "../support/aws-simulator/world/after";
import { LATENCY } from "../support/aws-simulator/kernel/simulator";
import type { Duration } from "../support/aws-simulator/kernel/random";
import { histogram } from "./histogram";
import { percentile, wilsonLowerBound } from "./statistics";
import { measureBundle, type BundleFigures } from "./ttl-bundle";
import { PATIENCE, RATES, run, type Run } from "./ttl-run";

/**
 * `npm run bench:ttl [runs]`: how often and how fast the reaper removes random environments in the simulated
 * AWS. Prints the tables, writes them and the plot into docs. A missed target ends it with exit code 1.
 */

const ROOT = join(__dirname, "..", "..");
const REPORT = join(ROOT, "docs", "benchmarks.md");
const PLOT = "ttl-cleanup-durations.svg";

const RUNS = Number(process.argv[2] ?? 1000);
const DATABASE_RUNS = Math.ceil(RUNS / 5);

const SMALLEST_SUCCESS = 0.99;
const LONGEST_MINUTES = 10;
const LARGEST_ZIP_MIB = 1;
const LONGEST_IMPORT_MS = 250;
const MIB = 2 ** 20;

async function main(): Promise<void> {
  const bundle = measureBundle();
  const plain = await runs(RUNS, false);
  const withDatabase = await runs(DATABASE_RUNS, true);
  const report = [
    `${RUNS} environments without a database and ${DATABASE_RUNS} with one, seeds from 1. **All times are simulated.**`,
    resultTable([
      ["without a database", plain],
      ["with a database", withDatabase],
    ]),
    targetTable("simulated", targets(plain)),
    `![Distribution of the cleanup times](${PLOT})`,
    assumptions(),
    bundleText(bundle),
    targetTable("measured", bundleTargets(bundle)),
  ].join("\n\n");
  process.stdout.write(`${report}\n`);
  for (const { seed, faults } of [...plain, ...withDatabase].filter(isFailure)) {
    process.stdout.write(`seed ${seed}: ${faults.join("; ")}\n`);
  }
  const series = [
    { name: "without a database", color: "#1f77b4", values: minutes(plain) },
    { name: "with a database", color: "#ff7f0e", values: minutes(withDatabase) },
  ];
  const title = "First deletion to proof that nothing is left, share of runs per quarter of a minute";
  writeFileSync(join(ROOT, "docs", PLOT), histogram(title, series, LONGEST_MINUTES));
  await write(report);
  if ([...targets(plain), ...bundleTargets(bundle)].some(({ met }) => !met)) process.exitCode = 1;
}

async function runs(count: number, database: boolean): Promise<Run[]> {
  const all: Run[] = [];
  for (let seed = 1; seed <= count; seed++) {
    all.push(await run(seed, database));
    if (seed % 100 === 0) process.stderr.write(`${seed} of ${count}\n`);
  }
  return all;
}

function isFailure({ faults }: Run): boolean {
  return faults.length > 0;
}

const successes = (all: readonly Run[]) => all.filter((one) => !isFailure(one)).length;

/** What is told of the runs in minutes. */
type Span = "deletionMinutes" | "cleanupMinutes" | "wholeMinutes";

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

/** Times of the runs that came to an end. */
function minutes(all: readonly Run[], of: Span = "cleanupMinutes"): number[] {
  return sorted(all.map((one) => one[of]).filter((value) => !Number.isNaN(value)));
}

function resultTable(sets: readonly (readonly [string, readonly Run[]])[]): string {
  const row = (what: string, of: (all: readonly Run[]) => string) =>
    `| ${what} | ${sets.map(([, all]) => of(all)).join(" | ")} |`;
  const at = (share: number, of: Span) => (all: readonly Run[]) =>
    `${percentile(minutes(all, of), share).toFixed(1)} min`;
  const middle = (of: (one: Run) => number) => (all: readonly Run[]) =>
    percentile(sorted(all.map(of)), 0.5).toFixed(0);
  return [
    `| | ${sets.map(([name]) => name).join(" | ")} |`,
    `| --- | ${sets.map(() => "---:").join(" | ")} |`,
    row("runs", (all) => String(all.length)),
    row("gone within an hour, every invariant held", (all) => String(successes(all))),
    row("lower bound of the success rate", (all) => percent(wilsonLowerBound(successes(all), all.length))),
    row("first deletion to last, p50", at(0.5, "deletionMinutes")),
    row("first deletion to last, p95", at(0.95, "deletionMinutes")),
    row("first deletion to last, p99", at(0.99, "deletionMinutes")),
    row("first deletion to proof, p50", at(0.5, "cleanupMinutes")),
    row("first deletion to proof, p95", at(0.95, "cleanupMinutes")),
    row("first deletion to proof, p99", at(0.99, "cleanupMinutes")),
    row("expiry to finished record, p50", at(0.5, "wholeMinutes")),
    row("expiry to finished record, p95", at(0.95, "wholeMinutes")),
    row("expiry to finished record, p99", at(0.99, "wholeMinutes")),
    row("cleanups of at most 10 minutes", (all) =>
      percent(minutes(all).filter((value) => value <= LONGEST_MINUTES).length / all.length),
    ),
    row(
      "API calls, median",
      middle(({ calls }) => calls),
    ),
    row(
      "invocations, median",
      middle(({ invocations }) => invocations),
    ),
  ].join("\n");
}

interface Target {
  readonly what: string;
  readonly measured: string;
  readonly wanted: string;
  readonly met: boolean;
}

function targets(all: readonly Run[]): Target[] {
  const bound = wilsonLowerBound(successes(all), all.length);
  const slowest = percentile(minutes(all), 0.99);
  return [
    {
      what: "lower bound of the success rate (Wilson, one-sided 95 %)",
      measured: percent(bound),
      wanted: "above 99 %",
      met: bound > SMALLEST_SUCCESS,
    },
    {
      what: "first deletion to proof, p99, without a database",
      measured: `${slowest.toFixed(1)} min`,
      wanted: `below ${LONGEST_MINUTES} min`,
      met: slowest < LONGEST_MINUTES,
    },
  ];
}

function bundleText({ imports, importCpuMs, machine }: BundleFigures): string {
  return `The function's code, measured on ${machine}: the zip is what Lambda gets. The import is that of the unpacked
code in ${imports} fresh processes, one after the other, by the median of the clock; ${importCpuMs.toFixed(0)} ms of processor time go into
one. Lambda's own cold start adds its download and the start of Node.`;
}

function bundleTargets({ zipBytes, importMs }: BundleFigures): Target[] {
  return [
    {
      what: "zip of the function's code",
      measured: `${(zipBytes / MIB).toFixed(2)} MiB`,
      wanted: `at most ${LARGEST_ZIP_MIB} MiB`,
      met: zipBytes <= LARGEST_ZIP_MIB * MIB,
    },
    {
      what: "cold import of it",
      measured: `${importMs.toFixed(0)} ms`,
      wanted: `at most ${LONGEST_IMPORT_MS} ms`,
      met: importMs <= LONGEST_IMPORT_MS,
    },
  ];
}

function targetTable(head: "simulated" | "measured", all: readonly Target[]): string {
  const rows = all.map(
    ({ what, measured, wanted, met }) => `| ${what} | ${measured} | ${wanted} | ${met ? "met" : "missed"} |`,
  );
  return `| target | ${head} | wanted | |\n| --- | ---: | ---: | --- |\n${rows.join("\n")}`;
}

function assumptions(): string {
  const seconds = (ms: number) => (ms >= 1000 ? `${Math.round(ms / 1000)} s` : `${ms} ms`);
  const row = (name: string, { median, p95, atMost }: Duration) =>
    `| ${name} | ${seconds(median)} | ${seconds(p95)} | ${seconds(atMost)} |`;
  const rows = Object.entries(DURATIONS).map(([name, duration]) => row(words(name), duration));
  return `Assumed distributions (log-normal, cut at the right end), because AWS publishes none:

| what | median | p95 | at most |
| --- | ---: | ---: | ---: |
${[row("a call over the network", LATENCY), ...rows].join("\n")}

Per attempt of a call: ${percent(RATES.throttle)} throttled without reason (besides the rates of the simulated services),
${percent(RATES.serverError)} server errors, ${percent(RATES.lostAnswer)} answers lost after the effect, ${percent(RATES.partialFailure)} partial failures inside
successful answers. ${percent(RATES.crash)} of the invocations are to die at a random one of their first 1000
calls, so those that end before it live; 5 % of the schedules fire twice. IAM is not asked here, listings are
never stale but for the tag index, and Lambda is taken to keep the request id when it tries again.
A run fails if it needs more than ${PATIENCE / 60_000} minutes after its expiry, or breaks an invariant: too early, without
notice, a bystander touched, anything left, state not emptied, lock or lease kept.`;
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

async function write(tables: string): Promise<void> {
  const text = readFileSync(REPORT, "utf8");
  const next = replaceMarked({ file: REPORT, text }, "npm run bench:ttl", tables);
  writeFileSync(REPORT, await format(next, { parser: "markdown", printWidth: 110 }));
}

void main();
