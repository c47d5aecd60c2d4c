import { couldBeSecret, isSecretName } from "./secret-names";

/** Finds secrets inside other texts: scripts, addresses, connection strings, messages. */

/** Start and end, as in `slice`. */
export type Range = readonly [from: number, to: number];

/** Secrets by format. The first group, if there is one, is the secret. */
const FORMS: readonly RegExp[] = [
  // Private keys, also with escaped line breaks, or without an end if the text was cut.
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/dg,
  // The password in `//user:password@host`.
  /:\/\/[^\s/:@"'<>]*:([^\s/@"'<>]+)(?=@)/dg,
  // A token in place of the user. https://git-scm.com/docs/gitcredentials
  /\bhttps?:\/\/([^\s/:@"'<>]+)(?=@)/dg,
  /\b(?:Bearer|Basic|Token)[ \t]+((?=[\w.~+/-]*[\d=_.~+/-])[\w.~+/-]{8,}=*)/dgi,
  // AWS access key ids. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/dg,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/dg,
  /\b[rs]k_(?:live|test)_\w{16,}/dg,
  /\bAIza[\w-]{35}/dg,
];

/**
 * `name=value`, `name: value`, `"name": "value"`, `--name value`; parts of addresses and ARNs are not names. The value is
 * not consumed, because it can be a name itself: `error: password: x`.
 */
const PAIR =
  /(?<![\w.:-])(?:--)?([A-Za-z_][\w-]{0,99})(?:(?:\\?["'])?[ \t]*(?:=>|:=|[:=](?!\/\/))[ \t]*|(?<=--[\w-]+)[ \t]+)(?=(?:\\?"([^"\\\n]+)\\?"?|\\?'([^'\\\n]+)\\?'?|([^\s,;&"'<>()[\]{}\\]+)))/dg;

/** Where a text contains secrets. */
export function secretRanges(text: string): Range[] {
  // Skips the many texts that are single words or ids.
  if (!/[:=@ ]|AKIA|ASIA|ABIA|ACCA|eyJ|[rs]k_|AIza/.test(text)) return [];
  const ranges: Range[] = [];
  for (const form of FORMS) {
    for (const { indices } of text.matchAll(form)) ranges.push(indices![1] ?? indices![0]!);
  }
  for (const match of text.matchAll(PAIR)) {
    const [, name, ...values] = match;
    const at = values.findIndex((value) => value !== undefined);
    if (isSecretName(name!) && couldBeSecret(values[at])) ranges.push(match.indices![at + 2]!);
  }
  return ranges;
}

/** The text with each range replaced; overlapping ranges are merged. */
export function replaceRanges(text: string, ranges: readonly Range[], replacement: string): string {
  if (ranges.length === 0) return text;
  const sorted = [...ranges].sort(([a], [b]) => a - b);
  let result = "";
  let end = 0;
  for (const [from, to] of sorted) {
    if (from >= end) result += text.slice(end, from) + replacement;
    end = Math.max(end, to);
  }
  return result + text.slice(end);
}
