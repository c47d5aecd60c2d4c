import { describeError } from "../../../cleanup/engine/classify";
import { SECOND } from "../../../cleanup/engine/time";
import { hasNotice, NO_NOTICE } from "../../../contract/notice";
import { isTest, type RegistryRecord } from "../../../contract/registry";
import { formatInstant, sameInstant, warnedTheOwner, warningDue } from "./clock";
import type { PassContext } from "./context";
import { RecordChanged } from "./ports";
import { warningNotice } from "./report";

/**
 * Sends the only warning of this expiry when it is due. The intent is recorded, the message sent, and the sending
 * recorded: a crash in between sends it twice rather than never. A warning counts only if a confirmed
 * subscription receives it. Otherwise the record says why, every pass tries again, and nothing is deleted.
 */
export async function warnIfDue(pass: PassContext): Promise<void> {
  if (isTest(pass.record)) return;
  const enabled = await pass.ports.registry.deletionEnabled();
  await forgetWarning(pass, enabled);
  const { record } = pass;
  const unwarned = !sameInstant(record.warnFor, record.expiresAt);
  const due = warningDue(record, pass.now()) || (pass.options.warnEarly === true && unwarned);
  if (!due || record.protected || !enabled) return;
  if (!sameInstant(record.warnPending, record.expiresAt)) {
    try {
      await pass.update({ warnPending: record.expiresAt }, "guarded");
    } catch (error) {
      if (!(error instanceof RecordChanged)) throw error;
      await pass.refresh();
      return warnIfDue(pass);
    }
  }
  const sent = await sendWarning(pass);
  if ("fault" in sent) {
    pass.ports.metrics.add("NoticesFailed", 1);
    await pass.audit.write({ action: "warn", outcome: "failed", error: sent.fault });
    if (record.warnFault !== sent.fault) await pass.update({ warnFault: sent.fault });
    return;
  }
  await pass.update({
    // Rounded up, because the time after the warning starts here and must not be short by a fraction.
    warnedAt: formatInstant(pass.now() + SECOND - 1),
    warnFor: record.expiresAt,
    warnedOwner: record.owner,
    warnFault: null,
    ...(record.phase === "ACTIVE" ? { phase: "WARNED" as const } : {}),
  });
  pass.ports.metrics.add("WarningsSent", 1);
  await pass.audit.write({
    action: "warn",
    outcome: `sent for ${record.expiresAt} to ${sent.listeners} confirmed subscriptions`,
  });
}

/** SNS also accepts a message without receivers, so the subscriptions are counted first. */
async function sendWarning(pass: PassContext): Promise<{ fault: string } | { listeners: number }> {
  const { record, ports } = pass;
  const attributes = {
    kind: "warning",
    environment: pass.options.environment,
    owner: record.owner,
  } as const;
  try {
    const listeners = await ports.notifier.listeners(attributes);
    if (listeners === 0) {
      return { fault: `nobody listens: no confirmed subscription receives warnings for ${record.owner}` };
    }
    await ports.notifier.publish({ ...attributes, ...warningNotice(record, pass.now()) });
    return { listeners };
  } catch (error) {
    return { fault: `the warning cannot be sent: ${describeError(error)}` };
  }
}

/**
 * A warning counts only for the deletion that it announced, and for the owner who received it. Another expiry, another
 * owner, protecting the environment or disabling deletion withdraws that deletion, also if it is taken back later.
 */
async function forgetWarning(pass: PassContext, enabled: boolean): Promise<void> {
  const { record } = pass;
  if (!hasNotice(record)) return;
  const why = withdrawn(record, enabled) ?? (await ofFinishedLife(pass));
  if (why === undefined) return;
  await pass.update(NO_NOTICE);
  await pass.audit.write({ action: "warn", outcome: `taken back: ${why}` });
}

/** Someone has put the record of a finished life back: its warning announced the deletion that is over. */
async function ofFinishedLife({ record, ports }: PassContext): Promise<string | undefined> {
  if (record.warnedAt === undefined) return undefined;
  const done = await ports.registry.lastDone(record.environment);
  return done?.warnedAt === record.warnedAt ? "it was for a life that is finished" : undefined;
}

function withdrawn(record: RegistryRecord, enabled: boolean): string | undefined {
  const { warnFor, warnedOwner, expiresAt } = record;
  if (record.protected) return "protected";
  if (!enabled) return "deletion is not enabled";
  if (warnFor !== undefined && !sameInstant(warnFor, expiresAt)) return `it was for ${warnFor}`;
  return warnedTheOwner(record) ? undefined : `it was for ${warnedOwner}`;
}
