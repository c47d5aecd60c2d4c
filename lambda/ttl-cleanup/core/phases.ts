import type { Phase } from "../../../contract/registry";

/** The phases in which the reaper may have begun to delete. A deployment is refused in them. */
export const DELETING_PHASES: readonly Phase[] = [
  "DELETING",
  "FINALIZING",
  "VERIFYING",
  "STATE_RESET",
  "STUCK",
];

/**
 * The phases that may follow each phase, besides the phase itself. An extension or a protection leads back to ACTIVE; a
 * find of the residual listing, or a retry of a stuck environment, leads back to DELETING.
 */
const NEXT: Readonly<Record<Phase, readonly Phase[]>> = {
  ACTIVE: ["WARNED", "EXPIRED"],
  WARNED: ["ACTIVE", "EXPIRED"],
  EXPIRED: ["ACTIVE", "WARNED", "DELETING", "STUCK"],
  DELETING: ["ACTIVE", "WARNED", "FINALIZING", "VERIFYING", "STUCK"],
  FINALIZING: ["ACTIVE", "WARNED", "DELETING", "VERIFYING", "STUCK"],
  VERIFYING: ["ACTIVE", "WARNED", "DELETING", "STATE_RESET", "STUCK"],
  STATE_RESET: ["ACTIVE", "WARNED", "DELETING", "DONE", "STUCK"],
  STUCK: ["ACTIVE", "WARNED", "DELETING"],
  DONE: ["EXPIRED"],
};

/** Whether a record may go from one phase to another. */
export function mayFollow(from: Phase, to: Phase): boolean {
  return from === to || NEXT[from].includes(to);
}

/** Returns the phase. Throws if it may not follow, which is a bug and must not be written. */
export function step(from: Phase, to: Phase): Phase {
  if (!mayFollow(from, to))
    throw new Error(`phase ${to} does not follow ${from}; allowed: ${NEXT[from].join(", ")}`);
  return to;
}
