import type { StuckResource } from "../../../cleanup/engine/task";
import { MINUTE } from "../../../cleanup/engine/time";
import type { Worklist } from "../../../cleanup/engine/worklist";
import type { PassContext, PassResult } from "./context";
import type { CleanupSession } from "./ports";
import { failureNotice } from "./report";

/** The next pass comes after this long. */
const REARM = MINUTE;

/** Passes without any change after which what cannot be listed is reported as a failure. */
const IDLE_PASSES = 3;

export interface Remains {
  readonly list?: Worklist;
  /** All is well, only the time ran out. */
  readonly moved?: boolean;
  /** What could not be listed. */
  readonly errors?: readonly string[];
  readonly unsupported?: readonly string[];
  /** What the independent listing found although the handlers see nothing. */
  readonly residual?: readonly string[];
}

/**
 * Ends a pass that has not finished: checkpoint, report, and the schedule of the next pass. What is stuck
 * gets its lock released, so that people can work on it, and is tried again by the tick.
 */
export async function endUnfinished(
  pass: PassContext,
  session: Pick<CleanupSession, "schedules">,
  { list, moved = list?.progressed ?? false, errors = [], unsupported = [], residual = [] }: Remains,
): Promise<PassResult> {
  const now = pass.now();
  const left = list?.left.map(({ key }) => key) ?? [];
  const idlePasses = moved ? 0 : pass.record.idlePasses + 1;
  const unclear = [...errors, ...residual.map((item) => `still listed: ${item}`)];
  const stuck: StuckResource[] = [
    ...(list?.stuck(now) ?? []),
    ...unsupported.map((key) => ({ key, reason: "UNSUPPORTED_TYPE: no handler knows it", blockedBy: [] })),
  ];
  const reported = stuck.length > 0 || idlePasses >= IDLE_PASSES ? unclear : [];
  const lastError = [...stuck.map(({ key, reason }) => `${key}: ${reason}`), ...unclear]
    .join("; ")
    .slice(0, 1000);
  if (list) await pass.ports.registry.saveUnfinished(pass.lease, list.unfinished(now));
  await pass.update({
    passes: pass.record.passes + 1,
    idlePasses,
    deleted: list?.deleted ?? pass.record.deleted,
    lastError: lastError === "" ? null : lastError,
  });
  await pass.audit.write({
    action: "checkpoint",
    outcome: `${left.length} left`,
    error: lastError || undefined,
  });

  if (stuck.length > 0 || reported.length > 0) {
    pass.ports.metrics.add("CleanupFailed", 1);
    const { subject, text } = failureNotice(pass.record, stuck, reported);
    // Told again when another resource is stuck, not when its blockers or the list that fails change.
    const incomplete = errors.length > 0 && reported.length > 0 ? ["incomplete"] : [];
    const about = [...stuck.map(({ key }) => key), ...incomplete, ...residual];
    await pass.tellOnce("failure", about.join("\n"), subject, text);
    if (!moved) {
      await pass.enter("STUCK");
      await pass.releaseLock();
      return { kind: "stuck", stuck, errors: reported };
    }
  }
  return { kind: "unfinished", left: [...left, ...residual], until: await pass.rearm(session, now + REARM) };
}
