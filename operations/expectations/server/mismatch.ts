import { isObject, type JsonObject } from "../../../contract/json";
import type { Difference, Rejection } from "./trace";

/** A request as it was sent. */
export interface SentRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names as they were sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Why an expectation did not answer a request, in lines such as `headers: expected {"X-Key": [".*"]}, given none`. */
export function mismatchLines(
  { differences }: Rejection,
  expectation: unknown,
  request: SentRequest,
): string[] {
  const matcher = isObject(expectation) && isObject(expectation.httpRequest) ? expectation.httpRequest : {};
  return differences.flatMap((difference) => mismatch(difference, matcher, request));
}

/** What MockServer calls the parts of a request, and the keys of `httpRequest`. */
const KEYS: Readonly<Record<string, string>> = {
  queryParameters: "queryStringParameters",
};

function mismatch({ part, detail }: Difference, matcher: JsonObject, request: SentRequest): string[] {
  const key = KEYS[part] ?? part;
  const expected = matcher[key];
  if (key === "body") {
    const [, reason] = /failed because:\n([\s\S]*)$/.exec(detail) ?? [];
    return [`body: ${reason === undefined ? `expected ${shown(expected)}` : oneLine(reason)}`];
  }
  if (expected === undefined) return [`${part}: ${oneLine(detail)}`];
  return [`${key}: expected ${shown(expected)}, given ${given(key, expected, request)}`];
}

function given(key: string, expected: unknown, { method, path, headers }: SentRequest): string {
  const url = new URL(path, "http://localhost");
  const names = (isObject(expected) ? Object.keys(expected) : []).map((name) =>
    name.replace(/^[?!]|\\/g, ""),
  );
  switch (key) {
    case "method":
      return method;
    case "path":
    case "pathParameters":
      return url.pathname;
    case "queryStringParameters":
      return pairs([...url.searchParams].filter(([name]) => names.length === 0 || names.includes(name)));
    case "headers":
      return pairs(
        headers.filter(([name]) => names.some((each) => each.toLowerCase() === name.toLowerCase())),
      );
    case "cookies":
      return headers.find(([name]) => name.toLowerCase() === "cookie")?.[1] ?? "none";
    default:
      return "something else";
  }
}

function pairs(list: readonly (readonly [string, string])[]): string {
  return list.length === 0 ? "none" : list.map(([name, value]) => `${name}: ${value}`).join(", ");
}

const SHOWN_CHARACTERS = 200;

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : String(JSON.stringify(value));
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function oneLine(text: string): string {
  return shown(text.trim().replace(/\s*\n\s*/g, " "));
}
