import { describeError } from "../../../cleanup/engine/classify";
import { Limiter } from "../../../cleanup/engine/limiter";
import { MINUTE } from "../../../cleanup/engine/time";
import { isTest, type RegistryRecord } from "../../../contract/registry";
import { TEST_SYSTEM } from "../../../contract/test-run";
import { repairClock } from "./arming";
import { sweepBoxes } from "./boxes";
import { overdueMinutes, sameInstant, times, WARN_LEAD } from "./clock";
import { auditFor, type PassOptions, type PassResult, type World } from "./context";
import { needsPass } from "./due";
import { bareScope } from "./leads";
import { PASS_NEEDS, work } from "./worker";

/** Number of environments whose schedules are repaired at the same time. */
const AT_ONCE = 8;

/** Maximum time until the next tick, including delays. */
const NEXT_TICK = 65 * MINUTE;

/** What a tick did, by environment; an error as text. */
export type TickResult = Readonly<
  Record<string, PassResult | { readonly kind: "failed"; readonly error: string }>
>;

/** Some environments failed; all others were handled. Thrown, so that the tick is retried. */
export class TickFailed extends Error {
  public override readonly name = "TickFailed";
}

/**
 * The hourly backstop: repairs the schedules of every open environment, ends admin boxes past their expiry, runs what is
 * due with the most overdue first, looks for orphans, and shows that the reaper is alive. It requires no schedule of an environment.
 */
export async function runTick(world: World): Promise<TickResult> {
  const { registry, clock, metrics } = world.ports;
  const results: Record<string, TickResult[string]> = {};
  const now = clock.now();
  const open = await registry.listOpen();
  const read = await registry.getAll(open);
  const records = read.flatMap((one) => (one.kind === "record" ? [one.record] : []));
  // `runPass` raises the alarm for an invalid record.
  const unread = read.flatMap((one) => (one.kind === "invalid" ? [one.environment] : []));
  records.sort((a, b) => times(a).expiresAt - times(b).expiresAt);
  metrics.add("EnvironmentsActive", records.length + unread.length);
  metrics.add("OverdueMinutes", await longestOverdue(world, records, now));

  const first: PassOptions[] = unread.map((environment) => ({ environment }));
  await new Limiter(AT_ONCE).all(records, async (record) => {
    const { environment } = record;
    try {
      const options = await serve(world, record);
      if (options) first.push(options);
      else results[environment] = { kind: "nothing", reason: "not due" };
    } catch (error) {
      results[environment] = { kind: "failed", error: describeError(error) };
    }
  });
  // Before the worker, which may use all of the time.
  try {
    for (const error of await sweepBoxes(world)) results[error] = { kind: "failed", error };
  } catch (error) {
    metrics.add("DiscoveryErrors", 1);
    results["(boxes)"] = { kind: "failed", error: describeError(error) };
  }
  try {
    await sweepOrphans(world, new Set(open));
  } catch (error) {
    metrics.add("DiscoveryErrors", 1);
    results["(orphans)"] = { kind: "failed", error: describeError(error) };
  }
  const hasTime = world.invocation.remainingMs() >= PASS_NEEDS;
  const done = first.length > 0 && hasTime ? await work(world, first) : undefined;
  for (const [environment, result] of done?.results ?? []) results[environment] = result;
  for (const [environment, error] of done?.errors ?? [])
    results[environment] = { kind: "failed", error: describeError(error) };
  for (const { environment } of first.filter((one) => results[one.environment] === undefined))
    results[environment] =
      done || !hasTime
        ? await comeBack(world, environment)
        : { kind: "nothing", reason: "another worker is running" };
  metrics.add("Heartbeat", 1);
  const failed = Object.entries(results).flatMap(([name, result]) =>
    result.kind === "failed" ? [`${name}: ${result.error}`] : [],
  );
  if (failed.length > 0) throw new TickFailed(failed.join("; "));
  return results;
}

/** Only of what the reaper may delete: nothing is overdue that people chose to keep. */
async function longestOverdue(
  { ports: { registry } }: World,
  records: readonly RegistryRecord[],
  now: number,
): Promise<number> {
  const [stacks, tests] = await Promise.all([registry.deletionEnabled(), registry.deletionEnabled("test")]);
  const deletable = records.filter((record) => !record.protected && (isTest(record) ? tests : stacks));
  return Math.max(0, ...deletable.map((record) => overdueMinutes(record, now)));
}

/** Repairs the schedules of an environment; returns what a pass has to do for it now, if anything. */
async function serve(world: World, record: RegistryRecord): Promise<PassOptions | undefined> {
  const { environment } = record;
  const { expiresAt, warnAt } = times(record);
  const now = world.ports.clock.now();
  const unwarned = !sameInstant(record.warnFor, record.expiresAt);
  const isNear = (unwarned ? Math.min(expiresAt, warnAt) : expiresAt) - now <= NEXT_TICK;
  // The next tick repairs a schedule that fires after it.
  const repaired = isNear ? await repairClock(world, record) : true;
  const warnEarly = !repaired && unwarned && isNear;
  return warnEarly || needsPass(record, now) ? { environment, warnEarly } : undefined;
}

/** A separate schedule for an environment that this tick has no time for. */
async function comeBack(world: World, environment: string): Promise<TickResult[string]> {
  const { registry, sessions, clock } = world.ports;
  const read = await registry.get(environment);
  if (read.kind !== "record" || isTest(read.record)) {
    return { kind: "nothing", reason: "no time left in this tick" };
  }
  const { schedules } = await sessions.open(bareScope(read.record), "clean");
  await schedules.put(environment, "rearm", clock.now() + MINUTE);
  return { kind: "nothing", reason: "no time left in this tick: re-armed" };
}

/**
 * Handles tagged resources without an open record. If they belong to a finished environment and the independent listing
 * confirms them, its record is opened again, with a new warning and age. If no one registered them, they are counted for
 * the alarm and not deleted. The same applies if the environment was deployed again since, because the old record says
 * nothing about its new life.
 */
async function sweepOrphans(world: World, open: ReadonlySet<string>): Promise<void> {
  const { discovery, registry, residual, metrics, clock } = world.ports;
  let orphans = 0;
  for (const environment of await discovery.names()) {
    if (open.has(environment)) continue;
    // The index of open records lags, so a resource with a new record is not an orphan. One that someone took out of the
    // index would never be seen again.
    if ((await registry.get(environment)).kind !== "missing") {
      await registry.relist(environment);
      continue;
    }
    const tagged = await discovery.tagged(environment);
    const arns = tagged.map(({ arn }) => arn);
    if (arns.length === 0) continue;
    const audit = auditFor(world, environment, false);
    const done = await registry.lastDone(environment);
    if (
      !done &&
      tagged.every(({ system }) => system === TEST_SYSTEM) &&
      (await isGhost(world, environment))
    ) {
      continue;
    }
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

/**
 * A test run's command deletes its record with the last resource, and the tag index still has them for hours. Only what
 * the independent listing confirms is left.
 */
async function isGhost({ ports }: World, environment: string): Promise<boolean> {
  const { accountId, region } = await ports.identity.get();
  const { items, errors } = await ports.residual.list({
    environment,
    system: TEST_SYSTEM,
    accountId,
    region,
  });
  if (errors.length > 0) ports.metrics.add("DiscoveryErrors", errors.length);
  return items.length === 0;
}

/** The end empties the state. One with resources, or an unreadable one, was written by a later deployment. */
async function livesAgain({ ports }: World, done: RegistryRecord): Promise<boolean> {
  const { state } = await ports.discovery.scan(done);
  return state === "unreadable" || state.length > 0;
}
