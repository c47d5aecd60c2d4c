import { isObject, type JsonObject } from "../../../../contract/json";
import { isData, isName, keysOf } from "./references";

/** Where schemas are that have a name. */
const SCHEMAS = "#/components/schemas/";

/**
 * A description with what its references lead to in their place, except for those to named schemas, which may contain
 * themselves.
 *
 * @param description whose references all lead to parts of it
 */
export function dereference(description: JsonObject): JsonObject {
  const copies = new Map<unknown, unknown>();
  const copy = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (copies.has(value)) return copies.get(value);
    if (Array.isArray(value)) {
      const items: unknown[] = [];
      copies.set(value, items);
      items.push(...value.map((item, i) => copy(item, [...path, String(i)])));
      return items;
    }
    const { $ref, ...rest } = value as JsonObject;
    if (typeof $ref !== "string" || isName(path) || $ref.startsWith(SCHEMAS))
      return fill(value as JsonObject, path, value);
    const target = targetOf($ref, description);
    if (Object.keys(rest).length === 0 || !isObject(target)) return copy(target, path);
    // Siblings of a reference, such as a description, win.
    return fill({ ...target, ...rest }, path, value);
  };
  const fill = (content: JsonObject, path: readonly string[], original: unknown): unknown => {
    const filled: Record<string, unknown> = {};
    copies.set(original, filled);
    for (const [key, inner] of Object.entries(content)) {
      const at = [...path, key];
      filled[key] = isData(at, inner) ? inner : copy(inner, at);
    }
    return filled;
  };
  return copy(description, []) as JsonObject;
}

/** A schema that may be a reference to a named one. */
export function namedSchema(schema: JsonObject, description: JsonObject): JsonObject {
  const { $ref, ...rest } = schema;
  if (typeof $ref !== "string" || !$ref.startsWith(SCHEMAS)) return schema;
  const target = targetOf($ref, description);
  return namedSchema({ ...(isObject(target) ? target : {}), ...rest }, description);
}

function targetOf(ref: string, description: JsonObject): unknown {
  return keysOf(ref.slice(1)).reduce<unknown>(
    (value, key) => (value as JsonObject | undefined)?.[key],
    description,
  );
}
