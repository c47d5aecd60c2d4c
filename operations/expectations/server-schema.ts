import Ajv, { type AnySchemaObject, type ErrorObject, type ValidateFunction } from "ajv";
import { isObject } from "../../contract/json";
import { show } from "../../environments/schema/faults";
import draft07 from "ajv/dist/refs/json-schema-draft-07.json";
import schema from "./mockserver-schema.json";

/** What MockServer's own schema says about a value. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly given: string;
  readonly allowed: string;
  /** A key that is unknown, with the ones that are known. */
  readonly unknown?: { readonly key: string; readonly known: readonly string[] };
}

/** A definition of MockServer's schema, or JSON Schema itself. */
type Kind = "expectation" | "openAPIExpectation" | "keyToMultiValue" | "JSON Schema";

let ajv: Ajv | undefined;

/** Compiled when the first file is checked: most commands check none. */
function validator(kind: Kind): ValidateFunction {
  if (!ajv) {
    ajv = new Ajv({ allErrors: true, verbose: true, strict: false, logger: false });
    ajv.addFormat("base64", BASE64);
    // Of JSON Schema itself: what MockServer compiles, and what it looks up.
    ajv.addFormat("regex", isRegex);
    ajv.addFormat("uri", /^https?:/);
    ajv.addFormat("uri-reference", true);
    // Ajv's own copy checks no formats.
    ajv.addSchema({ ...draft07, $id: JSON_SCHEMA }, JSON_SCHEMA);
    ajv.addSchema(asDeserialized(schema) as AnySchemaObject, "mockserver");
  }
  return ajv.getSchema(kind === "JSON Schema" ? JSON_SCHEMA : `mockserver#/definitions/${kind}`)!;
}

const JSON_SCHEMA = "json-schema";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Java's inline flags and possessive quantifiers are none of JavaScript's. */
function isRegex(pattern: string): boolean {
  try {
    new RegExp(pattern.replace(/\(\?[a-zA-Z-]+\)/g, "").replace(/([*+?}])\+/g, "$1"));
    return true;
  } catch {
    return false;
  }
}

/** Texts that MockServer reads as bytes after its schema has passed them. */
const BYTES = new Set(["binary", "binaryData", "originalBody", "responseBytes"]);

/** Numbers that MockServer reads as 64 bits; all others have 32. */
const LONGS = new Set([
  ...[
    "value",
    "min",
    "max",
    "median",
    "p99",
    "mean",
    "stdDev",
    "timeToLive",
    "endDate",
    "streamError",
    "seed",
  ],
  ...["windowMillis", "burst", "quotaWindowMillis", "tokenQuotaLimit", "tokenQuotaWindowMillis"],
  ...["outageAfterMillis", "outageDurationMillis", "degradationRampMillis"],
]);

/** The schema with what MockServer refuses only when it reads a value: too large numbers, and what is not base64. */
function asDeserialized(at: unknown, name = ""): unknown {
  if (Array.isArray(at)) return at.map((item) => asDeserialized(item, name));
  if (!isObject(at)) return at;
  if (at.type === "string" && BYTES.has(name)) return { ...at, format: "base64" };
  if (at.type === "integer") {
    const limit = LONGS.has(name) ? 2 ** 63 - 1 : 2 ** 31 - 1;
    return { minimum: -limit - 1, maximum: limit, ...at };
  }
  return Object.fromEntries(
    Object.entries(at).map(([key, inner]) => [key, asDeserialized(inner, key === "items" ? name : key)]),
  );
}

/** The first thing that MockServer's schema refuses in a value; `undefined` when it takes it. */
export function schemaIssue(kind: Kind, value: unknown): SchemaIssue | undefined {
  const validate = validator(kind);
  return validate(value) ? undefined : issueOf(value, validate.errors!);
}

/**
 * Of the alternatives of a union each has errors of its own. The one that the value was meant for goes deepest, and has
 * its fault there.
 */
function issueOf(value: unknown, errors: readonly ErrorObject[]): SchemaIssue {
  const plain = errors.filter(({ keyword }) => keyword !== "oneOf" && keyword !== "anyOf");
  const candidates = plain.length > 0 ? plain : errors;
  const depth = ({ instancePath }: ErrorObject) => instancePath.split("/").length;
  const deepest = Math.max(...candidates.map(depth));
  const [first, ...others] = candidates.filter((error) => depth(error) === deepest);
  const same = [first!, ...others].filter(({ instancePath }) => instancePath === first!.instancePath);
  const path = pathOf(value, first!.instancePath);
  const unknown = same.filter(({ keyword }) => keyword === "additionalProperties");
  if (unknown.length > 0) {
    const [key] = unknown.map(({ params }) => String(params.additionalProperty));
    const known = [
      ...new Set(unknown.flatMap(({ parentSchema }) => Object.keys(parentSchema?.properties ?? {}))),
    ];
    if (known.length > 0)
      return { path: [...path, key!], given: show(key), allowed: "", unknown: { key: key!, known } };
    return { path: [...path, key!], given: show(key), allowed: "a name without spaces" };
  }
  return { path, given: show(first!.data), allowed: [...new Set(same.map(allowedBy))].join(", or ") };
}

/** The keys of a JSON pointer; an index of an array becomes a number. */
function pathOf(value: unknown, pointer: string): PropertyKey[] {
  let at = value;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const key = part.replace(/~1/g, "/").replace(/~0/g, "~");
      const isIndex = Array.isArray(at);
      at = (at as Record<string, unknown>)[key];
      return isIndex ? Number(key) : key;
    });
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  array: "an array",
};

const FORMATS: Readonly<Record<string, string>> = {
  base64: "bytes in base64",
  regex: "a regular expression",
  uri: "the address of a JSON Schema draft",
};

function allowedBy({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case "type":
      return [params.type as string | string[]]
        .flat()
        .map((type) => TYPES[type] ?? type)
        .join(" or ");
    case "format":
      return FORMATS[params.format as string] ?? message!;
    case "enum":
      return `one of ${(params.allowedValues as string[]).join(", ")}`;
    case "required":
      return `${params.missingProperty} as well`;
    case "minimum":
      return `a number from ${params.limit}`;
    case "exclusiveMinimum":
      return `a number above ${params.limit}`;
    case "maximum":
      return `a number up to ${params.limit}`;
    case "minItems":
      return `at least ${params.limit} in the array`;
    case "maxLength":
      return `at most ${params.limit} characters`;
    default:
      return message!;
  }
}
