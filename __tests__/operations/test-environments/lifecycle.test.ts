import { exitCodeOf } from "../../../operations/test-environments/lifecycle";
import type { CleanupReport, CreateReport } from "../../../operations/test-environments/report";
import { isNotYet, waitingUntil, whenConsistent } from "../../../operations/test-environments/consistency";
import { quantiles, statsOf } from "../../../operations/test-environments/stats";
import type { TestResult } from "../../../operations/test-environments/test-command";
import { awsError } from "../../support/fake-clients";

const create = (result: CreateReport["result"]): CreateReport => ({ result, seconds: 1, resources: 1 });
const tests = (passed: boolean): TestResult => ({
  passed,
  exitCode: passed ? 0 : 1,
  timedOut: false,
  seconds: 1,
});
const cleanup = (result: CleanupReport["result"]): CleanupReport => ({
  result,
  seconds: 1,
  deleted: 1,
  left: [],
  errors: [],
});

it.each<[number, CreateReport["result"], boolean | undefined, CleanupReport["result"] | undefined, boolean]>([
  [0, "created", true, "complete", false],
  [0, "created", undefined, undefined, false],
  [1, "created", false, "complete", false],
  [2, "failed", undefined, "complete", false],
  [3, "created", true, "incomplete", false],
  [3, "created", false, "incomplete", false],
  [3, "failed", undefined, "incomplete", false],
  [3, "interrupted", undefined, "incomplete", true],
  [130, "interrupted", undefined, "complete", true],
  [130, "created", false, "complete", true],
])("exit code %i: %s, tests %s, cleanup %s, interrupted %s", (code, created, passed, cleaned, interrupted) =>
  expect(
    exitCodeOf(
      create(created),
      passed === undefined ? undefined : tests(passed),
      cleaned && cleanup(cleaned),
      interrupted,
    ),
  ).toBe(code),
);

describe("waiting for AWS to be consistent", () => {
  const role = awsError(
    "InvalidParameterValueException",
    "The role defined for the function cannot be assumed by Lambda.",
  );

  it.each<[Error, boolean]>([
    [role, true],
    [awsError("OperationAborted"), true],
    [
      awsError(
        "InvalidParameterValueException",
        "The function execution role does not have permissions to call ReceiveMessage on SQS",
      ),
      true,
    ],
    [awsError("ResourceConflictException", "The operation cannot be performed at this time. The function is currently in the following state: Pending"), true], // prettier-ignore
    [awsError("ResourceConflictException", "Function already exist"), false],
    [awsError("ResourceInUseException", "Attempt to change a resource which is still in use: Table is being created: x"), true], // prettier-ignore
    [awsError("ResourceInUseException", "Table already exists: x"), false],
    [awsError("QueueDeletedRecently"), true],
    [awsError("LimitExceededException", "Subscriber limit exceeded: simultaneous table creations"), true],
    [awsError("InvalidParameterValueException", "Unzipped size must be smaller"), false],
    [awsError("AccessDeniedException"), false],
    [awsError("ThrottlingException"), false],
    [awsError("AbortError"), false],
  ])("%s: %s", (error, expected) => expect(isNotYet(error)).toBe(expected));

  it("waits 0.25 s, 0.5 s, 1 s and then 2 s, and gives up after a minute", async () => {
    let now = 0;
    const sleeps: number[] = [];
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        sleeps.push(ms);
        now += ms;
      },
    };
    await expect(whenConsistent(clock, () => Promise.reject(role))).rejects.toBe(role);
    expect(sleeps.slice(0, 5)).toEqual([250, 500, 1000, 2000, 2000]);
    expect(now).toBeLessThanOrEqual(60_000);
    expect(now).toBeGreaterThan(55_000);
  });

  it("ends when the run is stopped", async () => {
    const controller = new AbortController();
    const waiting = waitingUntil(controller.signal).sleep(60_000);
    controller.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
  });

  it("throws another error at once", async () => {
    const denied = awsError("AccessDeniedException");
    const sleep = jest.fn(() => Promise.reject(new Error("it waits")));
    await expect(whenConsistent({ now: () => 0, sleep }, () => Promise.reject(denied))).rejects.toBe(denied);
    expect(sleep).not.toHaveBeenCalled();
  });
});

it("statistics count results apart and give nearest-rank quantiles", () => {
  const run = (exitCode: number, createSeconds: number) => ({
    run: "orders-k3f9aa",
    spec: "orders",
    at: "2026-01-31T09:00:00Z",
    exitCode,
    resources: 9,
    createSeconds,
    destroySeconds: 2 * createSeconds,
    leftovers: exitCode === 3 ? 2 : 0,
  });
  expect(statsOf("orders", "2026-01-01T00:00:00Z", [run(0, 1), run(1, 2), run(3, 9), run(130, 4)])).toEqual({
    spec: "orders",
    since: "2026-01-01T00:00:00Z",
    runs: 4,
    passed: 1,
    testsFailed: 1,
    notCreated: 0,
    incomplete: 1,
    interrupted: 1,
    leftovers: 2,
    createSeconds: { p50: 2, p95: 9, p99: 9, max: 9 },
    destroySeconds: { p50: 4, p95: 18, p99: 18, max: 18 },
  });
  expect(statsOf("orders", "2026-01-01T00:00:00Z", []).createSeconds).toBeUndefined();
  expect(quantiles(Array.from({ length: 100 }, (_, i) => i + 1))).toEqual({
    p50: 50,
    p95: 95,
    p99: 99,
    max: 100,
  });
});
