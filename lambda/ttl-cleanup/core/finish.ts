import { describeError } from "../../../cleanup/engine/classify";
import type { ResidualListing } from "../../../cleanup/engine/residual";
import { SECOND } from "../../../cleanup/engine/time";
import { isTest } from "../../../contract/registry";
import type { Worklist } from "../../../cleanup/engine/worklist";
import { formatInstant, instantOf } from "./clock";
import { Unfinished, type PassContext, type PassResult } from "./context";
import { endUnfinished, type Remains } from "./leave";
import { SCHEDULE_TYPE, type CleanupSession, type CompletionProof, type StateReset } from "./ports";
import { completionNotice, refusalNotice } from "./report";

/** Minimum time between the two listings of the proof. */
const BETWEEN_LISTINGS = 30 * SECOND;

const POLL = 5 * SECOND;
const RESERVE = 30 * SECOND;

/** Finished records and their audit lines are kept this long. */
const KEPT = 90 * 24 * 60 * 60 * SECOND;

/** Notes one failure to send the completion notice; a second failure does not delay the end. */
const NOTICE_FAILED = "the completion notice could not be sent";

type Listing = CompletionProof["listings"][number];

/**
 * The end: two complete and empty listings, by code that shares nothing with the handlers, the second after the
 * environment's schedules are deleted. Then the state is emptied, the lock released, the completion announced and the
 * record moved to the history. Terraform's lock is held until the state is empty.
 */
export async function finish(
  pass: PassContext,
  session: CleanupSession,
  list: Worklist,
  stateVersion: string | undefined,
): Promise<PassResult> {
  await pass.saveProgress(list);
  await pass.enter("VERIFYING");

  const first = await residual(pass);
  const left = leftBeside(first);
  if (first.errors.length > 0 || left.length > 0) {
    await pass.enter("DELETING");
    return endUnfinished(pass, session, { errors: first.errors, residual: left });
  }
  const firstAt = pass.now();
  const second = await secondListing(pass, session, firstAt + BETWEEN_LISTINGS);
  if (second.kind === "remains") {
    await pass.enter("DELETING");
    return endUnfinished(pass, session, second);
  }
  const listings = [listingOf(firstAt, first), listingOf(pass.now(), second.listing)];
  return reset(pass, session, { deleted: list.deleted, listings, stateVersion });
}

/** What a listing contains apart from the environment's own schedules. */
function leftBeside({ items }: ResidualListing): string[] {
  return items.filter(({ type }) => type !== SCHEDULE_TYPE).map(({ type, id }) => `${type} ${id}`);
}

function listingOf(at: number, { tombstones, unproven }: ResidualListing): Listing {
  return { at: formatInstant(at), tombstones, unproven };
}

async function residual(pass: PassContext): Promise<ResidualListing> {
  const listing = await pass.ports.residual
    .list(pass.record)
    .catch((error: unknown) => ({ items: [], tombstones: [], unproven: [], errors: [describeError(error)] }));
  const { items, errors } = listing;
  if (errors.length > 0) pass.ports.metrics.add("DiscoveryErrors", errors.length);
  await pass.audit.write({
    action: "residual",
    outcome: `${items.length} left`,
    error: errors.length > 0 ? errors.join("; ") : undefined,
  });
  return listing;
}

/** Deletes the environment's schedules; returns the reason if AWS refuses. */
async function deleteSchedules(
  pass: PassContext,
  { schedules }: CleanupSession,
): Promise<string | undefined> {
  const { environment } = pass.options;
  if (isTest(pass.record)) return undefined;
  let error: string | undefined;
  await schedules.deleteAll(environment).catch((thrown: unknown) => (error = describeError(thrown)));
  await pass.audit.write({
    action: "delete",
    resource: `${SCHEDULE_TYPE} ${environment}`,
    proof: ["the environment's own schedules, by their exact names"],
    outcome: error === undefined ? "gone" : "refused",
    error,
  });
  return error;
}

type Second =
  { readonly kind: "listing"; readonly listing: ResidualListing } | ({ readonly kind: "remains" } & Remains);

/** A complete and empty listing without any schedule, not made before `from`; or what prevents it. */
async function secondListing(pass: PassContext, session: CleanupSession, from: number): Promise<Second> {
  let errors: readonly string[] = [];
  for (let next = from; ; next = pass.now() + POLL) {
    // Every time, because a pass that waited for the lease may have armed one.
    const refused = await deleteSchedules(pass, session);
    if (refused !== undefined) return { kind: "remains", errors: [`deleting the schedules: ${refused}`] };
    if (!(await hasWaited(pass, next))) return { kind: "remains", errors, moved: errors.length === 0 };
    const listing = await residual(pass);
    const left = leftBeside(listing);
    if (left.length > 0) return { kind: "remains", residual: left };
    if (listing.errors.length === 0 && listing.items.length === 0) return { kind: "listing", listing };
    errors = listing.errors;
  }
}

/** Waits until an instant; false if the invocation has too little time left. */
async function hasWaited(pass: PassContext, until: number): Promise<boolean> {
  for (let left; (left = until - pass.now()) > 0;) {
    if (pass.remainingMs() < RESERVE) return false;
    await pass.ports.clock.sleep(Math.min(left, POLL));
  }
  return pass.remainingMs() >= RESERVE;
}

/** Facts that are known once everything is deleted. */
interface End extends Pick<CompletionProof, "deleted" | "listings"> {
  /** Of the state that was the inventory. */
  readonly stateVersion: string | undefined;
}

/** Empties the state, unless someone broke our lock. */
async function emptyState(
  pass: PassContext,
  session: CleanupSession,
  listed: string | undefined,
): Promise<StateReset> {
  const { record } = pass;
  if (isTest(record)) return { kind: "absent" };
  const { lockId, stateRef } = record;
  const got = lockId === undefined ? undefined : await pass.takeLock(lockId);
  if (got?.kind === "busy") {
    return { kind: "conflict", error: `our lock is gone, and ${got.holder.who} has one (${got.holder.id})` };
  }
  return session.state.reset(stateRef, pass.options.environment, pass.now(), listed);
}

async function reset(
  pass: PassContext,
  session: CleanupSession,
  { deleted, listings, stateVersion }: End,
): Promise<PassResult> {
  // With the lock, no one else writes the state; another pass may still have taken over this record.
  await pass.refresh();
  await pass.enter("STATE_RESET");
  const state = await emptyState(pass, session, stateVersion);
  await pass.audit.write({
    action: "empty-state",
    outcome: state.kind,
    error: state.kind === "conflict" ? state.error : undefined,
  });
  if (state.kind === "conflict") {
    const refusal = {
      gate: "state-lock" as const,
      reason: `the state is not emptied: ${state.error}`,
      alarm: true,
    };
    pass.ports.metrics.add("CleanupFailed", 1);
    const { subject, text } = refusalNotice(pass.record, [refusal]);
    await pass.tellOnce("failure", "state conflict", subject, text);
    await pass.enter("DELETING");
    throw new Unfinished(refusal.reason);
  }
  await pass.releaseLock();

  const now = pass.now();
  const proof: CompletionProof = {
    listings,
    deleted,
    durationMs: now - instantOf(pass.record.firstDeleteAt ?? formatInstant(now)),
    ...(state.kind === "emptied" ? { stateSerial: state.serial, stateVersionId: state.versionId } : {}),
  };
  await tellCompletion(pass, proof);
  await pass.ports.registry.complete(pass.lease, now, proof, now + KEPT);
  pass.completed = true;
  pass.ports.metrics.add("CleanupSucceeded", 1);
  pass.ports.metrics.add("CleanupDurationMs", proof.durationMs);
  await pass.audit.write({ action: "phase", outcome: "STATE_RESET -> DONE" });
  return { kind: "done", proof };
}

/**
 * Before the record is closed, so that a crash in between sends the notice twice rather than never. Nobody waits for the
 * end of a test run.
 */
async function tellCompletion(pass: PassContext, proof: CompletionProof): Promise<void> {
  const { environment } = pass.options;
  const { record } = pass;
  if (isTest(record)) return;
  try {
    const notice = completionNotice(record, proof, pass.now());
    const { owner } = record;
    await pass.ports.notifier.publish({ kind: "completion", environment, owner, ...notice });
  } catch (error) {
    pass.ports.metrics.add("NoticesFailed", 1);
    await pass.audit.write({ action: "notice", outcome: "failed", error: describeError(error) });
    if (pass.record.lastError === NOTICE_FAILED) return;
    await pass.update({ lastError: NOTICE_FAILED });
    throw new Unfinished(NOTICE_FAILED);
  }
}
