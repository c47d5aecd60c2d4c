import { couldBeSecret, isSecretName } from "./secret-names";
import { decodedText } from "./encoded-text";

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
  // Tokens that begin with the name of who gave them out. A truncated or newer one has another length.
  /\b(?:gh[opsur]_|github_pat_|glpat-|gldt-|glrt-|do[opr]_v1_|hv[sbr]\.|shp(?:at|ca|pa|ss)_|npm_|pypi-|dckr_pat_|whsec_|xox[abeoprs]-|sk-|NRAK-|PMAK-|xkeysib-|glsa_|rubygems_|sntrys_|lin_api_|ATATT|AGE-SECRET-KEY-1|dapi)(?=[\w.-]*\d)[\w.-]{16,}/dg,
  /\bSK[0-9a-f]{32}\b/dg,
  /\b\d{8,10}:[\w-]{35}\b/dg,
  // Hashes of passwords, which can be guessed. https://man7.org/linux/man-pages/man5/crypt.5.html
  /\$(?:1|2[abxy]|5|6|7|y|gy|apr1|argon2\w*|scrypt|pbkdf2[\w-]*)\$[\w./+=,$-]{8,}/dg,
  /PuTTY-User-Key-File-[\s\S]*/dg,
  /\b(?:Set-)?Cookie:[ \t]*([^\s"'=]+=[^"'\n]+)/dgi,
  // `-u user:password` of curl and wget; digits alone are the ids of a user and a group.
  /(?<=^|\s)(?:-u|--user)[ =]["']?[^\s:"']+:(?!\d+\b)([^\s"']+)/dg,
  /\bmysql\w*\b[^|;&\n]*?\s-p([^\s"']+)/dg,
  /\bsshpass\s+-p\s*["']?([^\s"']+)/dg,
  /\bredis-cli\b[^|;&\n]*?\s-a\s+["']?([^\s"']+)/dg,
  // https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
  /\blogin\s+\S+\s+password\s+(\S+)/dg,
  // SQL
  /\b(?:PASSWORD|IDENTIFIED\s+(?:WITH\s+\S+\s+)?(?:BY|AS))\s+(?:PASSWORD\s+)?'([^'\n]+)'/dgi,
];

/** The content of an element, and the value beside a name, in XML. */
const ELEMENT = /<([\w.:-]{1,100})(?:\s[^<>]*)?>([^<>]+)<\/\1>/dg;
const NAMED_VALUE = /\b(?:name|key)=["']([\w.-]{1,100})["']\s+value=["']([^"'\n]+)["']/dg;

/** Base64 of texts, such as the user data of an instance. */
const ENCODED = /(?<![\w+/-])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/-])/dg;

/**
 * `name=value`, `name: value`, `"name": "value"`, `--name value`, `a.name=value`, `:name =>`, `$env:NAME =`; a part of
 * an address or of an ARN is not a name. The
 * value is not consumed, because it can be a name itself: `error: password: x`.
 */
const PAIR =
  /(?:(?<![\w.:-])|(?<=(?:^|[\s({,]|\$env):))(?:--)?([A-Za-z_][\w.-]{0,99})(?:(?:\\?["'])?[ \t]*(?:=>|:=|[:=](?!\/\/))[ \t]*|(?<=--[\w-]+)[ \t]+)(?=(?:\\?"([^"\\\n]+)\\?"?|\\?'([^'\\\n]+)\\?'?|([^\s,;&"'<>()[\]{}\\]+)))/dg;

/** Where a text contains what has the form of a secret, whatever it is called. */
export function formRanges(text: string): Range[] {
  return FORMS.flatMap((form) => [...text.matchAll(form)].map(({ indices }) => indices![1] ?? indices![0]!));
}

/** Where a text contains secrets. */
export function secretRanges(text: string): Range[] {
  // Most texts are words and ids.
  if (text.length < SHORTEST_TEXT) return [];
  const ranges = formRanges(text);
  for (const pair of [PAIR, ELEMENT, NAMED_VALUE]) {
    for (const match of text.matchAll(pair)) {
      const [, name, ...values] = match;
      const at = values.findIndex((value) => value !== undefined);
      // Of a name with dots only the last part says what the value is.
      if (isSecretName(name!.split(".").at(-1)!) && couldBeSecret(values[at]))
        ranges.push(match.indices![at + 2]!);
    }
  }
  for (const match of text.matchAll(ENCODED)) {
    const decoded = decodedText(match[0]);
    if (decoded !== undefined && (/^[\w.@-]+:\S{3,}$/.test(decoded) || secretRanges(decoded).length > 0))
      ranges.push(match.indices![0]!);
  }
  return ranges;
}

/** `pw: x`, the shortest text that holds a secret and says so. */
const SHORTEST_TEXT = 5;

/** The text with each range replaced; ranges that overlap become one. */
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
