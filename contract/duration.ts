import { UserError } from "./user-error";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Parses a duration such as `30m`, `2h`, `1d` or `1d12h` (whole days, hours and minutes, in this order) to
 * milliseconds.
 *
 * @param option name of the option for the message, for example `--by`
 * @throws UserError if it is not a duration, or is zero (`0h`)
 */
export function parseDuration(text: string, option: string): number {
  const match = /^(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?$/.exec(text);
  const [days = 0, hours = 0, minutes = 0] = match?.slice(1).map((part) => Number(part ?? 0)) ?? [];
  const duration = days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS;
  if (duration > 0) return duration;
  throw new UserError(
    `${option} is "${text}", which is not a duration; write whole days, hours or minutes, for example 2h, 30m, 1d or 1d12h.`,
  );
}

/** A duration in its two largest units: `2 d 3 h`, `1 h 5 min`, `1 min 3 s`, `40 s`. Negative ones are `0 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
