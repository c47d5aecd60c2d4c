import { describeError } from "../../cleanup/engine/classify";
import { UserError } from "../../contract/user-error";
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

/** The test environments of every place that a spec names. */
export async function existingRuns(workspace: OpenWorkspace): Promise<ExistingRun[]> {
  const runs: ExistingRun[] = [];
  for (const spec of placesOfSpecs(workspace.projectFolder, workspace.progress)) {
    const { registry } = openRun(workspace, newRun(spec, { key: "list" }, {}, Date.now()), {
      recordsCalls: false,
    });
    for (const listed of await naming(spec, () => registry.list())) {
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
  return runs.sort((a, b) => (a.run < b.run ? -1 : 1));
}

/** @throws UserError that names the file whose account or region cannot be read */
async function naming<T>({ name, accountId, region }: TestEnvironment, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new UserError(
      `The registry of ${accountId}/${region} (environments/test/${name}.json) cannot be read: ${describeError(error)}`,
      { cause: error },
    );
  }
}

/** Environments whose time to live has passed. */
export async function expiredRuns(workspace: OpenWorkspace): Promise<ExistingRun[]> {
  return (await existingRuns(workspace)).filter(({ expiresAt }) => parseInstant(expiresAt)! <= Date.now());
}
