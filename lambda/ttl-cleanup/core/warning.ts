import { describeError } from "../../../cleanup/engine/classify";
import { SECOND } from "../../../cleanup/engine/time";
import { hasNotice, NO_NOTICE } from "../../../contract/notice";
import { formatInstant, sameInstant, warningDue } from "./clock";
import type { PassContext } from "./context";
import { RecordChanged } from "./ports";
import { warningNotice } from "./report";

/**
 * Sends the one warning of this expiry, when it is due. First the intent is written, then the message is
 * sent, then that is recorded: a crash in between sends it twice, never not at all. What cannot be sent
 * is tried again by every pass; after an hour of that the deletion goes on, and the report says so.
 */
export async function warnIfDue(pass: PassContext): Promise<void> {
  await forgetWarning(pass);
  const { record } = pass;
  const unwarned = !sameInstant(record.warnFor, record.expiresAt);
  const due = warningDue(record, pass.now()) || (pass.options.warnEarly === true && unwarned);
  if (!due || record.protected) return;
  if (!sameInstant(record.warnPending, record.expiresAt)) {
    try {
      const intent = { warnPending: record.expiresAt, warnTriedAt: formatInstant(pass.now()) };
      await pass.update(intent, "guarded");
    } catch (error) {
      if (!(error instanceof RecordChanged)) throw error;
      await pass.refresh();
      return warnIfDue(pass);
    }
  }
  const { environment } = pass.options;
  try {
    const notice = warningNotice(record, pass.now());
    await pass.ports.notifier.publish({ kind: "warning", environment, ...notice });
  } catch (error) {
    pass.ports.metrics.add("NoticesFailed", 1);
    await pass.audit.write({ action: "warn", outcome: "failed", error: describeError(error) });
    return;
  }
  await pass.update({
    // Rounded up: the notice counts from here and must not be short by a fraction.
    warnedAt: formatInstant(pass.now() + SECOND - 1),
    warnFor: record.expiresAt,
    ...(record.phase === "ACTIVE" ? { phase: "WARNED" as const } : {}),
  });
  pass.ports.metrics.add("WarningsSent", 1);
  await pass.audit.write({ action: "warn", outcome: `sent for ${record.expiresAt}` });
}

/** A notice counts for the intention that it was sent for: who protects an environment takes that one back. */
async function forgetWarning(pass: PassContext): Promise<void> {
  if (!pass.record.protected || !hasNotice(pass.record)) return;
  await pass.update(NO_NOTICE);
  await pass.audit.write({ action: "warn", outcome: "taken back: protected" });
}
