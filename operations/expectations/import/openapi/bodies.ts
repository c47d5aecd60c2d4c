import { sample } from "openapi-sampler";
import { isObject, type JsonObject } from "../../../../contract/json";
import { isJson } from "./media";

/** One answer that a response describes. */
export interface Answer {
  /** Name of the example; `undefined` for the only one. */
  readonly example?: string;
  readonly contentType?: string;
  readonly body?: JsonObject;
}

export interface Answers {
  readonly answers: readonly Answer[];
  /** Why something cannot be answered. */
  readonly unfit: readonly string[];
}

/** The answers of one response: its examples, else a sample of its schema, the same each time. */
export function answersOf(response: JsonObject, description: JsonObject): Answers {
  const media = Object.entries(isObject(response.content) ? response.content : {});
  const [type, content] = media.find(([name]) => isJson(name)) ?? media[0] ?? [];
  if (type === undefined || !isObject(content)) return { answers: [{}], unfit: [] };
  // A range such as `*/*` is not a content type to answer with.
  const contentType = type.includes("*") ? "application/json" : type;
  const answers: Answer[] = [];
  const unfit: string[] = [];
  for (const [example, value] of valuesOf(content, contentType, description)) {
    const body = value === undefined ? undefined : bodyOf(contentType, value);
    if (body !== undefined) answers.push({ ...(example !== undefined && { example }), contentType, body });
    else unfit.push(example === undefined ? `no example of ${contentType}` : `example ${example} is not a text of ${contentType}`); // prettier-ignore
  }
  return { answers, unfit };
}

function valuesOf(
  content: JsonObject,
  contentType: string,
  description: JsonObject,
): (readonly [name: string | undefined, value: unknown])[] {
  const examples = Object.entries(isObject(content.examples) ? content.examples : {});
  if (examples.length > 0) {
    return examples.map(([name, example]) => [name, isObject(example) ? example.value : undefined]);
  }
  const value = "example" in content ? content.example : sampled(content.schema, contentType, description);
  return [[undefined, value]];
}

function sampled(schema: unknown, contentType: string, description: JsonObject): unknown {
  // A sample is a value, and only JSON says how to write one.
  if (schema === undefined) return isJson(contentType) ? {} : undefined;
  return sample(schema as object, { skipWriteOnly: true, quiet: true }, description);
}

function bodyOf(contentType: string, value: unknown): JsonObject | undefined {
  if (!isJson(contentType)) return typeof value === "string" ? { type: "STRING", string: value } : undefined;
  // Many descriptions write their JSON as text.
  const json = typeof value === "string" ? (parsed(value) ?? value) : value;
  return typeof json === "object" && json !== null
    ? { type: "JSON", json }
    : { type: "STRING", string: JSON.stringify(json) };
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
