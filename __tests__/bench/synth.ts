import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type { EnvironmentInput } from "../../environments/schema";
import { staging } from "../../environments/staging";
import { median, runTsx } from "./processes";
import { machine, publish, table, type Target } from "./report";

/**
 * `npm run bench:synth`: how long synth takes beside the bare import of its libraries, and what each environment
 * adds. Prints the tables and writes them into docs/benchmarks.md. A missed target ends it with exit code 1.
 */

const ROOT = join(__dirname, "..", "..");

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
  /** Time of all cores together, a busy machine changes it little. */
  readonly cpuMs: number;
  readonly peakMiB: number;
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const libraries = await librariesInUse();
    const whole = wholeApp(scratch, libraries);
    const curve = measureCurve(scratch);
    const targets = [
      {
        what: "whole synth beside the bare import",
        measured: whole.ratio,
        allowed: LARGEST_RATIO,
        unit: "×",
      },
      ...curveTargets(curve),
    ];
    const tables = [machine(), wholeTable(whole, libraries.length), curveTable(curve)];
    await publish("npm run bench:synth", tables, targets);
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

/** Ephemeral environments have no Task API. */
const { taskApi: _, ...ephemeralShape } = staging;

/** Prod, staging and a number of ephemeral environments, each time in a fresh process; the curve is run in turns. */
function measureCurve(scratch: string): Point[] {
  const drivers = CURVE.map((environments) =>
    writeProject(join(scratch, `curve-${environments}`), environments),
  );
  const rounds = Array.from({ length: CURVE_RUNS }, () =>
    drivers.map((driver) => {
      const { wallMs, output } = runTsx(driver, { cwd: ROOT, outdir: join(dirname(driver), "out") });
      return { wallMs, ...(JSON.parse(output) as { cpuMs: number; peakMiB: number }) };
    }),
  );
  return CURVE.map((environments, i) => {
    const typical = (of: (run: Omit<Point, "environments">) => number) =>
      median(rounds.map((round) => of(round[i]!)));
    return {
      environments,
      wallMs: typical(({ wallMs }) => wallMs),
      cpuMs: typical(({ cpuMs }) => cpuMs),
      peakMiB: typical(({ peakMiB }) => peakMiB),
    };
  });
}

/** A folder with this project's own `main.ts` in it, but other ephemeral environments; returns the file to run. */
function writeProject(folder: string, environments: number): string {
  mkdirSync(join(folder, "environments", "ephemeral"), { recursive: true });
  for (const of of ["stacks", "lambda/ttl-cleanup"]) mkdirSync(join(folder, of), { recursive: true });
  copyFileSync(join(ROOT, "main.ts"), join(folder, "main.ts"));
  for (const module of [
    "environments/index",
    "lambda/ttl-cleanup/build",
    "stacks/app",
    "stacks/token-traces",
  ]) {
    writeFileSync(join(folder, `${module}.ts`), `export * from ${JSON.stringify(join(ROOT, module))};\n`);
  }
  for (let i = 0; i < environments; i++) {
    const environment = ephemeral(i);
    const file = join(folder, "environments", "ephemeral", `${environment.name}.json`);
    writeFileSync(file, JSON.stringify(environment));
  }
  const driver = join(folder, "driver.ts");
  writeFileSync(
    driver,
    `process.on("exit", () => {
       const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
       console.log(JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMiB: maxRSS / 1024 }));
     });
     import "./main";\n`,
  );
  return driver;
}

function ephemeral(i: number): EnvironmentInput {
  return {
    ...ephemeralShape,
    name: `bench-${String(i).padStart(3, "0")}`,
    ttlHours: 4,
    automock: {
      ...ephemeralShape.automock,
      network: { ...staging.automock.network, vpcCidr: `10.${i < 90 ? i + 2 : i + 20}.0.0/16` },
    },
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

function wholeTable({ bareMs, synthMs, ratio }: Whole, libraries: number): string {
  return table(
    [`whole process, median of ${RUNS}`, "time"],
    [
      [`bare import of the ${libraries} library modules in use`, `${bareMs.toFixed(0)} ms`],
      ["`tsx main.ts`", `${synthMs.toFixed(0)} ms`],
      ["ratio", ratio.toFixed(2)],
    ],
  );
}

function curveTable(curve: readonly Point[]): string {
  return table(
    [`ephemeral environments, median of ${CURVE_RUNS}`, "whole process", "CPU time", "peak memory"],
    curve.map(({ environments, wallMs, cpuMs, peakMiB }) => [
      String(environments),
      `${wallMs.toFixed(0)} ms`,
      `${cpuMs.toFixed(0)} ms`,
      `${peakMiB.toFixed(0)} MiB`,
    ]),
  );
}

void main();
