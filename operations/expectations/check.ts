import { JsonSyntaxError, MAX_JSON_MIB, parseJsonSource } from "../../environments/schema/json-source";
import { storeLimits } from "../../contract/mockserver-memory";
import { TASK_SIZES, type TaskSize } from "../../contract/fargate";
import { show } from "../../environments/schema/faults";
import { entranceRemarks } from "./entrance";
import { elementRemarks, type Remark } from "./element";
import { isLimited, priorityOf, shadowRemarks } from "./shadow";
import { formatPath, type Finding } from "./finding";
import { canonicalJson, isObject, type JsonObject } from "../../contract/json";

export interface Checked {
  readonly findings: readonly Finding[];
  readonly isArray: boolean;
  /** Elements of the array; empty when the file is none. */
  readonly expectations: readonly unknown[];
}

/**
 * Looks at a file of expectations as MockServer and the tasks will. Errors are what would keep it from being loaded,
 * or a mock from ever answering; warnings what seldom means what was wanted.
 *
 * @param bytes the file
 * @param size of the tasks; when it is not known, errors are what no size takes, warnings what `small` does not
 */
export function checkExpectations(bytes: Uint8Array, size?: TaskSize): Checked {
  if (bytes.byteLength > MAX_JSON_MIB * MIB) {
    const allowed = `at most ${MAX_JSON_MIB} MiB in one file`;
    return nothingIn(wholeFile(`more than ${MAX_JSON_MIB} MiB`, allowed, "leave expectations out"));
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return nothingIn(wholeFile("bytes that are not UTF-8", "JSON in UTF-8", "save the file as UTF-8"));
  }
  if (text.startsWith("\uFEFF")) {
    const given = "a byte order mark";
    return nothingIn(
      wholeFile(given, "JSON in UTF-8 without a byte order mark", "save the file as UTF-8 without BOM"),
    );
  }
  if (text.trim() === "") {
    return nothingIn(wholeFile("an empty file", "an array of expectations", "write [] for no mocks"));
  }
  try {
    const source = parseJsonSource(text);
    const remarks = [
      ...source.duplicateKeys.map(duplicateKey),
      ...(Array.isArray(source.value)
        ? arrayRemarks(source.value, bytes.byteLength, size)
        : [notAnArray(source.value)]),
    ];
    const findings = remarks.map(({ path, ...rest }) => ({
      ...rest,
      where: formatPath(path),
      position: source.positionOf(path),
    }));
    findings.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
    const isArray = Array.isArray(source.value);
    return { findings, isArray, expectations: isArray ? (source.value as unknown[]) : [] };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return nothingIn({
      ...wholeFile(`\n    ${error.excerpt.replace("\n", "\n    ")}`, "JSON", error.message),
      position: error.position,
    });
  }
}

function nothingIn(fault: Finding): Checked {
  return { isArray: false, expectations: [], findings: [fault] };
}

/** The number of errors among findings. */
export function errorsIn(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity === "error");
}

function wholeFile(given: string, allowed: string, fix: string): Finding {
  return { severity: "error", where: "", position: { line: 1, column: 1 }, given, allowed, fix };
}

function notAnArray(value: unknown): Remark {
  return {
    severity: "error",
    path: [],
    given: Array.isArray(value) ? "an array" : isObject(value) ? "one object" : show(value),
    allowed: "an array of expectations",
    fix: isObject(value) ? "put [ and ] around it" : "write [] for no mocks",
  };
}

function duplicateKey(path: readonly PropertyKey[]): Remark {
  return {
    severity: "error",
    path,
    given: `the duplicate key ${show(path.at(-1))}`,
    allowed: "each key once",
    fix: "keep one; readers would take the last and forget the first",
  };
}

function* arrayRemarks(
  elements: readonly unknown[],
  bytes: number,
  size: TaskSize | undefined,
): Iterable<Remark> {
  yield* capacityRemarks(elements.length, bytes, size);
  for (const [i, element] of elements.entries()) {
    yield* elementRemarks(element, i);
    if (isObject(element)) yield* entranceRemarks(element, i);
  }
  yield* idRemarks(elements);
  yield* hiddenRemarks(elements);
  yield* shadowRemarks(elements);
}

const MIB = 1024 * 1024;

/** What a task of a size takes; its scripts refuse more. */
function limitsOf(size: TaskSize): {
  readonly count: number;
  readonly bytes: number;
} {
  const { maxExpectations, maxExpectationsBytes } = storeLimits(size);
  return { count: maxExpectations, bytes: maxExpectationsBytes };
}

function* capacityRemarks(count: number, bytes: number, size: TaskSize | undefined): Iterable<Remark> {
  const hard = limitsOf(size ?? TASK_SIZES.xlarge);
  const soft = limitsOf(size ?? TASK_SIZES.small);
  const tasks = size ? "the stack's tasks" : "tasks of any size";
  const remark = (severity: Remark["severity"], given: string, allowed: string): Remark => ({
    severity,
    path: [],
    given,
    allowed,
    fix: "take a larger size, or leave expectations out",
  });
  if (count > hard.count) {
    const most = remark("error", `${count} expectations`, `at most ${hard.count}, which ${tasks} keep`);
    const isFinal = hard.count === limitsOf(TASK_SIZES.xlarge).count;
    yield isFinal ? { ...most, fix: "leave expectations out" } : most;
  } else if (count > soft.count) {
    yield remark(
      "warning",
      `${count} expectations`,
      `tasks of size small keep ${soft.count} and refuse the file`,
    );
  }
  if (bytes > hard.bytes) {
    yield remark("error", inMiB(bytes), `at most ${inMiB(hard.bytes)}, which ${tasks} keep`);
  } else if (bytes > soft.bytes) {
    yield remark(
      "warning",
      inMiB(bytes),
      `tasks of size small keep ${inMiB(soft.bytes)} and refuse the file`,
    );
  }
}

function inMiB(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function* idRemarks(elements: readonly unknown[]): Iterable<Remark> {
  const first = new Map<string, number>();
  for (const [i, element] of elements.entries()) {
    const id = isObject(element) ? element.id : undefined;
    if (typeof id !== "string") continue;
    const other = first.get(id);
    if (other === undefined) first.set(id, i);
    else {
      yield {
        severity: "error",
        path: [i, "id"],
        given: show(id),
        allowed: `an id that no other expectation has; [${other}] has it too`,
        fix: "rename one of the two",
      };
    }
  }
}

/** Expectations that never answer, because another one with the same matcher always does. */
function* hiddenRemarks(elements: readonly unknown[]): Iterable<Remark> {
  const groups = new Map<string, { readonly element: JsonObject; readonly index: number }[]>();
  for (const [index, element] of elements.entries()) {
    if (!isObject(element) || !isObject(element.httpRequest)) continue;
    const { httpRequest, scenarioName, scenarioState, namespace } = element;
    const key = canonicalJson({ httpRequest, scenarioName, scenarioState, namespace });
    groups.set(key, [...(groups.get(key) ?? []), { element, index }]);
  }
  for (const group of groups.values()) {
    const [winner, ...others] = [...group].sort((a, b) => priorityOf(b.element) - priorityOf(a.element));
    if (!winner || isLimited(winner.element)) continue;
    for (const { index } of others) {
      yield {
        severity: "warning",
        path: [index, "httpRequest"],
        given: `the same matcher as [${winner.index}]`,
        allowed: `[${winner.index}] answers, this one never does`,
        fix: 'make the matchers differ, or give the one that answers "times" or a lower "priority"',
      };
    }
  }
}
