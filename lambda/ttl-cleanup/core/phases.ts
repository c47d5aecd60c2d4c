import type { Phase } from "../../../contract/registry";

/** The phases in which the reaper has begun to delete or may have. A deploy must not meet them. */
export const DELETING_PHASES: readonly Phase[] = [
  "DELETING",
  "FINALIZING",
  "VERIFYING",
  "STATE_RESET",
  "STUCK",
];

/**
 * Where each phase may lead. Every phase may also stay itself. The way back to ACTIVE is an extension or a
 * protection; the way back to DELETING is what the residual listing found, or a retry of what was stuck.
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

/** The phase itself, or an error: a wrong step is a fault of ours and must not be written. */
export function step(from: Phase, to: Phase): Phase {
  if (!mayFollow(from, to))
    throw new Error(`phase ${to} does not follow ${from}; allowed: ${NEXT[from].join(", ")}`);
  return to;
}
