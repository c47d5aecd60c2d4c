import { usd } from "../../../contract/dollars";
import { formatDuration } from "../../../contract/duration";
import type { Box } from "../../../operations/admin-box/boxes";
import type { Refusal } from "../../../operations/admin-box/launch";
import type { Preview } from "../../../operations/admin-box/preview";
import { usdSoFar } from "../../../operations/admin-box/prices";
import { extrasUsd, onDemandUsd } from "../../../pricing/admin-box";
import { formatTable, type Colors } from "../../output";

/** What is said before a launch. */
export function previewLines({ usd: cost, quotas, candidates, caller }: Preview, hours: number): string[] {
  const types = new Set(candidates.map(({ instanceType }) => instanceType)).size;
  const zones = new Set(candidates.map(({ availabilityZone }) => availabilityZone)).size;
  const quotaTexts = quotas.map(({ name, value }) => `${value ?? "unknown"} vCPUs ${name}`);
  return [
    `Launching a box as ${caller}: ${types} instance types in ${zones} zones.`,
    `Cost for ${formatDuration(hours * 3_600_000)}: ${usd(cost.expected, 4)} (${usd(cost.low, 4)} to ${usd(cost.high, 4)}). Quotas: ${quotaTexts.join(", ")}.`,
  ];
}

export function upLines(box: Box): string[] {
  return [
    `${box.id} runs until ${box.expiresAt}. It needs no heartbeat.`,
    `automock admin connect ${box.id}`,
    `automock admin down ${box.id}`,
  ];
}

/** The last words about a box that was ended. */
export function endLines(box: Box, now: number): string[] {
  const minutes = formatDuration(now - Date.parse(box.launchedAt));
  return [`${box.id} is terminated after ${minutes}; it cost at most ${usd(costSoFar(box, now), 4)}.`];
}

export function noCapacityText(refused: readonly Refusal[]): string {
  const lines = refused.map(
    ({ market, instanceType = "any type", availabilityZone = "any zone", code }) =>
      `  ${market}  ${instanceType}  ${availabilityZone}  ${code}`,
  );
  return [
    "No type had capacity in any zone. Tried:",
    ...lines,
    "Try again in a few minutes, or add instanceTypes or subnets to admin in the environment's file.",
  ].join("\n");
}

/** Upper bound: a Spot box costs less. */
function costSoFar(box: Box, now: number): number {
  return usdSoFar(
    onDemandUsd(box.instanceType) + extrasUsd(box.publicAddress),
    Date.parse(box.launchedAt),
    now,
  );
}

/** A box as documents in JSON show it. */
export type PublishedBox = Omit<Box, "aliveUntil" | "publicAddress">;

export function published({ aliveUntil: _alive, publicAddress: _public, ...box }: Box): PublishedBox {
  return box;
}

export interface ListedBox extends PublishedBox {
  readonly minutesLeft: number;
  readonly usdSoFar: number;
}

export function listed(box: Box, now: number): ListedBox {
  return {
    ...published(box),
    minutesLeft: Math.floor((Date.parse(box.expiresAt) - now) / 60_000),
    usdSoFar: Math.round(costSoFar(box, now) * 10_000) / 10_000,
  };
}

export function boxesText(boxes: readonly ListedBox[], colors: Colors): string {
  if (boxes.length === 0) return "There are no admin boxes.";
  const rows = boxes.map((box) => [
    box.id,
    personOf(box.launchedBy),
    reasonCell(box.reason),
    `${box.instanceType} ${box.market}`,
    box.minutesLeft < 0 ? colors.red("expired") : formatDuration(box.minutesLeft * 60_000),
    usd(box.usdSoFar, 4),
  ]);
  return formatTable(["BOX", "WHO", "REASON", "TYPE", "TIME LEFT", "SO FAR"], rows, { colors, right: [5] });
}

const MAX_REASON_SHOWN = 40;

/** The reason as a table has room for it. */
export function reasonCell(reason: string): string {
  return reason.length <= MAX_REASON_SHOWN ? reason : `${reason.slice(0, MAX_REASON_SHOWN - 1)}…`;
}

/** The session name in an `aws:userid` such as `AROA…:alice@example.com`. */
export function personOf(userId: string): string {
  return userId.slice(userId.indexOf(":") + 1);
}
