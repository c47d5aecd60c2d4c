import type { RegistryRecord } from "./registry";

/** What the record keeps of a warning. */
type Notice = Pick<RegistryRecord, "warnPending" | "warnFault" | "warnedAt" | "warnFor" | "warnedOwner">;

/** Changes that clear the warning. After someone changes the expiry, a new warning must be sent. */
export const NO_NOTICE = {
  warnPending: null,
  warnFault: null,
  warnedAt: null,
  warnFor: null,
  warnedOwner: null,
} as const satisfies Record<keyof Notice, null>;

/** Whether a warning was sent or tried, for any expiry. */
export function hasNotice(record: Notice): boolean {
  return Object.keys(NO_NOTICE).some((name) => record[name as keyof Notice] !== undefined);
}
