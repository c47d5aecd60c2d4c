import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { format } from "prettier";
import type { EnvironmentInput } from "../../environments";
import { staging } from "../../environments/staging";
import { median, runTsx } from "./processes";

/**
 * `npm run bench`: how long synth takes beside the bare import of its libraries, and what each environment
 * adds. Prints the tables and writes them into docs/benchmarks.md. A missed target ends it with exit code 1.
 */

const ROOT = join(__dirname, "..", "..");
const REPORT = join(ROOT, "docs", "benchmarks.md");
const [BEGIN, END] = ["<!-- npm run bench: begin -->", "<!-- npm run bench: end -->"];

const RUNS = 7;
const CURVE_RUNS = 3;
const CURVE = [0, 1, 10, 25, 50, 100];

const LARGEST_RATIO = 2;
const LARGEST_MS = 30;
const LARGEST_MIB = 3;
/** Linear: an environment of the upper half costs at most this much more than one of the lower half. */
const LARGEST_BEND = 1.5;

interface Point {
  readonly environments: number;
  readonly wallMs: number;
  readonly synthMs: number;
  readonly peakMiB: number;
}

interface Target {
  readonly what: string;
  readonly measured: number;
  readonly allowed: number;
  readonly unit: string;
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const libraries = await librariesInUse();
    const whole = wholeApp(scratch, libraries);
    const curve = CURVE.map((environments) => measure(scratch, environments));
    const targets = [
      {
        what: "whole synth beside the bare import",
        measured: whole.ratio,
        allowed: LARGEST_RATIO,
        unit: "×",
      },
      ...curveTargets(curve),
    ];
    const report = [machine(), wholeTable(whole, libraries.length), curveTable(curve), targetTable(targets)];
    process.stdout.write(`${report.join("\n\n")}\n`);
    await write(report.join("\n\n"));
    if (targets.some(missed)) process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The modules of cdktf and of the AWS bindings that `main.ts` loads; types are erased and do not count. */
async function librariesInUse(): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["main.ts"],
    bundle: true,
    platform: "node",
    packages: "external",
    metafile: true,
    write: false,
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return [...new Set(imported)].filter((path) => /^(cdktf|constructs|@cdktf\/)/.test(path)).sort();
}

interface Whole {
  readonly bareMs: number;
  readonly synthMs: number;
  readonly ratio: number;
}

/** Runs in turns, so that a busy moment of the machine hits both. */
function wholeApp(scratch: string, libraries: readonly string[]): Whole {
  const bare = join(scratch, "bare.ts");
  const modules = join(ROOT, "node_modules");
  writeFileSync(bare, libraries.map((name) => `import ${JSON.stringify(join(modules, name))};\n`).join(""));
  const outdir = join(scratch, "whole");
  const runs = Array.from({ length: RUNS + 1 }, () => ({
    bareMs: runTsx(bare, { cwd: ROOT }).wallMs,
    synthMs: runTsx(join(ROOT, "main.ts"), { cwd: ROOT, outdir }).wallMs,
  })).slice(1); // the first run fills tsx's cache
  const bareMs = median(runs.map((run) => run.bareMs));
  const synthMs = median(runs.map((run) => run.synthMs));
  return { bareMs, synthMs, ratio: synthMs / bareMs };
}

/** Prod, staging and a number of ephemeral environments, each time in a fresh process. */
function measure(scratch: string, environments: number): Point {
  const folder = join(scratch, `ephemeral-${environments}`);
  mkdirSync(folder);
  for (let i = 0; i < environments; i++) {
    const environment = ephemeral(i);
    writeFileSync(join(folder, `${environment.name}.json`), JSON.stringify(environment));
  }
  const driver = join(scratch, "driver.ts");
  writeFileSync(
    driver,
    `import { loadEnvironments } from ${JSON.stringify(join(ROOT, "environments"))};
     import { buildApp } from ${JSON.stringify(join(ROOT, "stacks", "app"))};
     const [folder, outdir] = process.argv.slice(2) as [string, string];
     const started = performance.now();
     const { environments, faults } = loadEnvironments(folder);
     if (faults.length > 0) throw new Error(JSON.stringify(faults));
     buildApp(environments, outdir).synth();
     const synthMs = performance.now() - started;
     console.log(JSON.stringify({ synthMs, peakKiB: process.resourceUsage().maxRSS }));`,
  );
  const outdir = join(scratch, `out-${environments}`);
  const runs = Array.from({ length: CURVE_RUNS }, () => {
    const { wallMs, output } = runTsx(driver, { cwd: ROOT, args: [folder, outdir] });
    const { synthMs, peakKiB } = JSON.parse(output) as { synthMs: number; peakKiB: number };
    return { wallMs, synthMs, peakMiB: peakKiB / 1024 };
  });
  return {
    environments,
    wallMs: median(runs.map((run) => run.wallMs)),
    synthMs: median(runs.map((run) => run.synthMs)),
    peakMiB: median(runs.map((run) => run.peakMiB)),
  };
}

function ephemeral(i: number): EnvironmentInput {
  return {
    ...staging,
    name: `bench-${String(i).padStart(3, "0")}`,
    ttlHours: 4,
    network: { ...staging.network, vpcCidr: `10.${i + 2}.0.0/16` },
  };
}

function curveTargets(curve: readonly Point[]): Target[] {
  const [first, last] = [at(curve, 1), at(curve, 100)];
  const middle = at(curve, 50);
  const each = (from: Point, to: Point, of: (point: Point) => number) =>
    (of(to) - of(from)) / (to.environments - from.environments);
  const wall = (point: Point) => point.wallMs;
  return [
    {
      what: "time of each environment after the first",
      measured: each(first, last, wall),
      allowed: LARGEST_MS,
      unit: " ms",
    },
    {
      what: "memory of each environment after the first",
      measured: each(first, last, ({ peakMiB }) => peakMiB),
      allowed: LARGEST_MIB,
      unit: " MiB",
    },
    {
      what: "environments 50 to 100 beside 1 to 50, per environment",
      measured: each(middle, last, wall) / each(first, middle, wall),
      allowed: LARGEST_BEND,
      unit: "×",
    },
  ];
}

function at(curve: readonly Point[], environments: number): Point {
  return curve.find((point) => point.environments === environments)!;
}

function missed({ measured, allowed }: Target): boolean {
  return measured > allowed;
}

function machine(): string {
  const cores = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `Machine: ${cores.length} cores (${cores[0]?.model.trim()}), ${gibibytes} GiB memory, ${process.platform}/${process.arch}, Node ${process.version}.`;
}

function wholeTable({ bareMs, synthMs, ratio }: Whole, libraries: number): string {
  return `| whole process, median of ${RUNS} | time |
| --- | ---: |
| bare import of the ${libraries} library modules in use | ${bareMs.toFixed(0)} ms |
| \`tsx main.ts\` | ${synthMs.toFixed(0)} ms |
| ratio | ${ratio.toFixed(2)} |`;
}

function curveTable(curve: readonly Point[]): string {
  const rows = curve.map(
    ({ environments, wallMs, synthMs, peakMiB }) =>
      `| ${environments} | ${wallMs.toFixed(0)} ms | ${synthMs.toFixed(0)} ms | ${peakMiB.toFixed(0)} MiB |`,
  );
  return `| ephemeral environments, median of ${CURVE_RUNS} | whole process | load and synth in it | peak memory |
| ---: | ---: | ---: | ---: |
${rows.join("\n")}`;
}

function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => {
    const { what, measured, allowed, unit } = target;
    return `| ${what} | ${measured.toFixed(2)}${unit} | ${allowed}${unit} | ${missed(target) ? "missed" : "met"} |`;
  });
  return `| target | measured | at most | |
| --- | ---: | ---: | --- |
${rows.join("\n")}`;
}

/** Replaces what stands between the two marks of the report; the rest is written by hand. */
async function write(tables: string): Promise<void> {
  const text = readFileSync(REPORT, "utf8");
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${REPORT} must hold "${BEGIN}" and, after it, "${END}"`);
  const next = `${text.slice(0, before)}${BEGIN}\n\n${tables}\n\n${text.slice(after)}`;
  writeFileSync(REPORT, await format(next, { parser: "markdown" }));
}

void main();
