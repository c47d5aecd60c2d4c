import { isObject, type JsonObject } from "../../../../contract/json";
import { uniqueId } from "../ids";
import { answersOf, type Answer } from "./bodies";
import { anyRequestOf, matcherOf } from "./matcher";
import type { Description } from "./description";
import { isNamed, operationsOf, type Operation } from "./operations";
import { preferBoth, preferCode, preferExample } from "./prefer";

export interface Selection {
  /** Operations to take, by name, tag or path; empty for all. */
  readonly only: readonly string[];
  /** Operations to leave out. */
  readonly without: readonly string[];
}

export interface ImportOptions extends Selection {
  /** Whether a request that does not fit the description gets its 400 or 422. */
  readonly checkRequests: boolean;
}

export interface Imported {
  readonly expectations: readonly JsonObject[];
  readonly operations: number;
  /** Number of expectations by tag. */
  readonly byTag: Readonly<Record<string, number>>;
  /** What could not become a mock, by name, and why. */
  readonly unfit: readonly string[];
}

const SENDS_NONE = "a mock answers requests, it sends none";

/**
 * Expectations for each operation, response and example. They are in the order in which MockServer must try them: the
 * answers that `Prefer` asks for, then the one without it, then the one to requests that do not fit.
 */
export function expectationsOf(
  { content: description, positionOf }: Description,
  options: ImportOptions,
): Imported {
  const { only, without } = options;
  const unfit: string[] = [];
  const chosen = operationsOf(description).filter(
    (operation) => (only.length === 0 || isNamed(operation, only)) && !isNamed(operation, without),
  );
  const ids = new Set<string>();
  const byTag: Record<string, number> = {};
  const paths = new Map<string, Operation>();
  const expectations = chosen.flatMap((operation) => {
    unfit.push(...operation.callbacks.map((name) => `${operation.name} callback ${name}: ${SENDS_NONE}`)); // prettier-ignore
    const same = paths.get(samenessOf(operation));
    if (same) {
      const { name, template, method } = operation;
      const position = positionOf(["paths", template, method.toLowerCase()]);
      unfit.push(`${name} ${template} (${position}): ${same.name} ${same.template} matches the same requests and answers them`); // prettier-ignore
      return [];
    }
    paths.set(samenessOf(operation), operation);
    const own = operationExpectations(operation, description, options, unfit, (id) => uniqueId(id, ids));
    for (const tag of operation.tags) byTag[tag] = (byTag[tag] ?? 0) + own.length;
    return own;
  });
  unfit.push(...namesOf(description.webhooks).map((name) => `webhook ${name}: ${SENDS_NONE}`));
  return { expectations, operations: chosen.length, byTag, unfit };
}

/** Two operations with the same are matched by the same requests. */
function samenessOf({ method, path, parameters }: Operation): string {
  const fixed = parameters.flatMap(({ name, value }) => (value === undefined ? [] : [`${name}=${value}`]));
  return [method, path.replace(/\{[^{}]*\}/g, "{}"), ...fixed.sort()].join(" ");
}

function operationExpectations(
  operation: Operation,
  description: JsonObject,
  { checkRequests }: ImportOptions,
  unfit: string[],
  idOf: (id: string) => string,
): JsonObject[] {
  const bad = checkRequests ? badRequest(operation, description, unfit, idOf) : undefined;
  const { httpRequest, unchecked } = matcherOf(operation, description, bad !== undefined);
  unfit.push(...unchecked.map((what) => `${operation.name}: ${what}`));
  const named = new Set<string>();
  const byExample: JsonObject[] = [];
  const byCode: JsonObject[] = [];
  const last: JsonObject[] = [];
  for (const [status, response] of responsesInOrder(operation, unfit)) {
    const { answers, unfit: why } = answersOf(response, description);
    unfit.push(...why.map((reason) => `${operation.name} ${status}: ${reason}`));
    for (const [i, answer] of answers.entries()) {
      const expectation = (prefer: string | undefined): JsonObject => ({
        id: idOf([operation.name, status, answer.example].filter((part) => part !== undefined).join(".")),
        httpRequest: prefer === undefined ? httpRequest : preferring(httpRequest, prefer),
        httpResponse: responseOf(operation, status, answer),
      });
      const { example } = answer;
      const byName =
        example === undefined
          ? undefined
          : named.has(example)
            ? preferBoth(status, example)
            : preferExample(status, example);
      if (example !== undefined) named.add(example);
      if (i > 0) byExample.push(expectation(byName!));
      else if (last.length === 0) last.push(expectation(undefined));
      else byCode.push(expectation(byName === undefined ? preferCode(status) : `(?:${byName}|${preferCode(status)})`)); // prettier-ignore
    }
  }
  if (last.length === 0) unfit.push(`${operation.name}: no response to answer with`);
  return [...byExample, ...byCode, ...last, ...(bad === undefined ? [] : [bad])];
}

function preferring(httpRequest: JsonObject, prefer: string): JsonObject {
  const headers = isObject(httpRequest.headers) ? httpRequest.headers : {};
  return { ...httpRequest, headers: { ...headers, Prefer: [prefer] } };
}

/** What answers a request that the operation's other expectations do not match; `undefined` when none is described. */
function badRequest(
  operation: Operation,
  description: JsonObject,
  unfit: string[],
  idOf: (id: string) => string,
): JsonObject | undefined {
  const { name, responses } = operation;
  const code = ["400", "422", "4XX", "default"].find((one) => isObject(responses[one]));
  const [answer] = code === undefined ? [] : answersOf(responses[code] as JsonObject, description).answers;
  if (code === undefined || answer === undefined) {
    unfit.push(`${name}: its requests are not checked, because it describes no response 400 or 422`);
    return undefined;
  }
  const status = /^\d+$/.test(code) ? Number(code) : 400;
  return {
    id: idOf(`${name}.${status}.bad-request`),
    httpRequest: anyRequestOf(operation),
    httpResponse: responseOf(operation, status, answer),
  };
}

/** The responses by their status, the one that answers without `Prefer` first. */
function responsesInOrder(operation: Operation, unfit: string[]): (readonly [number, JsonObject])[] {
  const codes = Object.keys(operation.responses);
  const statuses = new Map<number, JsonObject>();
  // Exact codes first: a range or the default stands for a status that has none of its own.
  const exact = codes.filter((code) => /^[1-9]\d\d$/.test(code));
  const hasSuccess = codes.some((code) => /^2/.test(code));
  for (const code of [...exact, ...codes.filter((code) => !exact.includes(code))]) {
    const response = operation.responses[code];
    const status = statusOf(code, hasSuccess);
    if (!isObject(response) || status === undefined || status < 200) {
      if (!code.startsWith("x-")) unfit.push(`${operation.name} ${code}: not a status to answer with`);
    } else if (statuses.has(status)) {
      unfit.push(`${operation.name} ${code}: ${status} has a response of its own`);
    } else statuses.set(status, response);
  }
  const isSuccess = (status: number) => status >= 200 && status < 300;
  return [...statuses].sort(([a], [b]) => Number(isSuccess(b)) - Number(isSuccess(a)) || a - b);
}

function statusOf(code: string, hasSuccess: boolean): number | undefined {
  if (code === "default") return hasSuccess ? 500 : 200;
  if (/^[1-5]XX$/i.test(code)) return Number(code[0]) * 100;
  return /^[1-9]\d\d$/.test(code) ? Number(code) : undefined;
}

function responseOf({ method }: Operation, statusCode: number, { contentType, body }: Answer): JsonObject {
  const isEmpty = method === "HEAD" || statusCode === 204 || statusCode === 304;
  return {
    statusCode,
    ...(contentType !== undefined && !isEmpty && { headers: { "Content-Type": [contentType] } }),
    ...(body !== undefined && !isEmpty && { body }),
  };
}

function namesOf(value: unknown): string[] {
  return Object.keys(isObject(value) ? value : {});
}
