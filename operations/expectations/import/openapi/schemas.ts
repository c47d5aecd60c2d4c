import { isObject, type JsonObject } from "../../../../contract/json";
import { namedSchema } from "./dereference";

/** Schemas of descriptions as JSON Schemas without references, which JSON can hold. */

/** A schema with more parts costs a task more than it is worth: each expectation has a copy. */
const MAX_PARTS = 2000;

/** Not part of JSON Schema, or only for readers. */
const DROPPED = new Set(
  "$id $anchor $comment title description example examples default deprecated externalDocs discriminator xml readOnly writeOnly nullable".split(" "), // prettier-ignore
);
const MAPS = new Set(["properties", "patternProperties", "$defs", "dependentSchemas"]);
const VALUES = new Set(["enum", "const", "required", "dependentRequired"]);

/**
 * The schema that a request's body must fit. What only responses hold is not required; a schema that contains itself
 * is checked down to that place.
 *
 * @returns `undefined` when it is too large
 */
export function requestSchema(schema: JsonObject, description: JsonObject): JsonObject | undefined {
  return plainSchema(schema, description, "readOnly");
}

/** The schema that a response's body must fit. */
export function responseSchema(schema: JsonObject, description: JsonObject): JsonObject | undefined {
  return plainSchema(schema, description, "writeOnly");
}

function plainSchema(
  schema: JsonObject,
  description: JsonObject,
  absent: "readOnly" | "writeOnly",
): JsonObject | undefined {
  let parts = 0;
  const copy = (value: unknown, above: readonly unknown[]): unknown => {
    if (Array.isArray(value)) return value.map((item) => copy(item, above));
    if (!isObject(value)) return value;
    if (++parts > MAX_PARTS) throw new TooLarge();
    const { $ref } = value;
    if ($ref !== undefined && above.includes($ref)) return {};
    const content = namedSchema(value, description);
    const inside = $ref === undefined ? above : [...above, $ref];
    return Object.fromEntries(
      Object.entries(content)
        .filter(([key]) => !DROPPED.has(key) && !key.startsWith("x-"))
        .map(([key, inner]) => [key, valueOf(key, inner, content, inside)]),
    );
  };
  const valueOf = (key: string, inner: unknown, { properties }: JsonObject, above: readonly unknown[]) => {
    if (MAPS.has(key) && isObject(inner)) {
      return Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, copy(one, above)]));
    }
    if (key === "required" && Array.isArray(inner)) {
      return inner.filter((name) => {
        const property = isObject(properties) ? properties[String(name)] : undefined;
        return !isObject(property) || namedSchema(property, description)[absent] !== true;
      });
    }
    return VALUES.has(key) ? inner : copy(inner, above);
  };
  try {
    return copy(schema, []) as JsonObject;
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}

class TooLarge extends Error {}
