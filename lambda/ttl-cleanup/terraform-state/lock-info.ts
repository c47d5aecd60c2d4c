/**
 * Terraform's record of who holds a state's lock. Source:
 * https://github.com/hashicorp/terraform/blob/main/internal/states/statemgr/locker.go
 */
export interface LockInfo {
  /** UUID; unlock refuses any other. */
  readonly ID: string;
  readonly Operation: string;
  readonly Info: string;
  readonly Who: string;
  readonly Version: string;
  /** RFC 3339, UTC. */
  readonly Created: string;
  /** `<bucket>/<key>`. */
  readonly Path: string;
}

/** What the reaper's own locks say. */
export const REAPER_OPERATION = "OperationTypeReaper";

export interface LockRequest {
  /** UUID, recorded before the lock is taken. */
  readonly lockId: string;
  /** Reason for the lock, for people who find it. */
  readonly info: string;
  /** ARN of the function that holds the lock. */
  readonly functionArn: string;
  /** RFC 3339 instant. */
  readonly createdAt: string;
  /** `<bucket>/<key>`. */
  readonly path: string;
}

/** Shown by a blocked `cdktf deploy`. */
export function lockInfo({ lockId, info, functionArn, createdAt, path }: LockRequest): LockInfo {
  return {
    ID: lockId,
    Operation: REAPER_OPERATION,
    Info: info,
    Who: `ttl-reaper@${functionArn}`,
    Version: "1",
    Created: createdAt,
    Path: path,
  };
}

/** The bytes that Terraform writes: its order of fields, without spaces. */
export function formatLockInfo(info: LockInfo): string {
  const { ID, Operation, Info, Who, Version, Created, Path } = info;
  return JSON.stringify({ ID, Operation, Info, Who, Version, Created, Path });
}

const UNREADABLE: LockInfo = {
  ID: "",
  Operation: "unknown",
  Info: "",
  Who: "unreadable lock record",
  Version: "",
  Created: "",
  Path: "",
};

/** Who holds a lock, read from its record. A text that is not a lock record also counts as held. */
export function parseLockInfo(text: string): LockInfo {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
  if (typeof parsed !== "object" || parsed === null) return UNREADABLE;
  const known = Object.entries(parsed).filter(
    ([key, value]) => Object.hasOwn(UNREADABLE, key) && typeof value === "string",
  );
  return { ...UNREADABLE, ...Object.fromEntries(known) };
}
