/**
 * Whether a name is a time zone that people and AWS know: an IANA name in the spelling of the database, without
 * offsets. JavaScript accepts more.
 * Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
 */
export function isTimeZone(name: string): boolean {
  const canonical = canonicalTimeZone(name);
  if (canonical === undefined) return false;
  // A link such as Asia/Kolkata resolves to another name, so only its shape can be checked.
  if (canonical.toLowerCase() !== name.toLowerCase())
    return /^[A-Z][a-z]\w*(\/[A-Z][A-Za-z_+\-0-9]*)+$/.test(name);
  return canonical === name;
}

/** JavaScript's canonical name of a time zone, or `undefined` if there is no such time zone. */
export function canonicalTimeZone(name: string): string | undefined {
  // From Node 22 on offsets are time zones too.
  if (/^[+-]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** `2026-03-01 05:00 Europe/Berlin`, or `undefined` if there is no such time zone. */
export function localTime(ms: number, timeZone: string): string | undefined {
  if (canonicalTimeZone(timeZone) === undefined) return undefined;
  // Swedish dates are ISO 8601.
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return `${text.format(ms)} ${timeZone}`;
}
