import { describeError } from "../../../cleanup/engine/classify";
import { MINUTE } from "../../../cleanup/engine/time";
import { hasNotice } from "../../../contract/notice";
import type { RegistryRecord } from "../../../contract/registry";
import { repairClock } from "./arming";
import { overdueMinutes, sameInstant, times, WARN_LEAD, warningDue } from "./clock";
import { auditFor, type PassResult, type World } from "./context";
import { bareScope } from "./leads";
import { runPass } from "./pass";

/** Environments worked on at the same time. */
const AT_ONCE = 4;

/** With less time than this, an environment gets a schedule of its own instead of a pass. */
const PASS_NEEDS = 4 * MINUTE;

/** The next tick may be this far away, with some delay. */
const NEXT_TICK = 65 * MINUTE;

/** What a tick did, by environment; an error as text. */
export type TickResult = Readonly<
  Record<string, PassResult | { readonly kind: "failed"; readonly error: string }>
>;

/** Something went wrong for some environments; all others were served. Thrown, so that the tick is retried. */
export class TickFailed extends Error {
  public override readonly name = "TickFailed";
}

/**
 * The hourly backstop: repairs the clock of every open environment, runs what is due with the most overdue
 * first, looks for orphans, and shows that the reaper lives. Needs no schedule group.
 */
export async function runTick(world: World): Promise<TickResult> {
  const { registry, clock, metrics } = world.ports;
  const results: Record<string, TickResult[string]> = {};
  const now = clock.now();
  const open = await registry.listOpen();
  const records: RegistryRecord[] = [];
  const unread: string[] = [];
  for (const environment of open) {
    try {
      const read = await registry.get(environment);
      if (read.kind === "record") records.push(read.record);
      // `runPass` raises the alarm for what cannot be understood; what is gone has finished meanwhile.
      else if (read.kind === "invalid") unread.push(environment);
    } catch (error) {
      results[environment] = { kind: "failed", error: describeError(error) };
    }
  }
  records.sort((a, b) => times(a).expiresAt - times(b).expiresAt);
  metrics.add("EnvironmentsActive", records.length + unread.length);
  const overdue = records.filter((record) => !record.protected).map((record) => overdueMinutes(record, now));
  metrics.add("OverdueMinutes", Math.max(0, ...overdue));

  const jobs: [string, () => Promise<PassResult>][] = [
    ...records.map((record): [string, () => Promise<PassResult>] => [
      record.environment,
      () => serve(world, record),
    ]),
    ...unread.map((environment): [string, () => Promise<PassResult>] => [
      environment,
      () => runPass(world, { environment }),
    ]),
  ];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const [environment, run] = job;
        results[environment] = await run().catch((error: unknown) => ({
          kind: "failed",
          error: describeError(error),
        }));
      }
    }),
  );
  try {
    await sweepOrphans(world, new Set(open));
  } catch (error) {
    metrics.add("DiscoveryErrors", 1);
    results["(orphans)"] = { kind: "failed", error: describeError(error) };
  }
  metrics.add("Heartbeat", 1);
  const failed = Object.entries(results).flatMap(([name, result]) =>
    result.kind === "failed" ? [`${name}: ${result.error}`] : [],
  );
  if (failed.length > 0) throw new TickFailed(failed.join("; "));
  return results;
}

async function serve(world: World, record: RegistryRecord): Promise<PassResult> {
  const { environment } = record;
  const repaired = await repairClock(world, record);
  const { expiresAt, warnAt } = times(record);
  const now = world.ports.clock.now();
  const unwarned = !sameInstant(record.warnFor, record.expiresAt);
  const warnEarly = !repaired && unwarned && Math.min(expiresAt, warnAt) - now <= NEXT_TICK;
  if (!warnEarly && !needsPass(record, now)) return { kind: "nothing", reason: "not due" };
  if (world.invocation.remainingMs() >= PASS_NEEDS) return runPass(world, { environment, warnEarly });
  const { schedules } = await world.ports.sessions.open(bareScope(record), "clean");
  await schedules.put(environment, "rearm", now + MINUTE);
  return { kind: "nothing", reason: "no time left in this tick: re-armed" };
}

/** Whether a pass could do anything for the record: warn, delete, or put its phase right. */
export function needsPass(record: RegistryRecord, now: number): boolean {
  if (record.lockId !== undefined) return true;
  const quiet = record.phase === "ACTIVE" || record.phase === "WARNED";
  if (record.protected) return !quiet || hasNotice(record);
  if (!quiet || now >= times(record).expiresAt || warningDue(record, now)) return true;
  return record.phase === "WARNED" && !sameInstant(record.warnFor, record.expiresAt);
}

/**
 * Tagged resources without an open record. Those of a finished environment, if the independent listing
 * confirms them, open it again, with a warning and an age of its own; those that nobody registered are counted for the alarm, not deleted. So are those
 * of a finished environment that lives again: its old record says nothing about its new life.
 */
async function sweepOrphans(world: World, open: ReadonlySet<string>): Promise<void> {
  const { discovery, registry, residual, metrics, clock } = world.ports;
  let orphans = 0;
  for (const [environment, arns] of await discovery.tagged()) {
    if (open.has(environment)) continue;
    // The index of open records lags: a new record is not an orphan's.
    if ((await registry.get(environment)).kind !== "missing") continue;
    const audit = auditFor(world, environment, false);
    const done = await registry.lastDone(environment);
    if (!done || (await livesAgain(world, done))) {
      orphans += arns.length;
      await audit.write({
        action: "orphans",
        outcome: `${arns.length} tagged, no record`,
        resource: arns.slice(0, 20).join(", "),
      });
      continue;
    }
    const { items, errors } = await residual.list(done);
    if (errors.length > 0) metrics.add("DiscoveryErrors", errors.length);
    if (items.length === 0) continue;
    await registry.reopen(done, clock.now() + WARN_LEAD, clock.now());
    await audit.write({
      action: "reopen",
      outcome: `${items.length} still there`,
      resource: items
        .map(({ type, id }) => `${type} ${id}`)
        .slice(0, 20)
        .join(", "),
    });
  }
  metrics.add("OrphansFound", orphans);
}

/** The end empties the state: one that has resources, or cannot be read, was written by a later deploy. */
async function livesAgain({ ports }: World, done: RegistryRecord): Promise<boolean> {
  const { state } = await ports.discovery.scan(done);
  return state === "unreadable" || state.length > 0;
}
