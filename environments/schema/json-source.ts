import { printParseErrorCode, visit } from "jsonc-parser";

/** Parsed JSON with the position of every value. */
export interface JsonSource {
  readonly value: unknown;
  /** Position of a value, or of its key in an object. For a missing path, the position of the nearest parent. */
  positionOf(path: readonly PropertyKey[]): Position;
  /** Paths of duplicate keys, at most 100. `value` has the last of each. */
  readonly duplicateKeys: readonly (readonly PropertyKey[])[];
}

/** Line and column, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text is not JSON, or exceeds a limit. */
export class JsonSyntaxError extends Error {
  constructor(
    message: string,
    readonly position: Position,
    /** The line, and a mark below the position. */
    readonly excerpt: string,
  ) {
    super(message);
  }
}

/** More than the largest tasks can hold, and half of Node's maximum string length. */
export const MAX_JSON_MIB = 256;
/** MockServer's parser rejects deeper nesting. */
const MAX_LEVELS = 1000;
/** About 300 per expectation in the largest tasks. */
const MAX_VALUES = 5_000_000;
/** With deep nesting, all paths together could be far larger than the file. */
const MAX_DUPLICATE_KEYS = 100;

/**
 * Parses strict JSON in time and memory linear in the length of the text.
 *
 * @throws JsonSyntaxError at the first syntax error or exceeded limit
 */
export function parseJsonSource(text: string): JsonSource {
  const { root, duplicateKeys } = placesIn(text);
  return {
    // jsonc-parser would set the prototype for a key named `__proto__`.
    value: JSON.parse(text) as unknown,
    duplicateKeys,
    positionOf: (path) => {
      let place = root;
      for (const key of path) {
        const child = place.children?.get(key);
        if (!child) break;
        place = child;
      }
      return place.position;
    },
  };
}

interface Place {
  readonly position: Position;
  isArray?: boolean;
  children?: Map<PropertyKey, Place>;
}

function placesIn(text: string): { readonly root: Place; readonly duplicateKeys: readonly PropertyKey[][] } {
  const outside: Place = { position: { line: 1, column: 1 }, isArray: true };
  /** The arrays and objects around the current position. */
  const around = [outside];
  const duplicateKeys: PropertyKey[][] = [];
  let values = 0;
  let property = outside;

  const fail = (message: string, offset: number, position: Position): never => {
    throw new JsonSyntaxError(message, position, excerptAt(text, offset));
  };
  const add = (key: PropertyKey | undefined, offset: number, line: number, column: number): Place => {
    const parent = around.at(-1)!;
    const place = { position: { line: line + 1, column: column + 1 } };
    if (++values > MAX_VALUES) fail(`more than ${MAX_VALUES} values`, offset, place.position);
    parent.children ??= new Map();
    parent.children.set(key ?? parent.children.size, place);
    return place;
  };
  /** A property's value has the position of its key. */
  const valueAt = (offset: number, line: number, column: number): Place =>
    around.at(-1)!.isArray ? add(undefined, offset, line, column) : property;
  const begin = (isArray: boolean) => (offset: number, _length: number, line: number, column: number) => {
    const place = valueAt(offset, line, column);
    place.isArray = isArray;
    if (around.push(place) > MAX_LEVELS + 1) {
      fail(`more than ${MAX_LEVELS} levels of nesting`, offset, { line: line + 1, column: column + 1 });
    }
  };

  if (text.length > MAX_JSON_MIB * 1024 * 1024) fail(`more than ${MAX_JSON_MIB} MiB`, 0, outside.position);
  visit(
    text,
    {
      onObjectBegin: begin(false),
      onArrayBegin: begin(true),
      onObjectEnd: () => void around.pop(),
      onArrayEnd: () => void around.pop(),
      onObjectProperty: (key, offset, _length, line, column, path) => {
        const isDuplicate = around.at(-1)!.children?.has(key);
        if (isDuplicate && duplicateKeys.length < MAX_DUPLICATE_KEYS) duplicateKeys.push([...path(), key]);
        property = add(key, offset, line, column);
      },
      onLiteralValue: (_value, offset, _length, line, column) => void valueAt(offset, line, column),
      onError: (code, offset, length, line, column) => {
        const [message, at] = explain(printParseErrorCode(code), text, offset, length);
        fail(message, offset + at, { line: line + 1, column: column + at + 1 });
      },
    },
    { disallowComments: true },
  );
  return { root: outside.children?.get(0) ?? outside, duplicateKeys };
}

type ErrorCode = ReturnType<typeof printParseErrorCode>;

const COMMENT = "JSON has no comments; remove it";
const TRAILING_COMMA = 'remove the "," after the last value';
const NUMBER = "incomplete number";

/**
 * Messages for the parser's errors. The first row applies whose pattern matches the character before the position (a
 * space at the start of the file) followed by the rejected text.
 */
const MESSAGES: readonly (readonly [ErrorCode, RegExp, string])[] = [
  ["ValueExpected", /^,[\]}]$/, TRAILING_COMMA],
  ["ValueExpected", /^.$/, "the file ends where a value is missing"],
  ["ValueExpected", /^/, "a value is missing"],
  ["PropertyNameExpected", /^,}$/, TRAILING_COMMA],
  ["PropertyNameExpected", /^/, 'a key in double quotes is missing ("key": value)'],
  ["ColonExpected", /^/, 'a ":" is missing after the key'],
  ["CommaExpected", /^/, 'a "," or the closing bracket is missing'],
  ["CloseBraceExpected", /^/, 'the file ends before the closing "}"'],
  ["CloseBracketExpected", /^/, 'the file ends before the closing "]"'],
  ["EndOfFileExpected", /^/, "unexpected content after the JSON value"],
  ["InvalidCommentToken", /^/, COMMENT],
  ["InvalidSymbol", /^.[#/]/, COMMENT],
  ["InvalidSymbol", /^.'/, "strings must use double quotes, not single quotes"],
  ["InvalidSymbol", /^/, "not a JSON value; keys and strings must use double quotes"],
  ["UnexpectedEndOfNumber", /^/, NUMBER],
  ["InvalidNumberFormat", /^/, NUMBER],
  ["UnexpectedEndOfString", /^/, "the string has no closing quote"],
];

/** In a string: a valid escape (not captured), or an invalid escape or character (captured). */
const IN_STRING = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|(\\|[^ -\uffff])/g;

/** The message of an error, and the offset of its position from the error's start. */
function explain(
  code: ErrorCode,
  text: string,
  offset: number,
  length: number,
): [message: string, at: number] {
  const found = `${text.slice(0, offset).trimEnd().at(-1) ?? " "}${text.slice(offset, offset + length)}`;
  const row = MESSAGES.find(([known, pattern]) => known === code && pattern.test(found));
  if (row) return [row[2], 0];
  for (const { index, 1: refused } of found.slice(1).matchAll(IN_STRING)) {
    if (refused === "\\") return ['not an escape in JSON; write a backslash itself as "\\\\"', index];
    if (refused) return ["a control character in a string; write it as \\u00XX", index];
  }
  return [code, 0];
}

/** Width of an excerpt in characters; a file may have no line breaks. */
const EXCERPT_WIDTH = 60;

function excerptAt(text: string, offset: number): string {
  const start = Math.max(text.slice(0, offset).lastIndexOf("\n") + 1, offset - EXCERPT_WIDTH / 2);
  const [line] = text.slice(start, start + EXCERPT_WIDTH).split("\n", 1);
  return `${line!.replaceAll(/[\t\r]/g, " ")}\n${" ".repeat(offset - start)}^`;
}
