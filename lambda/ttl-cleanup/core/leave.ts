import type { StuckResource } from "../../../cleanup/engine/task";
import { MINUTE } from "../../../cleanup/engine/time";
import type { Worklist } from "../../../cleanup/engine/worklist";
import type { PassContext, PassResult } from "./context";
import type { CleanupSession } from "./ports";
import { failureNotice } from "./report";

/** Time until the next pass. */
const REARM = MINUTE;

/** Number of passes without change after which a list error is reported as a failure. */
const IDLE_PASSES = 3;

export interface Remains {
  readonly list?: Worklist;
  /** Nothing is wrong; the invocation ran out of time. */
  readonly moved?: boolean;
  /** Errors of listing. */
  readonly errors?: readonly string[];
  readonly unsupported?: readonly string[];
  /** Resources that the independent listing found and the handlers do not see. */
  readonly residual?: readonly string[];
}

/**
 * Ends an unfinished pass: checkpoint, report, and the schedule of the next pass. If an environment is stuck, its lock
 * is released so that people can work on it, and the tick tries again.
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
    ...unsupported.map((key) => ({
      key,
      reason: "UNSUPPORTED_TYPE: the reaper cannot delete this type",
      blockedBy: [],
    })),
  ];
  const reported = stuck.length > 0 || idlePasses >= IDLE_PASSES ? unclear : [];
  const lastError = [...stuck.map(({ key, reason }) => `${key}: ${reason}`), ...unclear]
    .join("; ")
    .slice(0, 1000);
  if (list) await pass.saveProgress(list);
  await pass.update({
    passes: pass.record.passes + 1,
    idlePasses,
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
    // Sent again if another resource is stuck, but not if only its blockers or the failing list change.
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
