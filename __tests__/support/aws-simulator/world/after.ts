import type { Call } from "../kernel/call";
import type { Duration } from "../kernel/random";

/**
 * Assumed durations of what AWS does asynchronously, in milliseconds; nobody publishes them. Medians follow
 * the estimates of the design notes, the tails are wider than seen.
 */
export const DURATIONS = {
  natGateway: { median: 50_000, p95: 110_000, atMost: 240_000 },
  endpoint: { median: 35_000, p95: 110_000, atMost: 200_000 },
  loadBalancerInterfaces: { median: 50_000, p95: 130_000, atMost: 240_000 },
  targetGroupRelease: { median: 3_000, p95: 15_000, atMost: 60_000 },
  taskStop: { median: 20_000, p95: 40_000, atMost: 90_000 },
  taskInterface: { median: 8_000, p95: 30_000, atMost: 90_000 },
  serviceInactive: { median: 4_000, p95: 20_000, atMost: 60_000 },
  scaleUpAgain: { median: 20_000, p95: 40_000, atMost: 60_000 },
  database: { median: 330_000, p95: 600_000, atMost: 1_200_000 },
  databaseModify: { median: 5_000, p95: 30_000, atMost: 90_000 },
  certificateRelease: { median: 10_000, p95: 60_000, atMost: 180_000 },
  logDelivery: { median: 30_000, p95: 60_000, atMost: 90_000 },
  tagIndex: { median: 120_000, p95: 900_000, atMost: 3_600_000 },
  table: { median: 4_000, p95: 15_000, atMost: 60_000 },
  taskDefinition: { median: 5_000, p95: 20_000, atMost: 60_000 },
  natRecord: { median: 3_600_000, p95: 3_700_000, atMost: 3_800_000 },
} as const satisfies Record<string, Duration>;

/** Lets something happen inside AWS later. */
export function after(call: Call, duration: Duration, run: () => void): void {
  call.clock.at(call.clock.now() + call.random.duration(duration), run);
}
