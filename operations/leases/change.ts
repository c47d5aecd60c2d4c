import { EXTENDABLE_PHASES, extension } from "../../contract/extension";
import { MAX_LIFETIME_HOURS, parseInstant, type Phase, type RegistryRecord } from "../../contract/registry";
import { usd } from "../../contract/dollars";
import { formatDuration } from "../../contract/duration";
import type { StackRef } from "../../environments/schema/stacks";
import { UserError } from "../../contract/user-error";
import type { Located } from "./located";
import type { Registry } from "../../registry/registry";
import { timeLeft, type Terms } from "./terms";

/** How often a concurrent change of `expiresAt` leads to another attempt. */
const ATTEMPTS = 5;

export interface Extended {
  readonly stack: string;
  readonly accountId: string;
  readonly region: string;
  readonly from: string;
  readonly to: string;
  readonly maxExpiresAt: string;
}

/**
 * Moves the expiry of an ephemeral environment, counted from the current expiry, or from now if that has passed. The
 * write is conditional; after a concurrent change the record is read again.
 *
 * @throws UserError when it has no time to live, its deletion has begun, or the maximum would be exceeded
 */
export async function extend(
  registry: Registry,
  located: Located,
  by: { readonly ms: number; readonly now: () => number },
): Promise<Extended> {
  const { ref } = located;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const record = await requireRecord(registry, located);
    const moved = extension(record, by.ms, by.now());
    if (moved.kind === "removing") throw new UserError(removalHasBegun(record));
    if (moved.kind === "tooFar") throw new UserError(tooFar(ref, record, by.ms, moved.mostMs));
    const { expiresAt: from, maxExpiresAt } = record;
    const { expiresAt: to } = moved;
    if (await registry.moveExpiry(ref.environment, { from, to, phases: EXTENDABLE_PHASES })) {
      return { stack: ref.id, accountId: ref.accountId, region: ref.region, from, to, maxExpiresAt };
    }
  }
  throw new UserError(
    `The record of ${ref.environment} changed ${ATTEMPTS} times while it was being extended. Find out who changes it (automock status ${ref.id}), then try again.`,
  );
}

export interface ProtectionChange {
  readonly stack: string;
  readonly accountId: string;
  readonly region: string;
  readonly protected: boolean;
  /** False if the protection was already so. */
  readonly changed: boolean;
  readonly owner: string;
  readonly phase: Phase;
  readonly expiresAt: string;
  readonly minutesLeft: number;
  /** Whether the reaper deletes anything in this account and region. */
  readonly deletionEnabled: boolean;
  readonly usdHourly?: Terms["usdHourly"];
  readonly atLeast?: true;
}

/** Protects an environment from its expiry, or unprotects it. */
export async function setProtected(
  registry: Registry,
  located: Located,
  value: boolean,
  now: number,
): Promise<ProtectionChange> {
  const { ref } = located;
  const record = await requireRecord(registry, located);
  if (!(await registry.setProtected(ref.environment, value))) throw noRecord(located);
  const { owner, phase, expiresAt, hourlyCostUsd, hourlyCostUnpriced = 0 } = record;
  return {
    stack: ref.id,
    accountId: ref.accountId,
    region: ref.region,
    protected: value,
    changed: record.protected !== value,
    owner,
    phase,
    expiresAt,
    minutesLeft: Math.floor((parseInstant(expiresAt)! - now) / 60_000),
    deletionEnabled: await registry.deletionEnabled(record.kind),
    ...(hourlyCostUsd !== undefined && {
      usdHourly: { expected: hourlyCostUsd },
      ...(hourlyCostUnpriced > 0 && { atLeast: true as const }),
    }),
  };
}

/** Explains a change of the protection, and who pays. */
export function protectionText(change: ProtectionChange): string[] {
  const { stack, owner, phase, minutesLeft, usdHourly, atLeast } = change;
  const cost =
    usdHourly === undefined
      ? ""
      : `, ${atLeast ? "at least" : "about"} ${usd(usdHourly.expected, 4)} per hour or more`;
  const lines = change.protected
    ? [
        `${stack} ${change.changed ? "is now protected" : "was already protected"}: it is not deleted, not even at its expiry (${timeLeft({ minutesLeft })}).`,
        `${owner} pays for it${cost}, until someone runs automock unprotect ${stack}.`,
      ]
    : [
        `${stack} ${change.changed ? "is no longer protected" : "was not protected"}: ` +
          (minutesLeft >= 0
            ? `it expires at ${change.expiresAt} (${timeLeft({ minutesLeft })}).`
            : `it has expired, ${change.deletionEnabled ? "and the reaper will delete it at most one hour after it warned the owner. To keep it, extend it now." : "but deletion is not enabled in this account and region: the reaper only reports what it would delete."}`),
      ];
  if (change.protected && !EXTENDABLE_PHASES.includes(phase)) {
    lines.push(
      `Its deletion had begun (phase ${phase}): deleted resources are not restored, and the reaper stops before the next deletion.`,
    );
  }
  return lines;
}

/**
 * The record of an ephemeral environment.
 *
 * @throws UserError when there is no usable record
 */
export async function requireRecord(registry: Registry, located: Located): Promise<RegistryRecord> {
  const { ref } = located;
  if (ref.definition && ref.definition.ttlHours === undefined) {
    throw new UserError(
      `${ref.id} is permanent: its environment has no ttlHours, so it never expires, and the reaper never touches it.`,
    );
  }
  const read = await registry.get(ref.environment);
  if (read.kind === "missing") throw noRecord(located);
  if (read.kind === "invalid") {
    throw new UserError(
      `The record of ${ref.environment} is invalid, so the reaper skips it and raises an alarm:\n` +
        `${read.faults.map((fault) => `  ${fault}`).join("\n")}\nFix the item in the registry; docs/runbooks/ttl-cleanup.md says where it is.`,
    );
  }
  if (read.record.system !== ref.system) {
    throw new UserError(
      `The environment ${ref.environment} belongs to ${read.record.system}-${ref.environment}; ${ref.id} has no time to live.`,
    );
  }
  return read.record;
}

function noRecord({ ref, unknown }: Located): UserError {
  return (
    unknown ??
    new UserError(
      `${ref.id} is not deployed: the registry of account ${ref.accountId} in ${ref.region} has no record for it. Deploy it with automock deploy ${ref.id}.`,
    )
  );
}

function removalHasBegun({ environment, system, phase, expiresAt, owner }: RegistryRecord): string {
  return (
    `The deletion of ${environment} (owner ${owner}) has begun: it expired at ${expiresAt} and is in phase ${phase}. ` +
    `It can no longer be extended. After the deletion, deploy it again: automock deploy ${system}-${environment}.`
  );
}

function tooFar(ref: StackRef, record: RegistryRecord, asked: number, most: number): string {
  const { maxExpiresAt } = record;
  const minutes = Math.floor(most / 60_000);
  const limit = `An environment lives at most ${MAX_LIFETIME_HOURS} hours from its first deployment; for ${ref.id} that is until ${maxExpiresAt}.`;
  return minutes > 0
    ? `${formatDuration(asked)} is too long. ${limit}\nThe maximum is --by ${asOption(minutes)}.`
    : `${ref.id} cannot be extended any further. ${limit}\nTo keep it longer, run automock protect ${ref.id}; its owner pays for it until it is unprotected.`;
}

function asOption(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${hours > 0 ? `${hours}h` : ""}${rest > 0 ? `${rest}m` : ""}`;
}
