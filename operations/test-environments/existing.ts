import { describeError } from "../../cleanup/engine/classify";
import type { TestEnvironment } from "../../environments/schema/test-environment-fields";
import { parseInstant } from "../../contract/registry";
import { specOfRun, TEST_SYSTEM } from "../../contract/test-run";
import { placesOfSpecs } from "./locate";
import { newRun, openRun, type OpenWorkspace } from "./open";

/** A test environment in a registry. */
export interface ExistingRun {
  readonly run: string;
  readonly spec: string;
  readonly owner: string;
  readonly accountId: string;
  readonly region: string;
  readonly phase: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly minutesLeft: number;
  readonly lastError?: string;
}

export interface ExistingRuns {
  readonly runs: readonly ExistingRun[];
  /** Accounts and regions whose registry could not be read, with the reason. */
  readonly unread: readonly string[];
}

/** The test environments of every account and region that a spec names. */
export async function existingRuns(workspace: OpenWorkspace): Promise<ExistingRuns> {
  const runs: ExistingRun[] = [];
  const unread: string[] = [];
  for (const specs of placesOfSpecs(workspace.projectFolder, workspace.progress)) {
    const { records, error } = await recordsOf(workspace, specs);
    if (error !== undefined) unread.push(error);
    for (const listed of records) {
      if (listed.kind !== "record" || listed.record.system !== TEST_SYSTEM) continue;
      const {
        environment: run,
        owner,
        accountId,
        region,
        phase,
        createdAt,
        expiresAt,
        lastError,
      } = listed.record;
      runs.push({
        run,
        spec: specOfRun(run) ?? run,
        owner,
        accountId,
        region,
        phase,
        createdAt,
        expiresAt,
        minutesLeft: Math.floor((parseInstant(expiresAt)! - Date.now()) / 60_000),
        ...(lastError !== undefined && { lastError }),
      });
    }
  }
  return { runs: runs.sort((a, b) => (a.run < b.run ? -1 : 1)), unread };
}

/** The records of one account and region, read with the first role that may. */
async function recordsOf(workspace: OpenWorkspace, specs: readonly TestEnvironment[]) {
  let error: string | undefined;
  for (const spec of specs) {
    const run = newRun(spec, { key: "list" }, {}, Date.now());
    try {
      const { registry } = openRun(workspace, run, { recordsCalls: false });
      return { records: await registry.list() };
    } catch (thrown) {
      const { name, accountId, region } = spec;
      error ??= `The registry of ${accountId}/${region} (environments/test/${name}.json) cannot be read: ${describeError(thrown)}`;
    }
  }
  return { records: [], error };
}

/** Environments whose time to live has passed. */
export async function expiredRuns(workspace: OpenWorkspace): Promise<ExistingRuns> {
  const { runs, unread } = await existingRuns(workspace);
  return { runs: runs.filter(({ expiresAt }) => parseInstant(expiresAt)! <= Date.now()), unread };
}
