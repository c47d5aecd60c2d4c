import { MINUTE } from "../../../cleanup/engine/time";
import type { Phase } from "../../../contract/registry";
import { repairClock } from "./arming";
import { sameInstant, times } from "./clock";
import { begun, type PassContext, type PassResult } from "./context";
import { opensAt, type Refusal } from "./gates";
import { bareScope } from "./leads";
import { halfDeletedNotice, refusalNotice } from "./report";

/** A gate that opens within this time gets a separate schedule, because the tick would be late. */
const SOON = 65 * MINUTE;

/**
 * Nothing is deleted now: releases the lock, corrects the phase, sends a notice if someone has to look, and creates a
 * schedule if waiting is enough.
 */
export async function standDown(pass: PassContext, refusals: readonly Refusal[]): Promise<PassResult> {
  await pass.releaseLock();
  const began = begun(pass.record);
  const gates = refusals.map(({ gate }) => gate).join(", ");
  await pass.audit.write({
    action: "stand-down",
    outcome: gates,
    error: refusals.map(({ reason }) => reason).join("; "),
  });
  const alarming = refusals.filter(({ alarm }) => alarm);
  if (alarming.length > 0) {
    pass.ports.metrics.add("CleanupFailed", 1);
    const { subject, text } = refusalNotice(pass.record, alarming);
    await pass.tellOnce("alarm", alarming.map(({ gate }) => gate).join(), subject, text);
    return { kind: "stoodDown", refusals, ...began };
  }
  const { firstDeleteAt } = pass.record;
  if (firstDeleteAt !== undefined) {
    const { subject, text } = halfDeletedNotice(pass.record);
    await pass.tellOnce("failure", `half deleted since ${firstDeleteAt}`, subject, text);
    await pass.update({ firstDeleteAt: null, idlePasses: 0 });
  }
  await pass.enter(quietPhase(pass, refusals));
  // The stream reported an extension while this pass held the lease, so this pass sets its schedules.
  if (refusals.some(({ gate }) => gate === "expired")) await repairClock(pass.world, pass.record);
  const at = opensAt(refusals, pass.record);
  const { expiresAt } = times(pass.record);
  // At expiry the schedule `expire` starts a pass, unless it has just come too early.
  const covered = at === expiresAt && at - pass.now() > 5 * MINUTE;
  if (at === undefined || covered || at - pass.now() > SOON) return { kind: "stoodDown", refusals, ...began };
  const session = await pass.ports.sessions.open(bareScope(pass.record), "clean");
  return { kind: "stoodDown", refusals, ...began, until: await pass.rearm(session, at) };
}

/** The phase of an environment that is not being deleted. */
function quietPhase({ record }: PassContext, refusals: readonly Refusal[]): Phase {
  const expired = !refusals.some(({ gate }) => gate === "expired" || gate === "protected");
  // From a deleting phase only the quiet phases are reachable.
  if (expired && ["ACTIVE", "WARNED", "EXPIRED"].includes(record.phase)) return "EXPIRED";
  return sameInstant(record.warnFor, record.expiresAt) ? "WARNED" : "ACTIVE";
}
