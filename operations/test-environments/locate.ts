import { specOfRun } from "../../contract/test-run";
import { UserError } from "../../contract/user-error";
import { loadTestEnvironment, testEnvironmentNames } from "../../environments/schema/test-environment-load";
import type { TestEnvironment } from "../../environments/schema/test-environment-fields";
import { LocalJournal, type JournalHeader } from "./journal";

/**
 * What is known of an existing run: from its journal on this machine, or from the file of its spec.
 *
 * @throws UserError if it is not a run id, or neither exists
 */
export function locateRun(projectFolder: string, run: string): JournalHeader {
  const spec = specOfRun(run);
  if (spec === undefined) {
    throw new UserError(
      `"${run}" is not a run id. It looks like orders-k3f9aa; automock test-env list shows them.`,
    );
  }
  const local = new LocalJournal(projectFolder, run).read();
  if (local) return local.header;
  const { owner, costCenter, accountId, region, role } = loadTestEnvironment(projectFolder, spec);
  // The expiry is only read from the record.
  return { run, spec, owner, costCenter, accountId, region, expiresAt: "", ...(role && { role }) };
}

/** The specs of each account and region. Those with faults are left out, so that they stop no `sweep`. */
export function placesOfSpecs(projectFolder: string, progress: (text: string) => void): TestEnvironment[][] {
  const places = new Map<string, TestEnvironment[]>();
  for (const name of testEnvironmentNames(projectFolder)) {
    try {
      const spec = loadTestEnvironment(projectFolder, name);
      const place = `${spec.accountId}/${spec.region}`;
      places.set(place, [...(places.get(place) ?? []), spec]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      progress(`Left out, because its file has faults:\n${error.message}`);
    }
  }
  return [...places.values()];
}
