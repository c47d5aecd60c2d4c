import { publish, table, type Target } from "./report";
import { percentile } from "./statistics";
import { runCrowd, tickAtRest, type Crowd } from "./ttl-crowd";

/**
 * `npm run bench:crowd [count ...]`: how long environments take that all expire in the same minute, in the simulated AWS
 * with its rate limits, and how long the tick takes over environments at rest. Writes both into docs/benchmarks.md.
 */

const COUNTS = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 10, 30, 60, 120, 200];
const LONGEST_MINUTES = 10;
const MOST_CALLS = 1000;
const AT_REST = 5000;
const LONGEST_TICK_SECONDS = 60;

const minutes = ({ wholeMinutes }: Crowd, share: number) => percentile(wholeMinutes, share);

async function main(): Promise<void> {
  const crowds: Crowd[] = [];
  for (const count of COUNTS) {
    crowds.push(await runCrowd(count));
    process.stderr.write(`${count} done\n`);
  }
  const rest = await tickAtRest(AT_REST);
  const curve = table(
    ["environments at once", "gone", "p50", "p99", "calls each", "throttled", "timed out", "failure notices"],
    crowds.map((crowd) => [
      String(crowd.count),
      String(crowd.wholeMinutes.length),
      `${minutes(crowd, 0.5).toFixed(1)} min`,
      `${minutes(crowd, 0.99).toFixed(1)} min`,
      crowd.callsEach.toFixed(0),
      `${(100 * crowd.throttled).toFixed(1)} %`,
      String(crowd.dead),
      String(crowd.failureNotices),
    ]),
  );
  const largest = crowds.at(-1)!;
  const targets: Target[] = [
    {
      what: `expiry to finished record, p99 of ${largest.count}`,
      measured: minutes(largest, 0.99),
      allowed: LONGEST_MINUTES,
      unit: " min",
    },
    {
      what: `API calls of each of ${largest.count}`,
      measured: largest.callsEach,
      allowed: MOST_CALLS,
      unit: "",
    },
    { what: "failure notices", measured: largest.failureNotices, allowed: 0, unit: "" },
    {
      what: `tick over ${AT_REST} environments at rest (${rest.calls} API calls)`,
      measured: rest.seconds,
      allowed: LONGEST_TICK_SECONDS,
      unit: " s",
    },
  ];
  await publish("npm run bench:crowd", [curve], targets);
}

void main();
