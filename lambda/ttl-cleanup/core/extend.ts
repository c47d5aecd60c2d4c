import { formatInstant, HOUR, times } from "./clock";
import { DELETING_PHASES } from "./phases";
import type { Registry } from "./ports";

/**
 * Lengthens an environment's life, counted from its present expiry. Takes effect by itself: the registry's
 * stream re-arms the schedules, and a cleanup that has not begun to delete stands down.
 *
 * @returns the new expiry
 */
export async function extend(registry: Registry, environment: string, hours: number): Promise<string> {
  const read = await registry.get(environment);
  if (read.kind === "missing")
    throw new Error(`There is no environment ${environment}; it may have been deleted`);
  if (read.kind === "invalid")
    throw new Error(`The record of ${environment} is damaged: ${read.faults.join("; ")}`);
  if (!Number.isFinite(hours) || hours <= 0)
    throw new Error(`Cannot extend by ${hours} hours; write hours above 0`);
  const { record } = read;
  const { expiresAt, maxExpiresAt } = times(record);
  if (record.firstDeleteAt !== undefined || DELETING_PHASES.includes(record.phase)) {
    throw new Error(
      `${environment} is being deleted since ${record.firstDeleteAt ?? record.expiresAt}; deploy it again when that is done`,
    );
  }
  const to = expiresAt + hours * HOUR;
  if (to > maxExpiresAt) {
    const most = Math.floor((maxExpiresAt - expiresAt) / HOUR);
    throw new Error(
      `${hours} hours more would reach past ${record.maxExpiresAt}, the longest ${environment} may live; allowed are ${most} hours`,
    );
  }
  await registry.extend(environment, record.expiresAt, formatInstant(to));
  return formatInstant(to);
}
