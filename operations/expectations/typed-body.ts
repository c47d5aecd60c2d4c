import { XMLValidator } from "fast-xml-parser";
import { isObject, type JsonObject } from "../../contract/json";
import { show } from "../../environments/schema/faults";
import { schemaIssue } from "./server-schema";

/** A fault of a body that MockServer's schema lets pass, because a body may be any object. */
export interface BodyFault {
  readonly path: readonly PropertyKey[];
  readonly given: string;
  readonly allowed: string;
  readonly fix: string;
}

/** The part that a body of a type is made of. MockServer knows the type by that part, too. */
const CONTENT: Readonly<Record<string, string>> = {
  BINARY: "base64Bytes",
  FUZZY: "fuzzy",
  JSON: "json",
  JSON_PATH: "jsonPath",
  JSON_SCHEMA: "jsonSchema",
  REGEX: "regex",
  STRING: "string",
  XML: "xml",
  XML_SCHEMA: "xmlSchema",
  XPATH: "xpath",
};

/** The type of a body, by its `type` or by its content; `undefined` when it is a body of JSON. */
export function typeOfBody(body: JsonObject): string | undefined {
  const [, type] = Object.entries(body).find(([key]) => key.toLowerCase() === "type") ?? [];
  if (typeof type === "string") return type.toUpperCase();
  return Object.keys(CONTENT).find((one) => CONTENT[one]! in body);
}

/** What MockServer refuses in a body with a type, such as `{ "type": "XML_SCHEMA", … }`. */
export function* typedBodyFaults(type: string, body: JsonObject, isOfResponse: boolean): Iterable<BodyFault> {
  const content = CONTENT[type];
  if (content !== undefined && body[content] === null) {
    yield { ...error([content], "null", "a value"), fix: "remove it, or write a value" };
    return;
  }
  if (isOfResponse) return;
  switch (type) {
    case "JSON_SCHEMA":
      return yield* jsonSchemaFaults("jsonSchema", body.jsonSchema);
    case "JSON_RPC":
      // MockServer 9 does not start without.
      if (typeof body.method !== "string") yield error(["method"], show(body.method), "a text");
      if (isFilled(body.paramsSchema)) yield* jsonSchemaFaults("paramsSchema", body.paramsSchema);
      return;
    case "XML_SCHEMA":
      return yield* xmlSchemaFaults(body.xmlSchema);
    case "GRAPHQL":
      if (isFilled(body.variablesSchema)) yield* jsonSchemaFaults("variablesSchema", body.variablesSchema);
      return yield* itemFaults(body.fields, ["fields"]);
    case "PARAMETERS":
      yield* itemFaults(body.parameters, ["parameters"]);
      return yield* valueFaults(body.parameters, ["parameters"]);
    case "MULTIPART":
      for (const key of ["fields", "filenames", "partContentTypes"]) yield* itemFaults(body[key], [key]);
  }
}

const isFilled = (text: unknown) => typeof text === "string" && text !== "";

function* jsonSchemaFaults(key: string, schema: unknown): Iterable<BodyFault> {
  const value = typeof schema === "string" ? parsed(schema) : schema;
  if (!isObject(value)) {
    yield error([key], show(schema), "a JSON Schema, as an object or as text");
    return;
  }
  // Later drafts name themselves. MockServer ends with one part that is wrong, and ignores another.
  const { $schema: draft } = value;
  if (typeof draft === "string" && /^https?:/.test(draft) && !draft.includes("draft-07")) return;
  const issue = schemaIssue("JSON Schema", value);
  if (!issue) return;
  const at = typeof schema === "string" ? [key] : [key, ...issue.path];
  yield error(at, issue.given, issue.allowed || "a JSON Schema");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const XML_SCHEMA_ROOT = /<(?:[\w.-]+:)?schema[\s>]/;
const XML_SCHEMA_NAMESPACE = "http://www.w3.org/2001/XMLSchema";

function* xmlSchemaFaults(text: unknown): Iterable<BodyFault> {
  const isSchema =
    typeof text === "string" &&
    XML_SCHEMA_ROOT.test(text) &&
    text.includes(XML_SCHEMA_NAMESPACE) &&
    XMLValidator.validate(text) === true;
  if (!isSchema)
    yield error(["xmlSchema"], show(text), `an XML Schema: <schema xmlns="${XML_SCHEMA_NAMESPACE}">`);
}

/** Parts of a list, or of an object with names, that are neither texts nor more of the same. */
function* itemFaults(parts: unknown, path: readonly PropertyKey[]): Iterable<BodyFault> {
  if (!isObject(parts) && !Array.isArray(parts)) return;
  for (const [key, part] of Array.isArray(parts) ? parts.entries() : Object.entries(parts)) {
    const isRefused =
      typeof part === "number" || typeof part === "boolean" || (part === null && Array.isArray(parts));
    if (isRefused) yield error([...path, key], show(part), "a text, or an array of texts");
  }
}

/** Values of parameters that are no texts: MockServer 9 does not start with them. */
function* valueFaults(parameters: unknown, path: readonly PropertyKey[]): Iterable<BodyFault> {
  if (!isObject(parameters) && !Array.isArray(parameters)) return;
  for (const [key, part] of Array.isArray(parameters) ? parameters.entries() : Object.entries(parameters)) {
    const at = [...path, key, ...(isObject(part) ? ["values"] : [])];
    const values: unknown = isObject(part) ? part.values : part;
    if (!Array.isArray(values)) continue;
    for (const [i, value] of values.entries())
      if (!isText(value)) yield error([...at, i], show(value), "a text");
  }
}

/** A text, or one with more to it, such as `{ "not": true, "value": "a" }`. */
function isText(value: unknown): boolean {
  if (isObject(value)) return value.value !== undefined || value.schema !== undefined;
  return typeof value === "string";
}

function error(path: readonly PropertyKey[], given: string, allowed: string): BodyFault {
  return { path, given, allowed, fix: "write what is allowed" };
}
