/** A finding of a rule that someone has accepted for a while. */
export interface Suppression {
  /** Name of the rule, for example `openIngress`. */
  readonly rule: string;
  readonly reason: string;
  /** Last day on which it counts, `yyyy-mm-dd` in UTC. */
  readonly expires: string;
}

const FORM = /^Suppressed until (\d{4}-\d{2}-\d{2}) \(rule (\w+)\): (.*?) Finding: (.*)$/s;

/** The finding as synth notes it beside the stack. Synth has no clock: the reader says whether it has expired. */
export function suppressedText({ rule, reason, expires }: Suppression, finding: string): string {
  return `Suppressed until ${expires} (rule ${rule}): ${reason} Finding: ${finding}`;
}

/** Reads such a note; undefined for any other text. */
export function readSuppressed(
  text: string,
): { readonly suppression: Suppression; readonly finding: string } | undefined {
  const [, expires, rule, reason, finding] = FORM.exec(text) ?? [];
  return expires === undefined
    ? undefined
    : { suppression: { rule: rule!, reason: reason!, expires }, finding: finding! };
}

/** What is wrong with a suppression; undefined when it may be used. */
export function suppressionFault({ reason, expires }: Suppression): string | undefined {
  if (!/\S{3}/.test(reason) || /\sFinding: /.test(reason)) {
    return `reason is "${reason}"; say in a sentence why the finding is accepted.`;
  }
  const day = new Date(`${expires}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(expires) &&
    !Number.isNaN(day.getTime()) &&
    day.toISOString().startsWith(expires)
    ? undefined
    : `expires is "${expires}"; use a day such as 2027-01-31.`;
}

/** @param at ISO 8601 */
export function hasExpired({ expires }: Suppression, at: string): boolean {
  return at.slice(0, expires.length) > expires;
}
