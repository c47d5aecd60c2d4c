import { canonicalJson, isObject, type JsonObject } from "../../contract/json";
import type { Remark } from "./element";

/** Any path: no path, or one of these patterns. */
const ANY_PATH = /^\/?\.[*]$/;

interface Matcher {
  readonly index: number;
  readonly element: JsonObject;
  readonly request: JsonObject;
  readonly priority: number;
}

/** Expectations that never answer, because one that takes every path is asked before them and takes their requests. */
export function* shadowRemarks(elements: readonly unknown[]): Iterable<Remark> {
  const matchers = elements.flatMap((element, index): Matcher[] =>
    isObject(element) && isObject(element.httpRequest)
      ? [{ index, element, request: element.httpRequest, priority: priorityOf(element) }]
      : [],
  );
  const wide = matchers.filter(({ element, request }) => isWide(request) && !isLimited(element));
  for (const hidden of matchers) {
    const by = wide.find((one) => isBefore(one, hidden) && covers(one, hidden));
    if (by === undefined) continue;
    yield {
      severity: "warning",
      path: [hidden.index, "httpRequest"],
      given: `a matcher behind [${by.index}], which takes every path`,
      allowed: `[${by.index}] answers, this one never does`,
      fix: `move [${by.index}] to the end, or give it a lower "priority"`,
    };
  }
}

function isWide({ path, specUrlOrPayload }: JsonObject): boolean {
  return (
    specUrlOrPayload === undefined &&
    (path === undefined || (typeof path === "string" && ANY_PATH.test(path)))
  );
}

/** MockServer asks by priority, and those of the same priority in their order. */
function isBefore(one: Matcher, other: Matcher): boolean {
  return one.priority > other.priority || (one.priority === other.priority && one.index < other.index);
}

/** Whether every request of the second is one of the first: what the first asks for, the second asks for too. */
function covers(first: Matcher, second: Matcher): boolean {
  // Those that are the same word for word are told apart from these.
  if (canonicalJson(first.request) === canonicalJson(second.request)) return false;
  if (first.element.scenarioName !== undefined || first.element.namespace !== second.element.namespace)
    return false;
  return Object.entries(first.request).every(
    ([key, value]) => key === "path" || canonicalJson(value) === canonicalJson(second.request[key]),
  );
}

export function priorityOf({ priority }: JsonObject): number {
  return typeof priority === "number" ? priority : 0;
}

export function isLimited({ times, timeToLive, percentage }: JsonObject): boolean {
  return (
    (isObject(times) && times.unlimited !== true) ||
    (isObject(timeToLive) && timeToLive.unlimited !== true) ||
    percentage !== undefined
  );
}
