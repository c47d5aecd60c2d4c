import { usd } from "../../../contract/dollars";
import { formatDuration } from "../../../contract/duration";
import type { StuckResource } from "../../../cleanup/engine/task";
import type { Instant } from "../../../cleanup/engine/time";
import { HOUR } from "../../../cleanup/engine/time";
import { partitionOf } from "../../../contract/names";
import type { RegistryRecord } from "../../../contract/registry";
import { formatInstant, instantOf, sameInstant, times } from "./clock";
import type { Refusal } from "./gates";
import type { CompletionProof } from "./ports";

export interface Notice {
  readonly subject: string;
  readonly text: string;
}

const HOURS_PER_MONTH = 730;

/** Subjects are mail subjects: SNS takes up to 100 ASCII characters. */
function notice(subject: string, lines: readonly string[]): Notice {
  return { subject: subject.replace(/[^\x20-\x7e]/g, "?").slice(0, 100), text: `${lines.join("\n")}\n` };
}

export function warningNotice(record: RegistryRecord, now: Instant): Notice {
  const { expiresAt, maxExpiresAt } = times(record);
  const left = expiresAt - now;
  const when =
    left > 0
      ? `in ${formatDuration(left)}, at ${record.expiresAt}`
      : `at ${record.expiresAt}, which has passed`;
  return notice(`${record.environment} will be deleted at ${formatInstant(expiresAt)}`, [
    `The environment ${record.environment} (owner ${record.owner}, account ${record.accountId}, ${record.region}) expires ${when}.`,
    "Everything in it is deleted then, data included, at the earliest 55 minutes after this message.",
    ...costLines(record, now),
    "",
    maxExpiresAt > expiresAt
      ? `To keep it longer, up to ${record.maxExpiresAt}:  npx automock extend ${stackOf(record)} --by 2h`
      : "It has reached its maximum lifetime and cannot be extended.",
    `To keep it until you say otherwise:  npx automock protect ${stackOf(record)}`,
    ...whereToLook(record),
  ]);
}

export function completionNotice(record: RegistryRecord, proof: CompletionProof, now: Instant): Notice {
  const deleted = Object.entries(proof.deleted)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const total = deleted.reduce((sum, [, count]) => sum + count, 0);
  const { tombstones = [], unproven = [] } = proof.listings.at(-1) ?? {};
  return notice(
    `${record.environment} is deleted: ${total} resources in ${formatDuration(proof.durationMs)}`,
    [
      `The environment ${record.environment} (owner ${record.owner}, account ${record.accountId}, ${record.region}) expired at ${record.expiresAt} and is deleted.`,
      `It took ${formatDuration(proof.durationMs)} from the first deletion to the proof that nothing is left.`,
      ...(sameInstant(record.warnFor, record.expiresAt)
        ? []
        : ["It was deleted by hand, without a warning."]),
      ...costLines(record, now),
      "",
      `Deleted (${total}):`,
      ...deleted.map(([type, count]) => `  ${count} x ${type}`),
      "",
      `Proof: ${proof.listings.map(({ at }) => `listing at ${at} complete and empty`).join("; ")}.`,
      tombstones.length > 0
        ? `AWS still shows, for a while, as deleted: ${tombstones.join(", ")}.`
        : "AWS shows no remains.",
      ...(unproven.length > 0
        ? [
            "",
            `Left, because nothing proves that they belong to ${record.environment}. Look at them, and delete them by hand if they do:`,
            ...unproven.map((one) => `  ${one}`),
            "",
          ]
        : []),
      proof.stateSerial === undefined
        ? "There was no Terraform state."
        : `The Terraform state s3://${record.stateRef.bucket}/${record.stateRef.key} is empty, serial ${proof.stateSerial}` +
          (proof.stateVersionId === undefined
            ? "."
            : `; the last full one is version ${proof.stateVersionId}.`),
      "The same name can be deployed again.",
    ],
  );
}

export function failureNotice(
  record: RegistryRecord,
  stuck: readonly StuckResource[],
  errors: readonly string[],
): Notice {
  return notice(`${record.environment} cannot be deleted: ${stuck.length + errors.length} problems`, [
    `The environment ${record.environment} (owner ${record.owner}, account ${record.accountId}, ${record.region}) expired at ${record.expiresAt}, but some of it is left. The reaper tries again every hour.`,
    ...(stuck.length > 0 ? ["", "Resources that cannot be deleted, and why:"] : []),
    ...stuck.map(
      ({ key, reason, blockedBy }) =>
        `  ${key}: ${reason}${blockedBy.length > 0 ? `; blocked by ${blockedBy.join(", ")}` : ""}`,
    ),
    ...(errors.length > 0 ? ["", "Not listed, or of an unknown type:"] : []),
    ...errors.map((error) => `  ${error}`),
    "",
    "Its Terraform state is untouched, so Terraform can be used on it between the attempts.",
    `To see what is left and why:  npx automock reap ${stackOf(record)}`,
    `To destroy it yourself:  npx automock destroy ${stackOf(record)}`,
    ...whereToLook(record),
  ]);
}

export function refusalNotice(record: RegistryRecord, refusals: readonly Refusal[]): Notice {
  return notice(`${record.environment} is not deleted: ${refusals.map(({ gate }) => gate).join(", ")}`, [
    `The reaper does not delete the environment ${record.environment} (owner ${record.owner}), although it expired at ${record.expiresAt}:`,
    ...refusals.map(({ gate, reason }) => `  ${gate}: ${reason}`),
    "",
    `For details:  npx automock status ${stackOf(record)}`,
    ...whereToLook(record),
  ]);
}

/** @param plan what would be deleted */
export function dryRunNotice(record: RegistryRecord, plan: string): Notice {
  return notice(`${record.environment} expired, but deletion is not enabled in this account`, [
    `The environment ${record.environment} (owner ${record.owner}) expired at ${record.expiresAt}. It is kept and goes on to cost money, because deletion is not enabled in account ${record.accountId}, ${record.region}.`,
    "To enable it:  npx automock bootstrap --enable-deletion",
    "Then the owner of every expired environment is warned, and it is deleted 55 minutes later at the earliest.",
    `To destroy this one yourself:  npx automock destroy ${stackOf(record)}`,
    ...whereToLook(record),
    "",
    plan.trimEnd(),
  ]);
}

export function halfDeletedNotice(record: RegistryRecord): Notice {
  const total = Object.values(record.deleted).reduce((sum, count) => sum + count, 0);
  return notice(`${record.environment} is kept, but its deletion had begun`, [
    `The environment ${record.environment} (owner ${record.owner}) was extended or protected, or deletion was disabled, while it was being deleted. The reaper stopped.`,
    `${total} resources are known to be deleted, and more may follow. Deploy it again to restore them; they are still in the Terraform state.`,
    `It now expires at ${record.expiresAt}${record.protected ? ", but is protected" : ""}.`,
  ]);
}

/** Id of the stack, as commands take it. */
function stackOf({ system, environment }: RegistryRecord): string {
  return `${system}-${environment}`;
}

const CONSOLES = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

function whereToLook(record: RegistryRecord): string[] {
  const { region } = record;
  const console = `https://${region}.${CONSOLES[partitionOf(region)]}/ecs/v2/clusters/${stackOf(record)}?region=${region}`;
  return [`Console: ${console}`, "Runbook: docs/runbooks/ttl-cleanup.md"];
}

/** What it has cost and would cost, if the record has an hourly cost. */
function costLines(record: RegistryRecord, now: Instant): string[] {
  if (record.hourlyCostUsd === undefined) return [];
  const age = Math.max(0, now - instantOf(record.createdAt));
  const about = (record.hourlyCostUnpriced ?? 0) > 0 ? "at least" : "about";
  return [
    `It has cost ${about} ${usd((age / HOUR) * record.hourlyCostUsd)} in ${formatDuration(age)}; keeping it costs ${about} ${usd(record.hourlyCostUsd * 24)} per day, ${usd(record.hourlyCostUsd * HOURS_PER_MONTH)} per month.`,
  ];
}
