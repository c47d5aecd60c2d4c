import type { OfficeHours } from "../shared/office-hours";

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** Midnight of a Monday, UTC, in seconds since 1970. */
const MONDAY_SECONDS = 4 * DAY_SECONDS;

/** Tasks take this long to start in the morning. */
const START_SECONDS = 900;

/**
 * A condition in metric math that is true while the service is planned to run, and false at night, on weekends and while
 * its tasks start. CloudWatch computes in UTC. Where the clocks change, an hour that is an office hour in one half of the
 * year only counts as night.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (EPOCH, FLOOR, IF)
 *
 * @param series expression with data in every period
 */
export function plannedToRun(series: string, { timeZone, startHour, endHour }: OfficeHours): string {
  const offsets = offsetSeconds(timeZone);
  const start = startHour * HOUR_SECONDS + START_SECONDS - Math.min(...offsets);
  const end = endHour * HOUR_SECONDS - Math.max(...offsets);
  const seconds = Math.max(end - start, START_SECONDS);
  const since = (period: number) => `(EPOCH(${series}) - ${MONDAY_SECONDS + start}) / ${period}`;
  const fraction = (period: number) => `${since(period)} - FLOOR(${since(period)})`;
  return (
    `(${fraction(DAY_SECONDS)}) * ${DAY_SECONDS} < ${seconds} AND ` + `(${fraction(7 * DAY_SECONDS)}) * 7 < 5`
  );
}

/** The offsets of a time zone from UTC in a year, in seconds. */
function offsetSeconds(timeZone: string): readonly number[] {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return Array.from({ length: 12 }, (_, month) => {
    const parts = format.formatToParts(Date.UTC(2026, month, 1));
    const name = parts.find(({ type }) => type === "timeZoneName")!.value;
    const [, sign, hours, minutes = "0"] = /GMT([+-])(\d+):?(\d+)?/.exec(name) ?? [];
    if (hours === undefined) return 0;
    return (sign === "-" ? -1 : 1) * (Number(hours) * HOUR_SECONDS + Number(minutes) * 60);
  });
}
