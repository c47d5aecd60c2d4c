import { MINUTE } from "./clock";
import type { Item } from "./inventory";
import type { Instant, Outcome, Presence } from "./ports";

/** Denied this often, over all passes, a resource is stuck: permissions just changed may need a moment. */
const DENIED_ATTEMPTS = 3;

/** What is known of one resource's deletion. */
export interface Task {
  readonly item: Item;
  presence: Presence;
  status: "waiting" | "held" | "prepared" | Outcome["kind"];
  attempts: number;
  throttles: number;
  prepared: boolean;
  /** Refused for good in this pass. */
  stopped: boolean;
  /** Not tried again before this. */
  notBefore: Instant;
  acceptedAt: Instant;
  /** Of the first attempt. */
  triedSince?: Instant;
  lastError?: string;
  blockedBy: readonly string[];
}

export interface StuckResource {
  readonly key: string;
  readonly reason: string;
  readonly blockedBy: readonly string[];
}

/** Why a resource must not be waited for any longer; `undefined` while it may. */
export function stuckReason(
  { item, status, attempts, triedSince, lastError }: Task,
  now: Instant,
): string | undefined {
  if (status === "held") return `held: ${item.vetoes.join(", ")}`;
  if (status === "bug") return `refused: ${lastError}`;
  if (status === "denied" && attempts >= DENIED_ATTEMPTS) return `denied: ${lastError}`;
  if (triedSince === undefined || now - triedSince <= item.handler.stuckMs) return undefined;
  const minutes = Math.floor((now - triedSince) / MINUTE);
  return `not gone after ${minutes} min (${status}${lastError === undefined ? "" : `, ${lastError}`})`;
}
