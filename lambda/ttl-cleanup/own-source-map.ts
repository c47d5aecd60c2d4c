/** A source map of version 3, as far as it is used here: https://tc39.es/ecma426/ */
interface SourceMap {
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

/** One mapping: generated column; then source, line, column; then name. Absolute numbers. */
type Segment = readonly number[];

/**
 * Leaves only what maps into our own files: two thirds of a bundle's map are libraries, and a call stack is
 * read for our lines in it.
 */
export function ownSourceMap(text: string): string {
  const map = JSON.parse(text) as SourceMap;
  const isOwn = map.sources.map((source) => !source.includes("node_modules/"));
  const sources = new Renumbered();
  const names = new Renumbered();
  const lines = decode(map.mappings).map((line) => {
    const kept: Segment[] = [];
    let open = false;
    for (const [column, source, ...rest] of line as [number, number?, ...number[]][]) {
      if (source !== undefined && isOwn[source]) {
        const [row, place, name] = rest as [number, number, number?];
        kept.push([column, sources.of(source), row, place, ...(name === undefined ? [] : [names.of(name)])]);
        open = true;
      } else if (open) {
        kept.push([column]); // ends our region: what follows is a library's
        open = false;
      }
    }
    return kept;
  });
  return JSON.stringify({
    version: 3,
    sources: sources.old.map((i) => map.sources[i]),
    names: names.old.map((i) => map.names[i]),
    mappings: encode(lines),
  });
}

/** New numbers in the order of use. */
class Renumbered {
  readonly old: number[] = [];
  private readonly known = new Map<number, number>();

  of(index: number): number {
    const known = this.known.get(index);
    if (known !== undefined) return known;
    this.known.set(index, this.old.length);
    return this.old.push(index) - 1;
  }
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/** All fields but the column count on from line to line; the column starts anew. */
function decode(mappings: string): Segment[][] {
  const before = [0, 0, 0, 0, 0];
  return mappings.split(";").map((line) => {
    before[0] = 0;
    return line === ""
      ? []
      : line.split(",").map((segment) => numbersOf(segment).map((delta, field) => (before[field]! += delta)));
  });
}

function encode(lines: readonly (readonly Segment[])[]): string {
  const before = [0, 0, 0, 0, 0];
  return lines
    .map((line) => {
      before[0] = 0;
      return line
        .map((segment) =>
          segment
            .map((value, field) => {
              const delta = value - before[field]!;
              before[field] = value;
              return digitsOf(delta);
            })
            .join(""),
        )
        .join(",");
    })
    .join(";");
}

/** Base 64 digits of five bits, the lowest first; bit 6 says that more follow, the very first bit is the sign. */
function numbersOf(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = VALUES.get(character)!;
    value |= (digit & 31) << shift;
    if (digit & 32) shift += 5;
    else {
      numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
      value = shift = 0;
    }
  }
  return numbers;
}

function digitsOf(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = "";
  do {
    const more = rest > 31;
    text += DIGITS[(rest & 31) | (more ? 32 : 0)];
    rest >>>= 5;
  } while (rest > 0);
  return text;
}
