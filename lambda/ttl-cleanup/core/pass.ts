import { describeError } from "../../../cleanup/engine/classify";
import { scopeOf, takeInventory, type Inventory } from "../../../cleanup/engine/inventory";
import type { EnvScope } from "../../../cleanup/engine/resource";
import { run } from "../../../cleanup/engine/run";
import { MINUTE, SECOND } from "../../../cleanup/engine/time";
import { Worklist } from "../../../cleanup/engine/worklist";
import { isTest } from "../../../contract/registry";
import { formatInstant, times } from "./clock";
import {
  auditFor,
  begun,
  faultHash,
  gateInput,
  PassContext,
  StandDown,
  type PassOptions,
  type PassResult,
  type World,
} from "./context";
import { finish } from "./finish";
import { planRefusals, refusals, type Refusal } from "./gates";
import { bareScope, leadsOf } from "./leads";
import { endUnfinished } from "./leave";
import { dryRun } from "./plan";
import { LeaseLost, RecordChanged, type CleanupSession } from "./ports";
import { dryRunNotice, invalidNotice, refusalNotice } from "./report";
import { standDown } from "./stand-down";
import { warnIfDue } from "./warning";

/** Time of the invocation that a pass reserves for its checkpoint. */
const RESERVE = 60 * SECOND;

/** The lease outlives the invocation by this, so that the next owner never meets a live process. */
const LEASE_MARGIN = MINUTE;

/** A pass that waits for another's lease starts this long after its end. */
const AFTER_LEASE = 5 * SECOND;

/** Time until the next attempt while another holds the lock on the state. */
const LOCK_RETRY = 2 * MINUTE;

/** An older lock raises an alarm. It is never taken by force. */
const STALE_LOCK = 2 * 60 * MINUTE;

/**
 * One pass over one environment: lists what exists, deletes what is ready, polls, and stops at its deadline with a
 * schedule for the next pass. It depends on no earlier pass.
 */
export async function runPass(world: World, options: PassOptions): Promise<PassResult> {
  const { registry, clock } = world.ports;
  const read = await registry.get(options.environment);
  if (read.kind === "missing") return { kind: "nothing", reason: "there is no record" };
  if (read.kind === "invalid") return invalid(world, options.environment, read);
  const now = clock.now();
  const until = now + world.invocation.remainingMs() + LEASE_MARGIN;
  const lease = await registry.takeLease(options.environment, world.invocation.requestId, now, until);
  if (!lease) return await waitForLease(world, options);
  const pass = new PassContext(world, options, lease, read.record);
  try {
    await pass.refresh();
    const result = await runLeased(pass);
    if (!pass.completed) await registry.releaseLease(lease);
    return result;
  } catch (error) {
    if (error instanceof LeaseLost) return { kind: "nothing", reason: error.message, ...begun(pass.record) };
    await pass.audit
      .write({ action: "pass", outcome: "failed", error: describeError(error) })
      .catch(() => undefined);
    // The lease expires by itself; releasing it lets the retry begin at once.
    await registry.releaseLease(lease).catch(() => undefined);
    throw error;
  }
}

/**
 * Another pass is running or has died. In the second case its lease still runs and no further schedule exists, so one is
 * created for the end of the lease. If the other pass is alive, it moves or deletes that schedule.
 */
async function waitForLease(world: World, { environment }: PassOptions): Promise<PassResult> {
  const { registry, sessions, clock } = world.ports;
  const read = await registry.get(environment);
  const nothing = {
    kind: "nothing",
    reason: "another pass has the lease",
    ...(read.kind === "record" && begun(read.record)),
  } as const;
  if (read.kind !== "record" || isTest(read.record)) return nothing;
  const { schedules } = await sessions.open(bareScope(read.record), "clean");
  const { rearm } = await schedules.read(environment);
  if (rearm !== undefined && rearm > clock.now()) return nothing;
  const until = Math.max(clock.now(), read.record.leaseUntilMs ?? 0) + AFTER_LEASE;
  await schedules.put(environment, "rearm", until);
  // The other pass may have ended just now: then nothing of the environment may be left.
  if ((await registry.get(environment)).kind === "missing") {
    await schedules.deleteAll(environment);
    return nothing;
  }
  const line = { action: "rearm", outcome: formatInstant(until), error: nothing.reason };
  await auditFor(world, environment, false).write(line);
  return { ...nothing, until: formatInstant(until) };
}

async function runLeased(pass: PassContext): Promise<PassResult> {
  const started = pass.now();
  try {
    await pass.forgetFaults();
    await warnIfDue(pass);
    const shut = await shutGates(pass);
    if (shut.length > 0) return isDryRun(pass, shut) ? await onlyPlan(pass) : await standDown(pass, shut);
    if (pass.record.phase === "ACTIVE" || pass.record.phase === "WARNED") await pass.enter("EXPIRED");
    const busy = isTest(pass.record) ? undefined : await lockState(pass);
    if (busy) return busy;
    await pass.refresh();
    const shutUnderLock = await shutGates(pass);
    if (shutUnderLock.length > 0) return await standDown(pass, shutUnderLock);
    return await clean(pass);
  } catch (error) {
    if (!(error instanceof StandDown || error instanceof RecordChanged)) throw error;
    await pass.refresh();
    const shut = await shutGates(pass);
    // Extended and taken back at the same time: the next pass decides.
    const reason = { gate: "expired" as const, reason: error.message, alarm: false };
    return await standDown(pass, shut.length > 0 ? shut : [reason]);
  } finally {
    pass.ports.metrics.add("PassDurationMs", pass.now() - started);
  }
}

async function invalid(
  world: World,
  environment: string,
  { faults, owner }: { readonly faults: readonly string[]; readonly owner?: string },
): Promise<PassResult> {
  world.ports.metrics.add("RecordsInvalid", 1);
  world.ports.metrics.add("CleanupFailed", 1);
  const { registry, notifier } = world.ports;
  if (!(await registry.tellOfFault(environment, faultHash(faults)))) return { kind: "invalid", faults };
  try {
    await notifier.publish({
      kind: "alarm",
      environment,
      owner,
      ...invalidNotice(world.config, environment, owner, faults),
    });
  } catch (error) {
    world.ports.metrics.add("NoticesFailed", 1);
    await registry.tellOfFault(environment, null);
    throw error;
  }
  return { kind: "invalid", faults };
}

async function shutGates({ world, record, options }: PassContext): Promise<Refusal[]> {
  return refusals(await gateInput(world, { environment: options.environment, record }), options.override);
}

/** All that keeps the environment is that deletion is not enabled here, and none of it is deleted yet. */
function isDryRun({ record }: PassContext, shut: readonly Refusal[]): boolean {
  return (
    !isTest(record) && record.firstDeleteAt === undefined && shut.every(({ gate }) => gate === "deletion")
  );
}

const DRY_RUN = "deletion is not enabled";

/** Tells once what would be deleted. */
async function onlyPlan(pass: PassContext): Promise<PassResult> {
  await pass.releaseLock();
  if (["ACTIVE", "WARNED"].includes(pass.record.phase)) await pass.enter("EXPIRED");
  if (pass.hasTold("alarm", DRY_RUN)) return { kind: "nothing", reason: DRY_RUN };
  const { plan, text } = await dryRun(pass.world, pass.record, pass.options);
  const { subject, text: told } = dryRunNotice(pass.record, text);
  await pass.tellOnce("alarm", DRY_RUN, subject, told);
  return { kind: "planned", plan, text };
}

/** Takes Terraform's lock, after its id is recorded; returns a result if another holds it. */
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
  const { id, who, operation, created } = got.holder;
  // A lock without a time counts as being as old as the wait for it.
  const age = pass.now() - (created ?? times(pass.record).expiresAt);
  if (age > STALE_LOCK) {
    const old = created === undefined ? "of unknown age" : `${Math.floor(age / MINUTE)} min old`;
    const reason = `Terraform's lock ${id} of ${who} (${operation}) is ${old}; if nothing runs, npx automock plan ${pass.record.system}-${pass.record.environment} says how to release it`;
    metrics.add("CleanupFailed", 1);
    const text = refusalNotice(pass.record, [{ gate: "state-lock", reason, alarm: true }]);
    // Sent again every day.
    const days = Math.floor(age / (24 * 60 * MINUTE));
    await pass.tellOnce("failure", `stale lock ${id} ${days}`, text.subject, text.text);
  }
  const session = await sessions.open(bareScope(pass.record), "clean");
  const until = await pass.rearm(session, pass.now() + LOCK_RETRY);
  return { kind: "lockBusy", holder: got.holder, until, ...begun(pass.record) };
}

/** What a pass uses once it holds the lock. */
interface Survey {
  readonly env: EnvScope;
  readonly session: CleanupSession;
  readonly inventory: Inventory;
  /** Version of the state that served as the inventory. */
  readonly stateVersion?: string;
}

/** Scan, session and inventory. Returns a text if the state cannot be read, so nothing may be decided. */
async function survey(pass: PassContext, before?: Survey): Promise<Survey | string> {
  const { discovery, sessions, metrics } = pass.ports;
  const scan = await discovery.scan(pass.record);
  if (scan.state === "unreadable") {
    metrics.add("DiscoveryErrors", Math.max(1, scan.errors.length));
    return `the Terraform state cannot be read: ${scan.errors.join("; ")}`;
  }
  const leads = leadsOf(pass.record, scan, pass.world.config.untouchable);
  const env = scopeOf(pass.record, leads);
  const [vpcId] = env.ownedVpcIds;
  if (vpcId !== undefined && pass.record.vpcId !== vpcId) await pass.update({ vpcId });
  // The session's tags name the VPC, so a VPC that is found later requires a new session.
  const same = before && (vpcId === undefined || before.env.ownedVpcIds[0] === vpcId);
  const session = same ? before.session : await sessions.open(env, "clean");
  const inventory = await takeInventory(env, leads, session.handlers);
  if (inventory.errors.length > 0) metrics.add("DiscoveryErrors", inventory.errors.length);
  return { env, session, inventory, stateVersion: scan.stateVersion };
}

async function clean(pass: PassContext): Promise<PassResult> {
  const first = await survey(pass);
  if (typeof first === "string") {
    const session = await pass.ports.sessions.open(bareScope(pass.record), "clean");
    return endUnfinished(pass, session, { errors: [first] });
  }
  const { inventory } = first;
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

  // From here on extensions are refused. An earlier one makes this write fail.
  const firstDeleteAt = pass.record.firstDeleteAt ?? formatInstant(pass.now());
  await pass.update({ phase: "DELETING", firstDeleteAt, inventoryHash: inventory.hash }, "guarded");
  const checkpoint = await pass.ports.registry.unfinished(pass.options.environment).catch(() => []);
  const list = new Worklist(pass.ports, pass.audit, checkpoint, pass.record.deleted);
  let latest = first;
  let noted = false;
  const { empty, errors, unsupported } = await run(list, inventory, {
    clock: pass.ports.clock,
    salt: pass.options.environment,
    remainingMs: () => pass.remainingMs() - RESERVE,
    async relist() {
      const again = await survey(pass, latest);
      if (typeof again === "string") return again;
      latest = again;
      return again.inventory;
    },
    async beforeRound() {
      await stillDue(pass, list);
      // Before the first deletion: what is missing after a crash was deleted.
      if (!noted) await pass.saveProgress(list);
      noted = true;
      if (!list.workloadLeft && list.left.length > 0) await pass.enter("FINALIZING");
    },
  });
  return empty
    ? finish(pass, latest.session, list, latest.stateVersion)
    : endUnfinished(pass, latest.session, { list, errors, unsupported });
}

/** Before every round: the lease is still ours, the environment is expired and not protected, and deletion is enabled. */
async function stillDue(pass: PassContext, list: Worklist): Promise<void> {
  const { expiresAt } = pass.record;
  const [record, enabled] = await Promise.all([
    pass.refresh(),
    pass.ports.registry.deletionEnabled(pass.record.kind),
  ]);
  const reasons = [
    ...(record.expiresAt === expiresAt ? [] : [`extended from ${expiresAt} to ${record.expiresAt}`]),
    ...(record.protected ? ["protected"] : []),
    ...(enabled ? [] : [DRY_RUN]),
  ];
  if (reasons.length === 0) return;
  await pass.saveProgress(list);
  throw new StandDown(reasons.join(", "));
}
