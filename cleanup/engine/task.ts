import type { Unfinished } from "../../contract/deletion";
import type { Item } from "./inventory";
import type { Outcome, Presence } from "./resource";
import type { Instant } from "./time";
import { MINUTE, SECOND } from "./time";

/** Number of denials, over all passes, after which a resource is stuck. Changed permissions may need a moment. */
const DENIED_ATTEMPTS = 3;

/**
 * Gone and listed again this often in one pass, a resource is stuck. A listing that lags needs a few tries, and a
 * log group may be created again by its last writers; more often than this, the handler is wrong.
 */
const MOST_RETURNS = 5;

/** What is known about the deletion of a resource. */
export interface Task {
  readonly item: Item;
  presence: Presence;
  status: "waiting" | "held" | "prepared" | Outcome["kind"];
  attempts: number;
  throttles: number;
  prepared: boolean;
  /** Number of times that it was listed again in this pass after its deletion. */
  returns: number;
  /** Refused permanently in this pass. */
  stopped: boolean;
  /** Time of the next attempt, at the earliest. */
  notBefore: Instant;
  acceptedAt: Instant;
  /** Of the first attempt. */
  triedSince?: Instant;
  /** First seen being deleted without a request. The wait for it is limited too. */
  goingSince?: Instant;
  lastError?: string;
  blockedBy: readonly string[];
}

/** A resource that is listed for the first time, or again after its deletion. */
export function newTask(item: Item, now: Instant, earlier?: Unfinished, returns = 0): Task {
  const tried = earlier !== undefined && earlier.status !== "waiting" && earlier.status !== "held";
  const going = item.found.presence === "deleting";
  return {
    item,
    presence: item.found.presence ?? "present",
    status: item.verdict === "held" ? "held" : "waiting",
    attempts: earlier?.attempts ?? 0,
    throttles: 0,
    prepared: false,
    returns,
    stopped: returns > MOST_RETURNS,
    // A listing that lags gets time to catch up.
    notBefore: returns === 0 ? 0 : now + SECOND * 2 ** returns,
    acceptedAt: -Infinity,
    triedSince: tried ? earlier.firstSeen : undefined,
    goingSince: going ? (earlier?.firstSeen ?? now) : undefined,
    lastError: earlier?.lastError,
    blockedBy: item.vetoes,
  };
}

/** A known resource that is listed again, with what AWS says about it now. */
export function listedAgain(known: Task, item: Item, now: Instant): Task {
  const presence = item.found.presence ?? "present";
  return {
    ...known,
    item,
    presence,
    goingSince: presence === "deleting" ? (known.goingSince ?? now) : undefined,
  };
}

/** Start of the wait for the deletion. */
function waitedSince({ triedSince, goingSince }: Task): Instant | undefined {
  return triedSince ?? goingSince;
}

/** What the next pass and people need to know about a remaining resource. */
export function checkpointOf(task: Task, waitsFor: readonly string[], now: Instant): Unfinished {
  const { item, status, attempts, lastError, blockedBy } = task;
  return {
    type: item.handler.type,
    id: item.found.id,
    status,
    attempts,
    firstSeen: waitedSince(task) ?? now,
    ...(lastError === undefined ? {} : { lastError }),
    blockedBy: status === "waiting" ? waitsFor : blockedBy,
  };
}

export interface StuckResource {
  readonly key: string;
  readonly reason: string;
  readonly blockedBy: readonly string[];
}

/** Why the wait for a resource ends; `undefined` while it may continue. */
export function stuckReason(task: Task, now: Instant): string | undefined {
  const { item, presence, status, attempts, lastError, returns } = task;
  if (status === "held") return `held: ${item.vetoes.join(", ")}`;
  if (returns > MOST_RETURNS) return `gone ${returns} times, but still listed`;
  if (status === "bug") return `refused: ${lastError}`;
  if (status === "denied" && attempts >= DENIED_ATTEMPTS) return `denied: ${lastError}`;
  const since = waitedSince(task);
  if (since === undefined || now - since <= item.handler.stuckMs) return undefined;
  const minutes = Math.floor((now - since) / MINUTE);
  const state = presence === "deleting" ? "on its way out, or in use" : status;
  return `not gone after ${minutes} min (${state}${lastError === undefined ? "" : `, ${lastError}`})`;
}
