import { describeError } from "../../cleanup/engine/classify";
import { formatInstant } from "../../contract/registry";
import { UserError } from "../../contract/user-error";
import { TEST_EXIT, TEST_REAPED_MINUTES } from "../../contract/test-run";
import type { TestEnvironment } from "../../environments/schema/test-environment-fields";
import { explainAwsError } from "../aws/errors";
import { admit } from "./admission";
import { openBreaker } from "./breaker";
import { createNodes, type Span } from "./create";
import { destroyRun, type DestroyResult } from "./destroy";
import { nodesOf } from "./graph";
import { recordOf, type OpenRun } from "./open";
import { outputsOf } from "./outputs";
import { audit, keepTimes } from "./records";
import { Refused } from "./refused";
import type { CleanupReport, CreateReport, RunReport } from "./report";
import { runTests, type TestResult } from "./test-command";
import { readJournal } from "./world";

/** The environment of a run after `create`. */
export interface Created {
  readonly report: CreateReport;
  /** That of the record, which an interrupted run of the same key has written. */
  readonly expiresAt: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly timeline: readonly Span[];
}

/**
 * Admits a run, writes its record and creates its resources. An interrupted run of the same key is continued.
 *
 * @throws Refused before anything has been created
 */
export async function createRun(open: OpenRun, spec: TestEnvironment, signal: AbortSignal): Promise<Created> {
  const { registry, journal, now, progress, clients, header } = open;
  const nodes = nodesOf(header, spec);
  const { expiresAt, earlier } = await refusing(async () => {
    // First, because a disk that is full or read-only must not cost a slot.
    journal.open(header);
    const clockOffsetMs = () => open.calls.clockOffsetMs;
    await admit({ run: header, spec, nodes, clients, registry, now, progress, clockOffsetMs });
    if (await openRecord(open)) return { expiresAt: header.expiresAt, earlier: [] };
    const expiresAt = await expiryOfSameRun(open);
    await registry.holdSlots(header.spec, header.run, Date.parse(expiresAt));
    return { expiresAt, earlier: await readJournal(open) };
  });
  const started = now();
  const result = await createNodes(open, nodes, signal, earlier);
  const seconds = (now() - started) / 1000;
  if (result.failure) await openBreaker(open, result.failure);
  const complete = result.created.size === nodes.length && !result.failure && !signal.aborted;
  const outcome = complete ? "created" : result.failure ? "failed" : "interrupted";
  await audit(open, "create", outcome, { error: result.failure?.message, durationMs: 1000 * seconds });
  return {
    report: {
      result: outcome,
      seconds,
      resources: result.created.size,
      ...(result.failure && { error: `${result.failure.node}: ${result.failure.message}` }),
    },
    outputs: complete
      ? localUrls(
          open,
          outputsOf(header, spec, (node) => result.created.get(node)!),
        )
      : {},
    expiresAt,
    timeline: result.spans,
  };
}

/** Whatever fails here has created nothing. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) throw error;
    const message =
      error instanceof UserError ? error.message : (explainAwsError(error) ?? describeError(error));
    throw new Refused(`Nothing was created: ${message}`, { cause: error });
  }
}

/** Whether the record is new. A run without one gives its slot back. */
async function openRecord({ registry, header, now }: OpenRun): Promise<boolean> {
  try {
    return await registry.open(recordOf(header, now()));
  } catch (error) {
    await registry.freeSlots(header.spec, header.run).catch(() => undefined);
    throw error;
  }
}

/** A record of this run id exists: an interrupted run of the same key, unless it has expired. */
async function expiryOfSameRun({ registry, header, now }: OpenRun): Promise<string> {
  const read = await registry.get(header.run);
  if (read.kind === "record") {
    const { owner, phase, expiresAt } = read.record;
    if (owner === header.owner && phase === "ACTIVE" && Date.parse(expiresAt) > now()) return expiresAt;
    throw new Refused(
      `The environment ${header.run} exists (owner ${owner}, phase ${phase}, expires at ${expiresAt}). Use another --key, or run automock test-env down ${header.run} first.`,
    );
  }
  throw new Refused(
    read.kind === "invalid"
      ? `The record of ${header.run} is invalid: ${read.faults.join("; ")}`
      : `The record of ${header.run} was deleted while it was read: another command has just removed the environment. Try again.`,
  );
}

/** On a local AWS, APIs are under a path of its endpoint. */
function localUrls({ localEndpoint }: OpenRun, outputs: Record<string, string>): Record<string, string> {
  if (localEndpoint === undefined) return outputs;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [
      name,
      value.replace(
        /^https:\/\/([a-z0-9]+)\.execute-api\.[^/]+/,
        (_, id: string) => `${localEndpoint}/_aws/execute-api/${id}`,
      ),
    ]),
  );
}

/** Removes everything of a run and, if nothing is left, its record and journal. Repeatable. */
export async function destroy(open: OpenRun): Promise<CleanupReport> {
  const { registry, header, now } = open;
  const started = now();
  let result: DestroyResult;
  try {
    result = await destroyRun(open);
  } catch (error) {
    // A failure to begin leaves everything as it was.
    const errors = [describeError(error)];
    result = { empty: false, left: [], errors, deleted: {}, seconds: (now() - started) / 1000 };
  }
  const deleted = Object.values(result.deleted).reduce((sum, count) => sum + count, 0);
  const report = { seconds: result.seconds, deleted, left: result.left, errors: result.errors };
  if (deleted > 0 || !result.empty) {
    const error = [...result.left.map(({ resource }) => resource), ...result.errors].join("; ") || undefined;
    const outcome = `${deleted} deleted, ${result.empty ? "nothing is left" : "incomplete"}`;
    await audit(open, "destroy", outcome, { error, durationMs: 1000 * result.seconds });
  }
  try {
    if (result.empty) {
      const nodes = (await registry.journal(header.run)).map(({ node }) => node);
      await registry.close(header.run, nodes);
      await registry.freeSlots(header.spec, header.run);
      closeJournal(open);
      return { result: "complete", ...report };
    }
    await registry.expire(header.run, now());
  } catch (error) {
    return {
      result: "incomplete",
      ...report,
      errors: [...result.errors, `the record was not updated: ${describeError(error)}`],
      next: `To remove the rest: automock test-env down ${header.run}`,
    };
  }
  return { result: "incomplete", ...report, next: await nextOf(open) };
}

/** Nothing depends on its last line: a later `down` finds nothing. */
function closeJournal({ journal, progress }: OpenRun): void {
  try {
    journal.close();
  } catch (error) {
    progress(`${journal.file} is not closed: ${describeError(error)}`);
  }
}

/** Who removes what is left of an expired run, and by when. */
async function nextOf({ registry, header, now }: OpenRun): Promise<string> {
  const self = `automock test-env down ${header.run}`;
  // A pipeline that may not read the switch is told what is usual.
  if (!(await registry.deletionEnabled("test").catch(() => true))) {
    return `The reaper deletes nothing in this account, because someone has disabled deletion. To remove the rest: ${self}`;
  }
  const by = formatInstant(now() + TEST_REAPED_MINUTES * 60_000);
  return `The reaper removes the rest by ${by}. To remove it now: ${self}`;
}

/** The exit code of a whole run. An incomplete cleanup overrides everything. */
export function exitCodeOf(
  create: CreateReport,
  tests: TestResult | undefined,
  cleanup: CleanupReport | undefined,
  interrupted: boolean,
): number {
  if (cleanup?.result === "incomplete") return TEST_EXIT.cleanupIncomplete;
  if (interrupted) return TEST_EXIT.interrupted;
  if (create.result !== "created") return TEST_EXIT.notCreated;
  return tests?.passed === false ? TEST_EXIT.testsFailed : TEST_EXIT.ok;
}

export interface TestOptions {
  readonly command: readonly string[];
  readonly timeoutMinutes: number;
  /** Path of the JUnit report that the command writes, relative to the project. @default none */
  readonly junit?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
}

/**
 * Creates the environment, runs the tests and removes the environment, whatever happens in between.
 *
 * @param signal fires when the run is interrupted; the environment is then removed
 * @throws Refused before anything has been created
 */
export async function wholeRun(
  open: OpenRun,
  spec: TestEnvironment,
  test: TestOptions,
  signal: AbortSignal,
): Promise<RunReport> {
  const { report: create, outputs, timeline } = await createRun(open, spec, signal);
  let tests: TestResult | undefined;
  if (create.result === "created" && !signal.aborted) {
    open.progress(
      `${open.header.run}: ${create.resources} resources in ${create.seconds.toFixed(1)} s; running the tests`,
    );
    const env = await roleVariables(open);
    tests = await runTests({
      ...test,
      env: { ...test.env, ...env },
      outputs,
      cwd: open.projectFolder,
      signal,
    });
    if (tests.junit === "missing") open.progress(`The tests did not write ${test.junit}.`);
  }
  const cleanup = await destroy(open);
  const exitCode = exitCodeOf(create, tests, cleanup, signal.aborted);
  await keepTimes(open, { create, tests, cleanup, exitCode });
  return {
    ...identityOf(open),
    exitCode,
    create,
    ...(tests && { tests }),
    cleanup,
    outputs,
    timeline,
    calls: open.calls.count,
  };
}

/** Of the role of the file, if it has one. A failure fails the tests, which then have the wrong rights, not the cleanup. */
async function roleVariables({ roleVariables: read, progress }: OpenRun): Promise<NodeJS.ProcessEnv> {
  try {
    return (await read?.()) ?? {};
  } catch (error) {
    progress(`The tests run without the role of the file: ${describeError(error)}`);
    return {};
  }
}

export function identityOf({ header }: OpenRun): Pick<RunReport, "run" | "spec" | "accountId" | "region"> {
  const { run, spec, accountId, region } = header;
  return { run, spec, accountId, region };
}
