import { MINUTE, SECOND, formatInstant } from "./clock";
import { classify, describeError } from "./classify";
import { auditFor, PassContext, StandDown, type PassOptions, type PassResult, type World } from "./context";
import { finish } from "./finish";
import { refusals, planRefusals, type Refusal } from "./gates";
import { bareScope, scopeOf, takeInventory, type Inventory } from "./inventory";
import { endUnfinished } from "./leave";
import { LeaseLost, RecordChanged, type CleanupSession, type EnvScope } from "./ports";
import { dryRun } from "./plan";
import { refusalNotice } from "./report";
import { standDown } from "./stand-down";
import { warnIfDue } from "./warning";
import { Worklist } from "./worklist";

/** A pass leaves this much of the invocation's time for its checkpoint. */
const RESERVE = 60 * SECOND;

/** The lease outlives the invocation by this: whoever takes it next meets a dead process. */
const LEASE_MARGIN = MINUTE;

/** Whoever waits for another's lease comes this long after its end. */
const AFTER_LEASE = 5 * SECOND;

/** Rounds without any change after which a pass gives up and re-arms: about three minutes. */
const MAX_IDLE_ROUNDS = 38;

/** After so many rounds without change, everything is listed anew: something unseen may be in the way. */
const RELIST_ROUNDS = 8;

/** What is on its way out is looked at after the first of these, then ever less often while nothing changes. */
const POLLS = [SECOND / 2, SECOND, 2 * SECOND, 4 * SECOND, 5 * SECOND];

/** Another's lock on the state: tried again after this long. */
const LOCK_RETRY = 2 * MINUTE;

/** A lock older than this is an alarm. It is never taken by force. */
const STALE_LOCK = 2 * 60 * MINUTE;

/**
 * One pass over one environment: looks at what is there, deletes what is ready, polls, and stops at its
 * deadline with a schedule that wakes it again. Nothing depends on an earlier pass.
 */
export async function runPass(world: World, options: PassOptions): Promise<PassResult> {
  const { registry, clock } = world.ports;
  const { requestId } = world.invocation;
  const read = await registry.get(options.environment);
  if (read.kind === "missing") return { kind: "nothing", reason: "there is no record" };
  if (read.kind === "invalid") return invalid(world, options.environment, read.faults);
  const now = clock.now();
  const until = now + world.invocation.remainingMs() + LEASE_MARGIN;
  const lease = await registry.takeLease(options.environment, requestId, now, until);
  if (!lease) return await waitForLease(world, options);
  const pass = new PassContext(world, options, lease, read.record);
  try {
    await pass.refresh();
    const result = await runLeased(pass);
    if (!pass.completed) await registry.releaseLease(lease);
    return result;
  } catch (error) {
    if (error instanceof LeaseLost) return { kind: "nothing", reason: error.message };
    await pass.audit
      .write({ action: "pass", outcome: "failed", error: describeError(error) })
      .catch(() => undefined);
    // The lease runs out by itself; giving it back lets the retry begin at once.
    await registry.releaseLease(lease).catch(() => undefined);
    throw error;
  }
}

/**
 * Another pass is at it, or has died at it: then its lease runs on, and the schedule that woke us was the last.
 * So there is one when the lease is over. The other pass, if it lives, moves it or deletes it with its group.
 */
async function waitForLease(world: World, { environment }: PassOptions): Promise<PassResult> {
  const { registry, sessions, clock } = world.ports;
  const nothing = { kind: "nothing", reason: "another pass has the lease" } as const;
  const read = await registry.get(environment);
  if (read.kind !== "record") return nothing;
  const { schedules } = await sessions.open(bareScope(read.record), "clean");
  const { group, at } = await schedules.read(environment);
  if (group !== "active" || (at.rearm !== undefined && at.rearm > clock.now())) return nothing;
  const until = Math.max(clock.now(), read.record.leaseUntilMs ?? 0) + AFTER_LEASE;
  try {
    await schedules.put(environment, "rearm", until);
  } catch (error) {
    // The other pass has come to its end in this moment.
    if (classify(error, "scheduler").kind === "gone") return nothing;
    throw error;
  }
  const audit = auditFor(world, environment, false);
  await audit.write({ action: "rearm", outcome: formatInstant(until), error: nothing.reason });
  return { ...nothing, until: formatInstant(until) };
}

async function runLeased(pass: PassContext): Promise<PassResult> {
  const started = pass.now();
  try {
    await warnIfDue(pass);
    const shut = await shutGates(pass);
    if (shut.length > 0) return await standDown(pass, shut);
    if (!pass.world.config.deletionEnabled) return await onlyPlan(pass);
    if (pass.record.phase === "ACTIVE" || pass.record.phase === "WARNED") await pass.enter("EXPIRED");
    const busy = await lockState(pass);
    if (busy) return busy;
    await pass.refresh();
    const shutUnderLock = await shutGates(pass);
    if (shutUnderLock.length > 0) return await standDown(pass, shutUnderLock);
    return await clean(pass);
  } catch (error) {
    if (!(error instanceof StandDown || error instanceof RecordChanged)) throw error;
    await pass.refresh();
    const shut = await shutGates(pass);
    // Extended and taken back in the same moment: the next pass decides.
    const reason = { gate: "expired" as const, reason: error.message, alarm: false };
    return await standDown(pass, shut.length > 0 ? shut : [reason]);
  } finally {
    pass.ports.metrics.add("PassDurationMs", pass.now() - started);
  }
}

async function invalid(world: World, environment: string, faults: readonly string[]): Promise<PassResult> {
  world.ports.metrics.add("RecordsInvalid", 1);
  world.ports.metrics.add("CleanupFailed", 1);
  await world.ports.notifier.publish({
    kind: "alarm",
    environment,
    subject: `The record of ${environment} cannot be read`.slice(0, 100),
    text: `Neither warning nor deletion can be decided for ${environment}:\n${faults.map((fault) => `  ${fault}\n`).join("")}`,
  });
  return { kind: "invalid", faults };
}

async function shutGates(pass: Pick<PassContext, "world" | "options" | "record">): Promise<Refusal[]> {
  const { clock, identity } = pass.world.ports;
  const [who, authority] = await Promise.all([identity.get(), clock.authority()]);
  const { environment, override } = pass.options;
  const { record, world } = pass;
  return refusals(
    { environment, record, config: world.config, identity: who, now: clock.now(), authority },
    override,
  );
}

async function onlyPlan(pass: PassContext): Promise<PassResult> {
  const { plan, text } = await dryRun(pass.world, pass.record, pass.options);
  const subject = `${pass.options.environment} expired, but deletion is switched off`;
  await pass.tellOnce("alarm", "deletion is switched off", subject.slice(0, 100), text);
  return { kind: "planned", plan, text };
}

/** Takes Terraform's lock, its id written ahead; a result when another holds it. */
async function lockState(pass: PassContext): Promise<PassResult | undefined> {
  const { ids, metrics, sessions } = pass.ports;
  const lockId = pass.record.lockId ?? ids.uuid();
  if (pass.record.lockId === undefined) await pass.update({ lockId }, "guarded");
  const got = await pass.takeLock(lockId);
  await pass.audit.write({
    action: "lock",
    outcome: got.kind === "held" ? "held" : `held by ${got.holder.who}`,
  });
  if (got.kind === "held") return undefined;
  metrics.add("LockBusy", 1);
  const age = got.holder.created === undefined ? 0 : pass.now() - got.holder.created;
  if (age > STALE_LOCK) {
    const { id, who, operation } = got.holder;
    const reason = `Terraform's lock ${id} of ${who} (${operation}) is ${Math.floor(age / MINUTE)} min old; if nothing runs, terraform force-unlock ${id}`;
    metrics.add("CleanupFailed", 1);
    const text = refusalNotice(pass.record, [{ gate: "state-lock", reason, alarm: true }]);
    await pass.tellOnce("failure", `stale lock ${id}`, text.subject, text.text);
  }
  const session = await sessions.open(bareScope(pass.record), "clean");
  return { kind: "lockBusy", holder: got.holder, until: await pass.rearm(session, pass.now() + LOCK_RETRY) };
}

/** What a pass works with once the lock is held. */
interface Site {
  readonly env: EnvScope;
  readonly session: CleanupSession;
}

/** Scan, session, inventory. `undefined`: the state could not be read, so nothing may be decided. */
async function survey(
  pass: PassContext,
  site?: Site,
): Promise<{ site: Site; inventory: Inventory } | string> {
  const { discovery, sessions, metrics } = pass.ports;
  const { untouchable } = pass.world.config;
  const scan = await discovery.scan(pass.record);
  if (scan.state === "unreadable") {
    metrics.add("DiscoveryErrors", Math.max(1, scan.errors.length));
    return `the Terraform state cannot be read: ${scan.errors.join("; ")}`;
  }
  const env = scopeOf(pass.record, scan, untouchable);
  const [vpcId] = env.ownedVpcIds;
  if (vpcId !== undefined && pass.record.vpcId !== vpcId) await pass.update({ vpcId });
  // The session's tags name the VPC: one that was found later needs a new session.
  const same = site && (vpcId === undefined || site.env.ownedVpcIds[0] === vpcId);
  const session = same ? site.session : await sessions.open(env, "clean");
  const inventory = await takeInventory(env, pass.record, scan, session.handlers, untouchable);
  if (inventory.errors.length > 0) metrics.add("DiscoveryErrors", inventory.errors.length);
  return { site: { env, session }, inventory };
}

async function clean(pass: PassContext): Promise<PassResult> {
  const surveyed = await survey(pass);
  if (typeof surveyed === "string") {
    const session = await pass.ports.sessions.open(bareScope(pass.record), "clean");
    return endUnfinished(pass, session, { errors: [surveyed] });
  }
  let { site, inventory } = surveyed;
  const shut = planRefusals(inventory, pass.world.config, pass.options.override);
  if (shut.length > 0) return standDown(pass, shut);
  for (const { key, proofs, vetoes, verdict } of inventory.items) {
    pass.audit.note({
      action: "decide",
      resource: key,
      proof: proofs,
      outcome: verdict,
      error: vetoes.join("; ") || undefined,
    });
  }
  await pass.audit.flush();

  // From here on an extension is refused; one that came before makes this write fail.
  const firstDeleteAt = pass.record.firstDeleteAt ?? formatInstant(pass.now());
  await pass.update({ phase: "DELETING", firstDeleteAt, inventoryHash: inventory.hash }, "guarded");
  const checkpoint = await pass.ports.registry.unfinished(pass.options.environment).catch(() => []);
  const list = new Worklist(pass.ports, pass.audit, checkpoint, pass.record.deleted);
  await list.merge(inventory);

  let fresh = true;
  for (let idle = 0, round = 0; pass.remainingMs() > RESERVE && idle < MAX_IDLE_ROUNDS; round++) {
    if (!fresh && (!list.movable || (idle > 0 && idle % RELIST_ROUNDS === 0))) {
      const again = await survey(pass, site);
      if (typeof again === "string") {
        return endUnfinished(pass, site.session, { list, errors: [again] });
      }
      ({ site, inventory } = again);
      await list.merge(inventory);
      fresh = true;
    }
    // A list that failed may succeed in the next round: only a complete inventory ends the pass early.
    if (fresh && !list.movable && inventory.errors.length === 0) break;
    await stillDue(pass, list);
    if (!list.workloadLeft && list.left.length > 0) await pass.enter("FINALIZING");
    const changed = await list.round();
    fresh = false;
    idle = changed ? 0 : idle + 1;
    if (list.left.length > 0 && !list.ready) await pass.ports.clock.sleep(pollMs(pass, round, idle));
  }

  const { errors, unsupported } = inventory;
  if (list.left.length > 0 || !fresh || errors.length > 0 || unsupported.length > 0) {
    return endUnfinished(pass, site.session, { list, errors, unsupported });
  }
  return finish(pass, site.session, list.deleted, inventory.stateVersion);
}

/** Before every round: still ours, still expired, not protected. */
async function stillDue(pass: PassContext, { deleted }: Worklist): Promise<void> {
  const { expiresAt } = pass.record;
  const record = await pass.refresh();
  const extended = record.expiresAt !== expiresAt;
  if (!extended && !record.protected) return;
  await pass.update({ deleted });
  throw new StandDown(extended ? `extended from ${expiresAt} to ${record.expiresAt}` : "protected");
}

/** Give or take a tenth, so that passes over several environments do not march in step. */
function pollMs(pass: PassContext, round: number, idle: number): number {
  const spread = ((pass.lease.token * 7919 + round * 104_729) % 200) / 1000;
  return Math.round(POLLS[Math.min(idle, POLLS.length - 1)]! * (0.9 + spread));
}
