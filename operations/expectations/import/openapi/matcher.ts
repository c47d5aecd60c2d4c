import { isObject, type JsonObject } from "../../../../contract/json";
import { escapePattern } from "../patterns";
import { isJson } from "./media";
import type { Operation, Parameter } from "./operations";
import { isOfType, patternOf } from "./patterns";
import { requestSchema } from "./schemas";

/** The matcher of an operation's requests, and what it cannot check. */
export interface Matcher {
  readonly httpRequest: JsonObject;
  readonly unchecked: readonly string[];
}

/**
 * Requests of an operation: its path, and by name the parameters it requires.
 *
 * @param check whether parameters and body must fit their schemas
 */
export function matcherOf(operation: Operation, description: JsonObject, check: boolean): Matcher {
  const { method, path, parameters } = operation;
  const values = (place: Parameter["in"]) =>
    parameters.filter((one) => one.in === place && isByName(one)).flatMap((one) => valuesOf(one, check));
  const several = (place: Parameter["in"]) =>
    Object.fromEntries(values(place).map(([name, value]) => [name, [value]]));
  const [query, headers, cookies] = [
    several("query"),
    several("header"),
    Object.fromEntries(values("cookie")),
  ];
  const body = check ? bodyMatcher(operation, description) : undefined;
  return {
    httpRequest: {
      method,
      ...pathMatcher(path, check ? parameters : []),
      ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(Object.keys(cookies).length > 0 && { cookies }),
      ...(isObject(body) && { body }),
    },
    unchecked: typeof body === "string" ? [body] : [],
  };
}

/** Requests with the operation's method and path, whatever else is in them. */
export function anyRequestOf({ method, path, parameters }: Operation): JsonObject {
  const fixed = parameters.filter(({ value }) => value !== undefined).map(({ name, value }) => [escapePattern(name), [escapePattern(value!)]] as const); // prettier-ignore
  return {
    method,
    ...pathMatcher(path, []),
    ...(fixed.length > 0 && { queryStringParameters: Object.fromEntries(fixed) }),
  };
}

/** MockServer compares paths as they are sent: encoded. */
function fixedText(text: string): string {
  return escapePattern(encodeURI(text).replaceAll(/%25(?=[0-9A-Fa-f]{2})/g, "%"));
}

/**
 * MockServer's own parameters are whole segments; for a part of a segment the path is a regular expression. In both
 * forms it reads the fixed text as one.
 */
function pathMatcher(path: string, checked: readonly Parameter[]): JsonObject {
  const parts = path.split(/\{([^{}]+)\}/);
  if (parts.length === 1) return { path: fixedText(path) };
  const names = parts.filter((_, i) => i % 2 === 1);
  const isPlain =
    path.split("/").every((segment) => !segment.includes("{") || /^\{[^{}\s]+\}$/.test(segment)) &&
    new Set(names).size === names.length;
  if (!isPlain) return { path: parts.map((part, i) => (i % 2 === 1 ? "[^/]+" : fixedText(part))).join("") };
  return {
    path: parts.map((part, i) => (i % 2 === 1 ? `{${part}}` : fixedText(part))).join(""),
    pathParameters: Object.fromEntries(
      names.map((name) => {
        const parameter = checked.find((one) => one.in === "path" && one.name === name);
        const pattern = parameter === undefined ? ".*" : patternOf(parameter);
        return [name, [pattern === ".*" ? ".+" : pattern]];
      }),
    ),
  };
}

/** A parameter whose value is spread over several names is not one of them. */
function isByName({ schema, style, explode }: Parameter): boolean {
  return style !== "deepObject" && !(isOfType(schema, "object") && explode);
}

function valuesOf(parameter: Parameter, check: boolean): (readonly [name: string, value: string])[] {
  const { name, required, value } = parameter;
  const key = escapePattern(name);
  if (value !== undefined) return [[key, escapePattern(value)]];
  const pattern = check ? patternOf(parameter) : ".*";
  if (required) return [[key, pattern]];
  return pattern === ".*" ? [] : [[`?${key}`, pattern]];
}

/** The matcher of a JSON body, or why it is not checked. */
function bodyMatcher(
  { content, isBodyRequired }: Operation,
  description: JsonObject,
): JsonObject | string | undefined {
  const types = Object.entries(content);
  if (types.length === 0) return undefined;
  if (!types.every(([type]) => isJson(type))) {
    return `a body of ${types.map(([type]) => type).join(", ")} is not checked`;
  }
  const media = types[0]![1];
  if (!isObject(media) || !isObject(media.schema)) return undefined;
  const jsonSchema = requestSchema(media.schema, description);
  if (jsonSchema === undefined) return "the schema of its body is too large to check";
  return { type: "JSON_SCHEMA", jsonSchema, ...(!isBodyRequired && { optional: true }) };
}
