import { show } from "../../environments/schema/faults";
import { isObject, type JsonObject } from "../../contract/json";
import type { Remark } from "./element";
import { ACTIONS } from "./shapes";

/** What the load balancer in front of MockServer does to requests and answers, and requests that no client can send. */

/**
 * Seconds without a byte after which the load balancer answers 504 itself: the default, which the stacks keep.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout
 */
const IDLE_SECONDS = 60;

const SECONDS: Readonly<Record<string, number>> = {
  NANOSECONDS: 1e-9,
  MICROSECONDS: 1e-6,
  MILLISECONDS: 1e-3,
  SECONDS: 1,
  MINUTES: 60,
  HOURS: 3600,
  DAYS: 86_400,
};

/** Remarks about one expectation, which is valid by itself. */
export function* entranceRemarks(element: JsonObject, index: number): Iterable<Remark> {
  yield* delayRemarks(element, index);
  if (!isObject(element.httpRequest)) return;
  yield* headerRemarks(element.httpRequest, index);
  yield* pathRemarks(element.httpRequest, index);
}

function* delayRemarks(element: JsonObject, index: number): Iterable<Remark> {
  for (const [action, values] of Object.entries(element)) {
    if (!Object.hasOwn(ACTIONS, action)) continue;
    for (const [i, value] of [values].flat().entries()) {
      if (!isObject(value) || !isObject(value.delay)) continue;
      const { timeUnit = "MILLISECONDS", value: fixed, distribution } = value.delay;
      const least = isObject(distribution) ? distribution.min : fixed;
      if (typeof least !== "number" || least * (SECONDS[timeUnit as string] ?? 0) < IDLE_SECONDS) continue;
      yield {
        severity: "error",
        path: [index, action, ...(Array.isArray(values) ? [i] : []), "delay"],
        given: show(value.delay),
        allowed: `less than ${IDLE_SECONDS} seconds: the load balancer then answers 504 itself`,
        fix: 'shorten the delay, or answer with "statusCode": 504 after a short one',
      };
    }
  }
}

/**
 * The load balancers drop header fields whose names have anything but letters, digits and hyphens.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#drop-invalid-header-fields
 */
function* headerRemarks({ headers }: JsonObject, index: number): Iterable<Remark> {
  const named = Array.isArray(headers)
    ? headers.map((header, i) => [isObject(header) ? header.name : undefined, i] as const)
    : isObject(headers)
      ? Object.keys(headers).map((name) => [name, name] as const)
      : [];
  for (const [name, key] of named) {
    // Anything else is a pattern, or a header that must or may be absent.
    if (typeof name !== "string" || !/^[\w-]+$/.test(name) || !name.includes("_")) continue;
    yield {
      severity: "warning",
      path: [index, "httpRequest", "headers", key],
      given: show(name),
      allowed:
        "letters, digits and hyphens: the load balancer drops headers with other names, so this mock never answers",
      fix: `match ${show(name.replaceAll("_", "-"))}, or leave the header out of the matcher`,
    };
  }
}

function* pathRemarks({ path }: JsonObject, index: number): Iterable<Remark> {
  if (typeof path !== "string") return;
  const remark = (allowed: string, fix: string): Remark => ({
    severity: "warning",
    path: [index, "httpRequest", "path"],
    given: show(path),
    allowed,
    fix,
  });
  if (/^[\w-]/.test(path) && !path.includes("|"))
    yield remark("a path that starts with a slash, as every request has it: this mock never answers", `write ${show(`/${path}`)}`); // prettier-ignore
  const fault = patternFault(path);
  if (fault !== undefined)
    yield remark(
      `a regular expression of Java (${fault}); MockServer compares it as plain text`,
      "write a backslash before each character that is meant as it is, or correct the expression",
    );
}

/** Syntax that Java has and JavaScript lacks; quoted text and intersections are left to Java. */
const JAVA_ONLY = /\\Q|&&|\(\?>/;

/** Why a pattern is none for Java either; `undefined` if it is one, or a plain text. */
function patternFault(pattern: string): string | undefined {
  if (!/[()[\]*+?]/.test(pattern) || JAVA_ONLY.test(pattern)) return undefined;
  // Inline flags and possessive quantifiers.
  const common = pattern
    .replaceAll(/\(\?[a-zA-Z-]+\)/g, "")
    .replaceAll(/\(\?[a-zA-Z-]+:/g, "(?:")
    .replaceAll(/([*+?}])\+/g, "$1");
  try {
    new RegExp(common);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^.*\/: /, "").toLowerCase();
  }
}
