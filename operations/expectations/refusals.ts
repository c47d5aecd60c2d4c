import { isObject, type JsonObject } from "../../contract/json";
import { show } from "../../environments/schema/faults";

/** Something that MockServer refuses although each part of the expectation has the right shape. */
export interface Refusal {
  readonly path: readonly PropertyKey[];
  readonly given: string;
  readonly allowed: string;
  readonly fix: string;
}

/** What MockServer refuses when it builds an expectation out of its parts. */
export function* refusals(element: JsonObject): Iterable<Refusal> {
  yield* earlyAnswerRefusals(element);
  yield* stepRefusals(element);
  yield* documentRefusals(element.httpRequest, ["httpRequest"]);
  yield* nameRefusals(element, []);
}

/** Actions that can answer before the body of a request has arrived. */
const EARLY_ACTIONS = ["httpResponse", "httpResponses", "httpError"];

function* earlyAnswerRefusals(element: JsonObject): Iterable<Refusal> {
  const { httpRequest } = element;
  if (!isObject(httpRequest) || httpRequest.respondBeforeBody !== true) return;
  const path = ["httpRequest", "respondBeforeBody"];
  if (httpRequest.body !== undefined)
    yield {
      path,
      given: "true, with a matcher of the body",
      allowed: "no body: it has not arrived yet when the request is matched",
      fix: "remove one of the two",
    };
  const late = Object.keys(element).find((key) => /^http(Forward|Override|Response.)/.test(key) && !EARLY_ACTIONS.includes(key)); // prettier-ignore
  if (late !== undefined)
    yield {
      path,
      given: `true, with ${late}`,
      allowed: "httpResponse or httpError",
      fix: "remove one of the two",
    };
}

/** Actions that a step may carry out. */
function* stepRefusals({ steps }: JsonObject): Iterable<Refusal> {
  if (!Array.isArray(steps)) return;
  const responders = steps.filter((step) => isObject(step) && step.responder === true).length;
  if (responders !== 1)
    yield {
      path: ["steps"],
      given: `${responders} steps with "responder": true`,
      allowed: "exactly one: it answers",
      fix: 'write "responder": true into the step that answers',
    };
  const error = steps.findIndex((step) => isObject(step) && step.httpError !== undefined);
  if (error !== -1 && steps.length > 1)
    yield {
      path: ["steps", error, "httpError"],
      given: "httpError among other steps",
      allowed: "httpError as the only step",
      fix: "remove it or the others",
    };
}

/** An OpenAPI document must be in the file itself: a task has no files, and must not need others to start. */
export function* documentRefusals(value: unknown, path: readonly PropertyKey[]): Iterable<Refusal> {
  if (!isObject(value)) return;
  for (const branch of ["if", "then", "else"]) yield* documentRefusals(value[branch], [...path, branch]);
  const document = value.specUrlOrPayload;
  if (document === undefined || isOpenApiDocument(document)) return;
  const isPlace = typeof document === "string" && /^\S+$/.test(document) && !document.startsWith("{");
  yield {
    path: [...path, "specUrlOrPayload"],
    given: show(document),
    allowed: "an OpenAPI 3 document, as an object or as text, with its openapi version",
    fix: isPlace
      ? "write the document itself here: a task loads neither addresses nor files"
      : 'add "openapi": "3.0.0"',
  };
}

function isOpenApiDocument(document: unknown): boolean {
  if (typeof document !== "string") return isObject(document) && typeof document.openapi === "string";
  if (!document.trimStart().startsWith("{")) return /^(["']?)openapi\1[ \t]*:/m.test(document);
  try {
    return isOpenApiDocument(JSON.parse(document));
  } catch {
    return false;
  }
}

const NAMED = new Set(["headers", "queryStringParameters", "pathParameters", "cookies", "trailers"]);

/** `[{ "values": … }]` has no name to match or to send. */
function* nameRefusals(value: unknown, path: readonly PropertyKey[]): Iterable<Refusal> {
  if (!isObject(value) && !Array.isArray(value)) return;
  for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    if (key === "body") continue;
    const at = [...path, key];
    if (typeof key === "string" && NAMED.has(key) && Array.isArray(inner)) {
      for (const [i, item] of inner.entries()) {
        const name: unknown = isObject(item) ? item.name : "";
        if (name === undefined || (isObject(name) && name.value === undefined && name.schema === undefined))
          yield { path: [...at, i, "name"], given: show(name), allowed: "a name", fix: "add the name" };
      }
    } else {
      yield* nameRefusals(inner, at);
    }
  }
}
