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

export interface LockRequest {
  /** UUID, chosen and recorded before the lock is taken. */
  readonly lockId: string;
  readonly environmentId: string;
  /** Why we lock, for people who meet the lock: RFC 3339 instant of the expiry. */
  readonly expiredAt: string;
  /** ARN of the function that holds the lock. */
  readonly functionArn: string;
  /** RFC 3339 instant. */
  readonly createdAt: string;
  /** `<bucket>/<key>`. */
  readonly path: string;
}

/** What a blocked `cdktf deploy` shows. */
export function lockInfo(request: LockRequest): LockInfo {
  return {
    ID: request.lockId,
    Operation: "OperationTypeReaper",
    Info: `env ${request.environmentId} expired ${request.expiredAt}; cleanup running`,
    Who: `ttl-reaper@${request.functionArn}`,
    Version: "1",
    Created: request.createdAt,
    Path: request.path,
  };
}

/** In Terraform's order of fields, without spaces: the same bytes as Terraform writes. */
export function formatLockInfo(info: LockInfo): string {
  const { ID, Operation, Info, Who, Version, Created, Path } = info;
  return JSON.stringify({ ID, Operation, Info, Who, Version, Created, Path });
}

/** Who holds a lock, by what was found in its place; text that is no lock record still counts as held. */
export function parseLockInfo(text: string): LockInfo {
  const fallback: LockInfo = {
    ID: "",
    Operation: "unknown",
    Info: "",
    Who: "unreadable lock record",
    Version: "",
    Created: "",
    Path: "",
  };
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return fallback;
    const known = Object.entries(parsed).filter(
      ([key, value]) => key in fallback && typeof value === "string",
    );
    return { ...fallback, ...Object.fromEntries(known) };
  } catch {
    return fallback;
  }
}
