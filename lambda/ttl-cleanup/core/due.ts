import { hasNotice } from "../../../contract/notice";
import type { RegistryRecord } from "../../../contract/registry";
import { sameInstant, times, warnedTheOwner, warningDue } from "./clock";

/** Whether a pass could do anything for the record: warn, delete, or correct its phase. */
export function needsPass(record: RegistryRecord, now: number): boolean {
  if (record.lockId !== undefined) return true;
  const quiet = record.phase === "ACTIVE" || record.phase === "WARNED";
  if (record.protected) return !quiet || hasNotice(record);
  if (!quiet || now >= times(record).expiresAt || warningDue(record, now)) return true;
  const isWarned = record.phase === "WARNED" || record.warnFor !== undefined;
  return isWarned && !(sameInstant(record.warnFor, record.expiresAt) && warnedTheOwner(record));
}
