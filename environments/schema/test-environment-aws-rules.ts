import { show } from "./faults";
import type { CrossFieldFault } from "./rule";
import type { TestEnvironment, TestFunction, TestResource } from "./test-environment-fields";

/** What AWS would refuse, some of it only after other resources exist. */
export function* awsFaults({ resources }: TestEnvironment): Iterable<CrossFieldFault> {
  for (const [name, resource] of Object.entries(resources)) {
    const path = ["resources", name];
    switch (resource.type) {
      case "function":
        yield* variablesFit(path, resource);
        break;
      case "rule":
        if (resource.schedule?.startsWith("cron("))
          yield* cronFaults([...path, "schedule"], resource.schedule);
        yield* patternFaults([...path, "pattern"], resource.pattern);
        break;
      case "httpApi":
      case "restApi":
        yield* routeFaults([...path, "routes"], resource);
    }
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: 4 KB, those of the resources included. */
const ENVIRONMENT_BYTES = 4096;
/** Name and value of a resource's variable at most: 30 and 120 characters, in quotes. */
const RESOURCE_VARIABLE_BYTES = 160;

function* variablesFit(
  path: readonly string[],
  { environment, uses }: TestFunction,
): Iterable<CrossFieldFault> {
  const most = ENVIRONMENT_BYTES - RESOURCE_VARIABLE_BYTES * Object.keys(uses).length;
  const size = Buffer.byteLength(JSON.stringify(environment));
  if (size <= 2 || size <= most) return;
  yield {
    path: [...path, "environment"],
    given: `${size} bytes`,
    allowed: `at most ${Math.max(0, most)} bytes as JSON, because Lambda allows 4096 with the variables of what it uses`,
    fix: "put long values into a file of the code folder",
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
function* cronFaults(path: readonly string[], schedule: string): Iterable<CrossFieldFault> {
  const fields = schedule.slice("cron(".length, -1).split(" ");
  const isValid =
    fields.length === 6 &&
    fields.every((field) => /^[\dA-Z*?,/#-]+$/.test(field)) &&
    (fields[2] === "?") !== (fields[4] === "?");
  if (isValid) return;
  yield {
    path,
    allowed: "cron(minutes hours day-of-month month day-of-week year), with ? for one of the two days",
    fix: 'for example "cron(0 12 * * ? *)", which is every day at 12:00 UTC',
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html */
function* patternFaults(path: readonly string[], pattern: unknown): Iterable<CrossFieldFault> {
  if (pattern === undefined) return;
  if (Array.isArray(pattern)) {
    if (pattern.length > 0 && !pattern.some(Array.isArray)) return;
  } else if (typeof pattern === "object" && pattern !== null && Object.keys(pattern).length > 0) {
    for (const [key, value] of Object.entries(pattern)) yield* patternFaults([...path, key], value);
    return;
  }
  yield {
    path,
    given: show(pattern),
    allowed: 'a list of values that are accepted, such as ["orders"], or an object of such fields',
    fix: Array.isArray(pattern) || typeof pattern === "object" ? "add a value" : `write [${show(pattern)}]`,
  };
}

/**
 * Two parameters at the same place of a path. An HTTP API cannot tell such routes of one method apart; a REST API has one
 * resource for each part of a path, and takes one parameter below it.
 */
function* routeFaults(
  path: readonly string[],
  { type, routes }: Extract<TestResource, { readonly type: "httpApi" | "restApi" }>,
): Iterable<CrossFieldFault> {
  const known = new Map<string, { readonly route: string; readonly name: string }>();
  for (const route of Object.keys(routes)) {
    const [method = "", whole] = route.split(" ");
    if (whole === undefined) continue;
    const names = [...whole.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => name!);
    if (new Set(names).size < names.length) {
      yield {
        path: [...path, route],
        given: show(route),
        allowed: "parameters with different names",
        fix: "rename one of them",
      };
      continue;
    }
    for (const { place, name } of type === "restApi" ? parametersOf(whole) : [wholePath(method, whole)]) {
      const other = known.get(place);
      if (other === undefined) known.set(place, { route, name });
      else if (other.name !== name) {
        yield {
          path: [...path, route],
          given: show(route),
          allowed: `the parameter names of ${other.route}, which has the same path otherwise`,
          fix: "use the same names",
        };
        break;
      }
    }
  }
}

const anonymous = (path: string) => path.replaceAll(/\{\w+(\+?)\}/g, "{$1}");

function wholePath(method: string, path: string) {
  return { place: `${method} ${anonymous(path)}`, name: path };
}

/** Each parameter of a path by what is before it. */
function parametersOf(path: string) {
  return [...path.matchAll(/\{(\w+\+?)\}/g)].map(({ index, 1: name }) => ({
    place: anonymous(path.slice(0, index)),
    name: name!,
  }));
}
