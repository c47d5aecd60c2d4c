import type { RegistryRecord } from "./registry";

/** What the record keeps of a warning. */
type Notice = Pick<RegistryRecord, "warnPending" | "warnTriedAt" | "warnedAt" | "warnFor">;

/** Changes that take a warning back: what people changed since it was sent needs a warning of its own. */
export const NO_NOTICE = {
  warnPending: null,
  warnTriedAt: null,
  warnedAt: null,
  warnFor: null,
} as const satisfies Record<keyof Notice, null>;

/** Whether a warning was sent, or tried, for whatever expiry. */
export function hasNotice(record: Notice): boolean {
  return Object.keys(NO_NOTICE).some((name) => record[name as keyof Notice] !== undefined);
}
