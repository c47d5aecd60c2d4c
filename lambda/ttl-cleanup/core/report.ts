import { usd } from "../../../contract/dollars";
import { formatDuration } from "../../../contract/duration";
import type { StuckResource } from "../../../cleanup/engine/task";
import type { Instant } from "../../../cleanup/engine/time";
import { HOUR } from "../../../cleanup/engine/time";
import { partitionOf, registryTableName, type Place } from "../../../contract/names";
import { isTest, registryKey, type RegistryRecord, type StackRecord } from "../../../contract/registry";
import { localTime } from "../../../contract/time-zone";
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
  const at = when(record, record.expiresAt);
  const expires = left > 0 ? `in ${formatDuration(left)}, at ${at}` : `at ${at}, which has passed`;
  return notice(`${record.environment} will be deleted at ${formatInstant(expiresAt)}`, [
    `${named(record)} expires ${expires}.`,
    "Everything in it is deleted then, data included, at the earliest 55 minutes after this message.",
    ...costLines(record, now),
    "",
    maxExpiresAt > expiresAt
      ? `To keep it longer, up to ${when(record, record.maxExpiresAt)}:  npx automock extend ${stackOf(record)} --by 2h`
      : "It has reached its maximum lifetime and cannot be extended.",
    `To keep it until you say otherwise:  npx automock protect ${stackOf(record)}`,
    ...whereToLook(record.region, clusterPage(record)),
  ]);
}

export function completionNotice(record: StackRecord, proof: CompletionProof, now: Instant): Notice {
  const deleted = Object.entries(proof.deleted)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const total = deleted.reduce((sum, [, count]) => sum + count, 0);
  const { tombstones = [], unproven = [] } = proof.listings.at(-1) ?? {};
  const { bucket, key } = record.stateRef;
  return notice(
    `${record.environment} is deleted: ${total} resources in ${formatDuration(proof.durationMs)}`,
    [
      `${named(record)} expired at ${when(record, record.expiresAt)} and is deleted.`,
      `It took ${formatDuration(proof.durationMs)} from the first deletion to the proof that nothing is left.`,
      ...(sameInstant(record.warnFor, record.expiresAt)
        ? []
        : ["It was deleted by hand, without a warning."]),
      ...costLines(record, now, "would cost"),
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
        : `The Terraform state s3://${bucket}/${key} is empty, serial ${proof.stateSerial}` +
          (proof.stateVersionId === undefined
            ? "."
            : `; the last full one is version ${proof.stateVersionId}.`),
      `To deploy the same name again:  npx automock deploy ${stackOf(record)}`,
      ...whereToLook(record.region, `s3/buckets/${bucket}?prefix=${key}`),
    ],
  );
}

export function failureNotice(
  record: RegistryRecord,
  stuck: readonly StuckResource[],
  errors: readonly string[],
): Notice {
  return notice(`${record.environment} cannot be deleted: ${stuck.length + errors.length} problems`, [
    `${named(record)} expired at ${when(record, record.expiresAt)}, but some of it is left. The reaper tries again every hour.`,
    ...(stuck.length > 0 ? ["", "Resources that cannot be deleted, and why:"] : []),
    ...stuck.map(
      ({ key, reason, blockedBy }) =>
        `  ${key}: ${reason}${blockedBy.length > 0 ? `; blocked by ${blockedBy.join(", ")}` : ""}`,
    ),
    ...(errors.length > 0 ? ["", "Not listed, or of an unknown type:"] : []),
    ...errors.map((error) => `  ${error}`),
    "",
    ...(isTest(record)
      ? []
      : ["Its Terraform state is untouched, so Terraform can be used on it between the attempts."]),
    `To see what is left and why:  ${isTest(record) ? `npx automock test-env show ${record.environment}` : `npx automock reap ${stackOf(record)}`}`,
    destroyLine(record),
    ...pagesOf(record),
  ]);
}

export function refusalNotice(record: RegistryRecord, refusals: readonly Refusal[]): Notice {
  return notice(`${record.environment} is not deleted: ${refusals.map(({ gate }) => gate).join(", ")}`, [
    `${named(record)} expired at ${when(record, record.expiresAt)}, but the reaper does not delete it:`,
    ...refusals.map(({ gate, reason }) => `  ${gate}: ${reason}`),
    "",
    isTest(record) ? destroyLine(record) : `For details:  npx automock status ${stackOf(record)}`,
    ...pagesOf(record),
  ]);
}

/** @param plan what would be deleted */
export function dryRunNotice(record: RegistryRecord, plan: string): Notice {
  return notice(`${record.environment} expired, but deletion is not enabled in this account`, [
    `${named(record)} expired at ${when(record, record.expiresAt)}. It is kept and goes on to cost money, because deletion is not enabled in this account and region.`,
    "To enable it:  npx automock bootstrap --enable-deletion",
    "Then the owner of every expired environment is warned, and it is deleted 55 minutes later at the earliest.",
    destroyLine(record),
    ...pagesOf(record),
    "",
    plan.trimEnd(),
  ]);
}

export function halfDeletedNotice(record: RegistryRecord): Notice {
  const total = Object.values(record.deleted).reduce((sum, count) => sum + count, 0);
  return notice(`${record.environment} is kept, but its deletion had begun`, [
    `${named(record)} was extended or protected, or deletion was disabled, while it was being deleted. The reaper stopped.`,
    `${total} resources are known to be deleted, and more may follow.${isTest(record) ? "" : " They are still in the Terraform state."}`,
    `It now expires at ${when(record, record.expiresAt)}${record.protected ? ", but is protected" : ""}.`,
    "",
    isTest(record)
      ? destroyLine(record)
      : `To restore what is deleted:  npx automock deploy ${stackOf(record)}`,
    ...pagesOf(record),
  ]);
}

/** A record with faults names no system, so nothing but the place and the name is certain. */
export function invalidNotice(
  { accountId, region }: Place,
  environment: string,
  owner: string | undefined,
  faults: readonly string[],
): Notice {
  const table = registryTableName(accountId, region);
  return notice(`The record of ${environment} cannot be read`, [
    `The record of ${environment} (owner ${owner ?? "unknown"}, account ${accountId}, ${region}) is invalid, so the environment is neither warned about nor deleted:`,
    ...faults.map((fault) => `  ${fault}`),
    "",
    `Correct the item ${registryKey(environment).pk}, ${registryKey(environment).sk} in the table ${table}; this message comes again only if other faults are found.`,
    "To see what is left to correct:  npx automock list",
    ...whereToLook(region, `dynamodbv2/home?region=${region}#item-explorer?table=${table}`),
  ]);
}

/** The environment, its owner and its place. */
function named({ environment, owner, accountId, region }: RegistryRecord): string {
  return `The environment ${environment} (owner ${owner}, account ${accountId}, ${region})`;
}

/** An instant of the record, with the local time of its people if their zone is known. */
function when({ timeZone }: RegistryRecord, instant: string): string {
  const local = timeZone === undefined ? undefined : localTime(instantOf(instant), timeZone);
  return local === undefined ? instant : `${instant} (${local})`;
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

function destroyLine(record: RegistryRecord): string {
  const command = isTest(record) ? `test-env down ${record.environment}` : `destroy ${stackOf(record)}`;
  return `To destroy it yourself:  npx automock ${command}`;
}

function pagesOf(record: RegistryRecord): string[] {
  return isTest(record)
    ? ["Documentation: docs/test-environments.md"]
    : whereToLook(record.region, clusterPage(record));
}

function clusterPage(record: RegistryRecord): string {
  return `ecs/v2/clusters/${stackOf(record)}?region=${record.region}`;
}

/** @param page of the console */
function whereToLook(region: string, page: string): string[] {
  return [
    `Console: https://${region}.${CONSOLES[partitionOf(region)]}/${page}`,
    "Runbook: docs/runbooks/ttl-cleanup.md",
  ];
}

/** What it has cost, and what it costs or would have cost to keep it, if the record has an hourly cost. */
function costLines(record: RegistryRecord, now: Instant, verb = "costs"): string[] {
  if (record.hourlyCostUsd === undefined) return [];
  const age = Math.max(0, now - instantOf(record.createdAt));
  const about = (record.hourlyCostUnpriced ?? 0) > 0 ? "at least" : "about";
  return [
    `It has cost ${about} ${usd((age / HOUR) * record.hourlyCostUsd)} in ${formatDuration(age)}; keeping it ${verb} ${about} ${usd(record.hourlyCostUsd * 24)} per day, ${usd(record.hourlyCostUsd * HOURS_PER_MONTH)} per month.`,
  ];
}
