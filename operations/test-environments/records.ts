import { describeError } from "../../cleanup/engine/classify";
import { formatInstant } from "../../contract/registry";
import { TEST_MANAGED_BY } from "../../contract/test-run";
import { Audit } from "../../registry/audit";
import { sendMetrics } from "./metrics";
import type { OpenRun } from "./open";
import type { CleanupReport, RunReport } from "./report";

/** For `stats`, CloudWatch and the audit trail. A run does not fail because of it. */
export async function keepTimes(
  open: OpenRun,
  {
    create,
    tests,
    cleanup,
    exitCode,
  }: Pick<RunReport, "create" | "tests" | "exitCode"> & { readonly cleanup: CleanupReport },
): Promise<void> {
  const { registry, header, now, progress } = open;
  const finished = {
    run: header.run,
    spec: header.spec,
    at: formatInstant(now()),
    exitCode,
    resources: create.resources,
    createSeconds: create.seconds,
    ...(tests && { testSeconds: tests.seconds }),
    destroySeconds: cleanup.seconds,
    leftovers: cleanup.left.length,
  };
  await sendMetrics(open, finished, tests?.passed === false);
  try {
    await registry.finished(finished);
  } catch (error) {
    progress(`The times of this run are not kept: ${describeError(error)}`);
  }
}

/** A line of the audit trail, beside the lines of the reaper. A run does not fail because of it. */
export async function audit(
  { clients, header, now, progress }: OpenRun,
  action: "create" | "destroy",
  outcome: string,
  details: { readonly error?: string; readonly durationMs: number },
): Promise<void> {
  try {
    const trail = new Audit(clients.dynamoDb, header, { info: () => undefined });
    await trail.keep([
      {
        action: `test environment: ${action}`,
        outcome,
        ...details,
        at: now(),
        seq: action === "create" ? 0 : 1,
        environment: header.run,
        passId: `${header.run}-${action}`,
        actor: TEST_MANAGED_BY,
        dryRun: false,
      },
    ]);
  } catch (error) {
    progress(`The audit line is not written: ${describeError(error)}`);
  }
}
