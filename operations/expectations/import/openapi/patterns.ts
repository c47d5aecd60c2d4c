import toRegexRange from "to-regex-range";
import { isObject, type JsonObject } from "../../../../contract/json";
import { escapePattern } from "../patterns";
import type { Parameter } from "./operations";

/**
 * Regular expressions for the texts of parameters. MockServer also takes JSON Schemas for them, but it tries a header's
 * schema on all headers and logs a stack trace for each one that is not JSON.
 */

const ANY = ".*";
const INTEGER = "-?(?:0|[1-9]\\d*)";
const FORMATS: Readonly<Record<string, string>> = {
  uuid: "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
  date: "\\d{4}-\\d\\d-\\d\\d",
  "date-time": "\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:[Zz]|[+-]\\d\\d:\\d\\d)",
  ipv4: "\\d{1,3}(?:\\.\\d{1,3}){3}",
  email: "[^@\\s]+@[^@\\s]+",
};
/** Digits that a double holds exactly. */
const LARGEST = 999_999_999_999_999;
const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: "(?: |%20)", pipeDelimited: "\\|" };

/** Values that the schema of a parameter allows; any value where its text cannot tell. */
export function patternOf({ in: place, schema, style, explode }: Parameter): string {
  // MockServer compares paths as they are sent: encoded.
  if (place === "path" && Array.isArray(schema.enum)) {
    const values = schema.enum.map(String);
    return alternatives([
      ...new Set([...values, ...values.map(encodeURI), ...values.map(encodeURIComponent)]),
    ]);
  }
  if (!isOfType(schema, "array")) return valuePattern(schema);
  const items = valuePattern(isObject(schema.items) ? schema.items : {});
  // Each item is a value of its own.
  if (explode && style === "form") return items;
  if (style !== "form" && style !== "simple" && !(style in SEPARATORS)) return ANY;
  const item = items === ANY ? "[^,]*" : `(?:${items})`;
  return items === ANY ? ANY : `${item}(?:${SEPARATORS[style] ?? ","}${item})*`;
}

function valuePattern(schema: JsonObject): string {
  if (Array.isArray(schema.enum)) return alternatives(schema.enum);
  if ("const" in schema) return alternatives([schema.const]);
  const choices = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(choices)) {
    const patterns = new Set(choices.map((choice) => (isObject(choice) ? valuePattern(choice) : ANY)));
    return patterns.has(ANY) ? ANY : [...patterns].map((pattern) => `(?:${pattern})`).join("|");
  }
  if (isOfType(schema, "integer")) return integers(schema);
  if (isOfType(schema, "number")) return "-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?";
  if (isOfType(schema, "boolean")) return "true|false";
  return isOfType(schema, "string") ? strings(schema) : ANY;
}

function integers({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject): string {
  const above = typeof exclusiveMinimum === "number" ? Math.floor(exclusiveMinimum) + 1 : -Infinity;
  const below = typeof exclusiveMaximum === "number" ? Math.ceil(exclusiveMaximum) - 1 : Infinity;
  const low = Math.max(above, typeof minimum === "number" ? Math.ceil(minimum) : -LARGEST);
  const high = Math.min(below, typeof maximum === "number" ? Math.floor(maximum) : LARGEST);
  if ((low <= -LARGEST && high >= LARGEST) || low > high) return INTEGER;
  return toRegexRange(Math.max(low, -LARGEST), Math.min(high, LARGEST));
}

function strings({ pattern, format, minLength, maxLength }: JsonObject): string {
  const content =
    typeof pattern === "string" && isJavaPattern(pattern)
      ? `(?s).*(?:${pattern}).*`
      : typeof format === "string" && Object.hasOwn(FORMATS, format)
        ? FORMATS[format]!
        : ANY;
  const from = typeof minLength === "number" ? minLength : 0;
  const to = typeof maxLength === "number" ? String(maxLength) : "";
  return from === 0 && to === "" ? content : `(?=.{${from},${to}}$)(?:${content})`;
}

/** Patterns are JavaScript's; MockServer's are Java's, and it refuses a request whose pattern does not compile. */
function isJavaPattern(pattern: string): boolean {
  try {
    new RegExp(pattern);
  } catch {
    return false;
  }
  return !/\\u\{|\(\?<[a-z]|\\[cdk]</i.test(pattern) && !/\[[^\]]*(\[|&&)/.test(pattern);
}

function alternatives(values: readonly unknown[]): string {
  return values.map((value) => escapePattern(String(value))).join("|");
}

export function isOfType({ type }: JsonObject, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}
