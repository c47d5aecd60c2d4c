/**
 * Matches for the header `Prefer` (RFC 7240): `code=404`, `example=cat`, or both. MockServer takes a value as a regular
 * expression for the whole text.
 */

const END = '"?(?:[,;\\s].*)?';

/** The example is asked for by name, and no other status is. */
export function preferExample(status: number, example: string): string {
  return `(?!.*\\bcode="?(?!${status}\\b)).*\\bexample="?${escaped(example)}${END}`;
}

/** Both are asked for, in any order: the name alone belongs to another status. */
export function preferBoth(status: number, example: string): string {
  return `(?=.*\\bcode="?${status}\\b).*\\bexample="?${escaped(example)}${END}`;
}

/** The status is asked for. */
export function preferCode(status: number): string {
  return `.*\\bcode="?${status}${END}`;
}

function escaped(text: string): string {
  return text.replace(/[^\w -]/g, (character) => `\\${character}`);
}
