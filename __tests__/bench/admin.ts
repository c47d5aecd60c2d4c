import "../../operations/aws/quiet-sdk";
import { launch, type FleetAnswer } from "../../operations/admin-box/launch";
import { LATE_SECONDS, untilStarted } from "../../operations/admin-box/wait";
import { AdminStage } from "../support/admin-command";
import { machine, publish, table, type Target } from "./report";
import { percentile } from "./statistics";

/**
 * `npm run bench:admin`: the calls of `automock admin up` on the local AWS, and the time to its shell simulated from
 * published durations. Writes both into docs/benchmarks.md.
 */

const UPS = 5;
const RUNS = 10_000;
const MOST_CALLS = 25;

/** A median and a 95th percentile, in seconds. */
type Duration = readonly [median: number, p95: number];

/** Sources: docs/benchmarks.md, "Published". */
const PUBLISHED = {
  createFleet: [2.5, 5],
  pendingToRunning: [17.5, 21],
  boot: [3.2, 5],
  call: [0.08, 0.3],
  /** From the pushed key to the shell. */
  instanceConnect: [3.9, 6],
} satisfies Record<string, Duration>;
/** Share of launches that find no Spot capacity. Assumed. */
const NO_SPOT = 0.05;

interface Assumption {
  readonly what: string;
  readonly agent: Duration;
  readonly instanceConnect: boolean;
}

const ASSUMPTIONS: readonly Assumption[] = [
  { what: "agent 8 s (p95 20 s)", agent: [8, 20], instanceConnect: false },
  { what: "agent 15 s (p95 45 s)", agent: [15, 45], instanceConnect: false },
  {
    what: `agent 15 s (p95 45 s), Instance Connect after ${LATE_SECONDS} s`,
    agent: [15, 45],
    instanceConnect: true,
  },
];

/** The same numbers on every machine. */
function seeded(seed: number) {
  let state = seed;
  const uniform = () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    /** Log-normal. */
    seconds: ([median, p95]: Duration) => median * Math.exp((normal() * Math.log(p95 / median)) / 1.645),
  };
}

/** One launch by the command's own code, in virtual time. @returns seconds to the shell */
async function simulate(
  { uniform, seconds }: ReturnType<typeof seeded>,
  { agent, instanceConnect }: Assumption,
) {
  let now = 0;
  const spend = (duration: Duration) => (now += seconds(duration) * 1000);
  const ports = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const noSpot = uniform() < NO_SPOT;
  spend(PUBLISHED.call); // prices, subnets, quotas and caller at once
  const candidate = { instanceType: "t3.small", subnetId: "subnet-a", availabilityZone: "us-east-1a" };
  const createFleet = async ({ ClientToken }: { ClientToken?: string }): Promise<FleetAnswer> => {
    spend(PUBLISHED.createFleet);
    return noSpot && ClientToken!.endsWith("spot")
      ? { Errors: [{ ErrorCode: "InsufficientInstanceCapacity" }] }
      : { Instances: [{ InstanceIds: ["i-1"], InstanceType: "t3.small" }] };
  };
  const order = { id: "x", launchTemplate: "x", candidates: [candidate], tags: {} };
  await launch({ ...order, markets: ["spot", "on-demand"] }, { ...ports, createFleet });
  const sshAt = now + (seconds(PUBLISHED.pendingToRunning) + seconds(PUBLISHED.boot)) * 1000;
  const agentAt = sshAt + seconds(agent) * 1000;
  spend(PUBLISHED.call); // the schedule
  spend(PUBLISHED.call); // the list
  const late = new AbortController();
  const start = async () => {
    spend(PUBLISHED.call);
    if (now < agentAt) throw Object.assign(new Error("late"), { name: "TargetNotConnected" });
  };
  const onLate = () => (instanceConnect ? late.abort() : undefined);
  await untilStarted({ start, isAlive: async () => true, onLate, signal: late.signal }, ports).catch(() => {
    now = Math.max(now, sshAt);
    spend(PUBLISHED.instanceConnect);
  });
  return now / 1000;
}

/** Calls of whole `up`s whose shell ends at once. */
async function calls(): Promise<{ readonly all: number; readonly left: number }> {
  const stage = await AdminStage.open();
  try {
    const before = stage.aws.calls.all().length;
    for (let i = 0; i < UPS; i++) {
      const { exitCode, stderr } = await stage.run("up", "--reason", "bench");
      if (exitCode !== 0) throw new Error(stderr);
    }
    const all = (stage.aws.calls.all().length - before) / UPS;
    return { all, left: (await stage.listed()).length };
  } finally {
    await stage.close();
  }
}

async function main(): Promise<void> {
  const { all, left } = await calls();
  const rows: string[][] = [];
  for (const assumption of ASSUMPTIONS) {
    const random = seeded(42);
    const found: number[] = [];
    for (let i = 0; i < RUNS; i++) found.push(await simulate(random, assumption));
    const sorted = found.sort((a, b) => a - b);
    const over = (100 * found.filter((seconds) => seconds > 60).length) / RUNS;
    const at = (share: number) => `${percentile(sorted, share).toFixed(1)} s`;
    rows.push([assumption.what, at(0.5), at(0.95), at(0.99), `${over.toFixed(1)} %`]);
  }
  const simulated = table(
    [`**simulated**: ${RUNS} launches, time from the command to the shell`, "median", "p95", "p99", "over 60 s"], // prettier-ignore
    rows,
  );
  const targets: Target[] = [
    { what: "calls of `up` with a shell, its end included", measured: all, allowed: MOST_CALLS, unit: "" },
    { what: "boxes left afterwards", measured: left, allowed: 0, unit: "" },
  ];
  await publish("npm run bench:admin", [machine(), simulated], targets);
}

void main();
