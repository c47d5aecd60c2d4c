import type { z } from "zod";
import { fixOfKey, show } from "../../environments/schema/faults";
import type { Finding } from "./finding";
import { forwardTargets, isPrivateHost } from "./forward-targets";
import { isObject, type JsonObject } from "../../contract/json";
import { schemaIssue } from "./server-schema";
import { documentRefusals, refusals, type Refusal } from "./refusals";
import { typedBodyFaults, typeOfBody } from "./typed-body";
import {
  ACTIONS,
  ATTRIBUTES,
  BODY_KEYS,
  EXPECTATION_KEYS,
  httpRequest,
  openApiExpectation,
  REQUEST_KINDS,
} from "./shapes";

/** A finding before its place in the file is known. */
export interface Remark extends Omit<Finding, "where" | "position"> {
  readonly path: readonly PropertyKey[];
}

/** What is to be said about one element of the array, looked at by itself. */
export function* elementRemarks(element: unknown, index: number): Iterable<Remark> {
  if (!isObject(element)) {
    yield {
      severity: "error",
      path: [index],
      given: show(element),
      allowed: "an expectation: { id, httpRequest, httpResponse … }",
      fix: "write expectations only into the array",
    };
  } else if ("specUrlOrPayload" in element) {
    yield* shapeRemarks(openApiExpectation, element, [index]);
    yield* asErrors(documentRefusals(element, []), index);
  } else {
    const faults = [...keyRemarks(element, index), ...actionRemarks(element, index)];
    yield* faults;
    if (faults.every(({ severity }) => severity === "warning")) yield* serverRemarks(element, index);
    yield* asErrors(refusals(element), index);
    yield* habitRemarks(element, index);
    yield* bodyRemarks(element, [index]);
    yield* forwardRemarks(element, index);
  }
}

function* keyRemarks(element: JsonObject, index: number): Iterable<Remark> {
  const shapes: Readonly<Record<string, z.ZodType>> = { ...ACTIONS, ...ATTRIBUTES };
  for (const [key, value] of Object.entries(element)) {
    const path = [index, key];
    // A key such as "constructor" is one of every object.
    const known = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
    const shape = key === "httpRequest" ? shapeOfRequest(value) : known;
    if (shape) yield* shapeRemarks(shape, value, path);
    else yield unknownKey(path, key, EXPECTATION_KEYS);
  }
}

function shapeOfRequest(value: unknown): z.ZodType {
  const kind = isObject(value) && Object.keys(REQUEST_KINDS).find((key) => key in value);
  return kind ? REQUEST_KINDS[kind]! : httpRequest;
}

function* actionRemarks(element: JsonObject, index: number): Iterable<Remark> {
  const actions = Object.keys(ACTIONS).filter((key) => key in element);
  const keys = Object.keys(element);
  // A key that does not exist is most likely the action, misspelt, and said already.
  if (actions.length === 0 && keys.every((key) => EXPECTATION_KEYS.includes(key))) {
    yield {
      severity: "error",
      path: [index],
      given: keys.length === 0 ? "an empty object" : `only ${keys.join(", ")}`,
      allowed: `what to do as well: ${listed(Object.keys(ACTIONS))}`,
      fix: 'add an action, for example "httpResponse": { "statusCode": 200 }',
    };
  }
  // A response and a sequence of responses are one action.
  const kinds = new Set(actions.map((key) => (key === "httpResponses" ? "httpResponse" : key)));
  const marked = actions.filter((key) => (element[key] as JsonObject | null)?.primary === true);
  if (kinds.size > 1 && marked.length !== 1) {
    yield {
      severity: "error",
      path: [index],
      given: actions.join(" and "),
      allowed: "one action, or exactly one that is marked as primary",
      fix: 'keep one, or write "primary": true into the one that answers',
    };
  }
}

function* asErrors(found: Iterable<Refusal>, index: number): Iterable<Remark> {
  for (const { path, ...rest } of found) yield { ...rest, severity: "error", path: [index, ...path] };
}

/** What only MockServer's own schema knows. */
function* serverRemarks(element: JsonObject, index: number): Iterable<Remark> {
  const issue = schemaIssue("expectation", element);
  if (!issue) return;
  const { given, allowed, unknown } = issue;
  const path = [index, ...issue.path];
  if (unknown) yield unknownKey(path, unknown.key, unknown.known);
  else yield { severity: "error", path, given, allowed, fix: "write what is allowed" };
}

/** What MockServer takes, but seldom means what was wanted. */
function* habitRemarks(element: JsonObject, index: number): Iterable<Remark> {
  const warning = (path: readonly PropertyKey[], given: string, allowed: string, fix: string): Remark => ({
    severity: "warning",
    path: [index, ...path],
    given,
    allowed,
    fix,
  });
  if (element.id === undefined) {
    yield warning(
      [],
      "no id",
      "a push that changes it replaces it: it loses its place and what is left of its times",
      'add an "id"',
    );
  }
  if (element.httpRequest === undefined) {
    yield warning(
      [],
      "no httpRequest",
      "it answers every request that nothing before it answers",
      'add "httpRequest", {} if that is meant',
    );
  }
  for (const key of Object.keys(element)) {
    if (/ObjectCallback$/.test(key)) {
      yield warning([key], key, "it needs a client that is connected, which a file has none of", "take a template"); // prettier-ignore
    }
    if (/ClassCallback$/.test(key)) {
      yield warning([key], key, "MockServer's image holds no classes of yours", "take a template");
    }
    const file = (element[key] as JsonObject | null)?.templateFile;
    if (file !== undefined) {
      yield warning([key, "templateFile"], show(file), "a task holds no such file", 'write the "template" here'); // prettier-ignore
    }
  }
}

/** `{ "type": "JSON", "jsn": … }` is taken for the body itself: no error, and not what was meant. */
function* bodyRemarks(value: unknown, path: readonly PropertyKey[]): Iterable<Remark> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* bodyRemarks(item, [...path, i]);
  }
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, key];
    if (key !== "body") {
      yield* bodyRemarks(inner, at);
      continue;
    }
    yield* roundedRemarks(inner, at);
    if (!isObject(inner)) continue;
    const kind = typeOfBody(inner);
    if (kind !== undefined)
      for (const { path: below, ...fault } of typedBodyFaults(kind, inner, isOfResponse(path)))
        yield { ...fault, severity: "error", path: [...at, ...below] };
    if (kind === "ALL_OF" && Array.isArray(inner.bodyAllOf))
      for (const [i, one] of inner.bodyAllOf.entries())
        yield* bodyRemarks({ body: one }, [...at, "bodyAllOf", i]);
    const { type } = inner;
    const known = typeof type === "string" && Object.hasOwn(BODY_KEYS, type) ? BODY_KEYS[type] : undefined;
    if (!known) continue;
    for (const extra of Object.keys(inner).filter((one) => !known.includes(one))) {
      yield {
        severity: "warning",
        path: [...at, extra],
        given: `${show(extra)} (no key of a body of type ${type as string})`,
        allowed: `the whole object is then the body, type and all; keys are ${known.join(", ")}`,
        fix: fixOfKey(extra, known),
      };
    }
    if (type === "FILE") {
      yield {
        severity: "warning",
        path: at,
        given: show(inner),
        allowed: "a task holds no such file",
        fix: "write the body into the expectation",
      };
    }
  }
}

/** jq, through which every file goes in a task, keeps 17 digits of a number. */
function* roundedRemarks(value: unknown, path: readonly PropertyKey[]): Iterable<Remark> {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const allowed = "a number of more than 15 digits, which the tasks round";
    yield { severity: "warning", path, given: show(value), allowed, fix: "write the body as text" };
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value))
    yield* roundedRemarks(inner, [...path, key]);
}

/** Bodies of responses have no matchers. */
function isOfResponse(path: readonly PropertyKey[]): boolean {
  return path.some((key) => /response/i.test(String(key)));
}

function* forwardRemarks(element: JsonObject, index: number): Iterable<Remark> {
  for (const { path, host } of forwardTargets(element)) {
    if (!isPrivateHost(host)) continue;
    yield {
      severity: "error",
      path: [index, ...path],
      given: show(host),
      allowed: "a public host: the tasks do not forward into private networks (theirs, and the VPC's)",
      fix: "name a public host, or answer with httpResponse",
    };
  }
}

/** The issues of a schema as remarks. */
function shapeRemarks(shape: z.ZodType, value: unknown, path: readonly PropertyKey[]): Remark[] {
  const result = shape.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => issueRemarks(issue, value, path));
}

function issueRemarks(issue: z.core.$ZodIssue, value: unknown, base: readonly PropertyKey[]): Remark[] {
  const path = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(", ");
    return issue.keys.map((key) => unknownKey([...path, key], key, known));
  }
  const given = issue.path.reduce<unknown>(
    (at, key) => (at as JsonObject | undefined)?.[key as string],
    value,
  );
  if (issue.code === "invalid_union") {
    // The option that the value chose by its shape says more than the union.
    const chosen = issue.errors.find((errors) =>
      errors.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
    );
    if (chosen) return chosen.flatMap((inner) => issueRemarks(inner, given, path));
  }
  return [
    {
      severity: "error",
      path,
      // A key that is wrong in itself, as opposed to what stands under it.
      given: show(issue.code === "invalid_key" ? path.at(-1) : given),
      allowed: issue.code === "invalid_key" ? issue.issues[0]!.message : issue.message,
      fix: fixOf(given, issue.message),
    },
  ];
}

function unknownKey(path: readonly PropertyKey[], key: string, known: readonly string[]): Remark {
  return {
    severity: "error",
    path,
    given: `${show(key)} (a key that MockServer refuses)`,
    allowed: listed(known),
    fix: fixOfKey(key, known),
  };
}

function fixOf(given: unknown, allowed: string): string {
  if (given === undefined) return "add it";
  if (given === null) return "take it out, or write a value";
  if (typeof given === "number" && /^a text/.test(allowed)) return `write it as text: "${given}"`;
  if (typeof given === "string" && /number|port/.test(allowed) && /^-?\d+$/.test(given.trim())) {
    return `write it without quotes: ${given.trim()}`;
  }
  if (given === "true" || given === "false") return `write it without quotes: ${given}`;
  if (typeof given === "string" && allowed.split(/[ ,]+/).includes(given.toUpperCase())) {
    return `write "${given.toUpperCase()}"`;
  }
  return "write what is allowed";
}

/** Enough of a list to see what it is about. */
const SHOWN_KEYS = 12;

function listed(keys: readonly string[]): string {
  const more = keys.length - SHOWN_KEYS;
  return `one of ${keys.slice(0, SHOWN_KEYS).join(", ")}${more > 0 ? ` and ${more} others` : ""}`;
}
