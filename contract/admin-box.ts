import { Names, type Place } from "./names";

/**
 * An admin box is an EC2 instance for one person and a few hours. Everything about a box is in its tags, so that any
 * machine can list, extend and end it.
 */

export const ADMIN_SYSTEM = "admin";

/** Life of a box. */
export const BOX_TERMS = {
  /** Hours without `--for`. */
  defaultHours: 4,
  /** Maximum, in hours from the launch. */
  maxHours: 12,
  /** Interval of the heartbeat, in seconds. */
  heartbeatSeconds: 60,
  /** A box without a heartbeat shuts down after so many minutes. */
  graceMinutes: 5,
  /** The hourly sweep ends a box that is still there so many minutes after its maximum. */
  sweepMinutes: 60,
} as const;

/**
 * Tags of a box beside those of its stack. The box reads the first two in its instance metadata, where keys may not
 * hold every character, so they have no colon. Both are seconds since 1970.
 */
export const BOX_TAG = {
  /** The heartbeat: the box shuts down after this instant. */
  aliveUntil: "AutomockAliveUntil",
  /** The expiry: the box shuts down after this instant, heartbeat or not. */
  expiresAt: "AutomockExpiresAt",
  /** `aws:userid` of the person who launched it; IAM policies compare it. */
  launchedBy: "automock:launched-by",
  reason: "automock:reason",
} as const;

/** Exit codes of `automock admin`; `run` passes on that of its command. */
export const ADMIN_EXIT = { ok: 0, error: 1, noCapacity: 2, mayStillRun: 3 } as const;

/** Names of an admin stack's resources. */
export function adminNames(place: Place & { readonly environment: string }) {
  const names = new Names({ system: ADMIN_SYSTEM, ...place });
  const { prefix } = names;
  return {
    names,
    launchTemplate: `${prefix}-box`,
    /** Session document of the shell. */
    shellDocument: `${prefix}-shell`,
    /** Session document of one command. */
    commandDocument: `${prefix}-command`,
    scheduleGroup: prefix,
    schedule: (instanceId: string) => `${prefix}-${instanceId}`,
    instanceRole: names.name("role", "box"),
    schedulerRole: names.name("role", "end"),
    launcherPolicy: names.name("policy", "launcher"),
    sessionLogGroup: names.logGroup("sessions"),
  };
}

export type AdminNames = ReturnType<typeof adminNames>;

/** Latest possible expiry of a box. @param launchedAt milliseconds since 1970 */
export function boxMaximum(launchedAt: number): number {
  return launchedAt + BOX_TERMS.maxHours * 3_600_000;
}

/** Instant of one of a box's tags in milliseconds since 1970; `undefined` if it is not one. */
export function tagInstant(seconds: string | undefined): number | undefined {
  return seconds !== undefined && /^\d{1,12}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/**
 * When the reaper ends a box: at its expiry, at the latest at its maximum, whatever the tag says. Without a readable
 * expiry it is over at once, as for the box itself, but for the first minutes.
 *
 * @param launchedAt milliseconds since 1970
 */
export function boxEnd(expiryTag: string | undefined, launchedAt: number): number {
  const end = tagInstant(expiryTag) ?? launchedAt + BOX_TERMS.graceMinutes * 60_000;
  return Math.min(end, boxMaximum(launchedAt));
}

/** EC2's states of boxes that are not terminated. */
export const BOX_STATES = ["pending", "running", "stopping", "stopped"] as const;

/** Instance types of boxes: x86, built on Nitro (the box reads changed tags), and in the price book. */
export const BOX_TYPES = ["t3a.small", "t3.small", "t3a.medium", "t3.medium"] as const;

/** User of an SSH login on a box, and its port. */
export const BOX_USER = "ec2-user";
export const SSH_PORT = 22;

/** Size of a box's volume. */
export const BOX_VOLUME_GIB = 8;

/** Metrics about boxes; `automock admin` and the reaper write them. */
export const ADMIN_METRICS = {
  namespace: "AutoMock/Admin",
  /** Launches that got no box. */
  launchesFailed: "LaunchesFailed",
  /** 1 for a box on demand, 0 for a Spot one: the average is the share. */
  onDemand: "OnDemand",
  /** Seconds from the request to the shell. */
  secondsToShell: "SecondsToShell",
  /** Boxes that outlived their expiry by more than the grace of their own timer. */
  boxesOverdue: "BoxesOverdue",
} as const;
