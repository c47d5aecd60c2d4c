import { createColors } from "picocolors";
import { listText } from "../../../../cli/commands/list/view";
import { listEnvironments } from "../../../../operations/leases/list";
import { ephemeralEnvironment } from "../../../support/environments";
import { ACCOUNT, HOUR, iso, REGION, T0, testRecordOf } from "../../../support/reaper-values";
import { RegistryTable, tableOfFive } from "../../../support/registry-table";

const now = T0 + 2 * HOUR;
const plain = createColors(false);

it("shows them in columns, with every fault", async () => {
  const list = await listEnvironments(
    [tableOfFive().registry],
    [{ ...ephemeralEnvironment, name: "zoo", accountId: ACCOUNT, region: REGION }],
    now,
  );
  expect(listText(list, plain)).toBe(
    `ENVIRONMENT  OWNER   AGE  TIME LEFT             PHASE              PER HOUR  SO FAR
odd          ?       ?    ?                     INVALID RECORD
late         team-a  2 h  expired 1 h ago       STUCK                     ?       ?
soon         team-a  2 h  30 min left           WARNED, protected         ?       ?
long         team-b  2 h  1 d 4 h left          ACTIVE              $0.2500   $0.50
huge         team-a  2 h  1 d 14 h left         ACTIVE             $12.3450  $24.69
zoo          team-a       4 h after deployment  not deployed

The record of odd is invalid, so the reaper skips it:
  phase is "SLEEPING"; allowed: one of ACTIVE, WARNED, EXPIRED, DELETING, FINALIZING, VERIFYING, STATE_RESET, DONE, STUCK

The last attempt to delete late failed: vpc is in use

Costs are estimates at the minimum number of tasks.

Deletion is enabled in account ${ACCOUNT}, ${REGION}: expired environments are deleted.`,
  );
});

it("says whose prices the costs have, where they are another region's", async () => {
  const place = { accountId: ACCOUNT, region: "eu-west-1" };
  const other = new RegistryTable(place);
  other.put({ environment: "far", region: place.region, hourlyCostUsd: 0.25 });
  expect(listText(await listEnvironments([other.registry], [], now), plain)).toContain(
    "Costs are estimates at the minimum number of tasks, with the prices of us-east-1.",
  );
});

it("shows the place when there are several, and which could not be read", async () => {
  const other = new RegistryTable({ accountId: ACCOUNT, region: "eu-west-1" });
  other.put({ environment: "far", region: "eu-west-1" });
  const denied = new RegistryTable({ accountId: "999999999999", region: REGION });
  denied.missing = true;
  const one = new RegistryTable();
  one.put({ environment: "near" });
  const text = listText(
    await listEnvironments([one.registry, other.registry, denied.registry], [], now),
    plain,
  );
  expect(text).toContain(`${ACCOUNT}/eu-west-1  far  `);
  expect(text).toContain(`999999999999 in ${REGION} cannot be read: Account 999999999999 has no registry`);
});

it("says where the reaper only reports", async () => {
  const table = new RegistryTable();
  table.deletionEnabled = false;
  const list = await listEnvironments([table.registry], [], now);
  expect(list.deletion).toEqual([{ accountId: ACCOUNT, region: REGION, enabled: false }]);
  expect(listText(list, plain)).toContain(
    `Deletion is not enabled in account ${ACCOUNT}, ${REGION}: the reaper only reports which ephemeral environments it would delete. To enable it, run automock bootstrap --enable-deletion.`,
  );
});

it("shows no table when there is nothing", () =>
  expect(listText({ environments: [], deletion: [], unreadable: [] }, plain)).toBe(
    "There are no ephemeral environments. Create the file of one with automock init demo-42.",
  ));

it("shows which environments are not deleted because no one could be warned", async () => {
  const table = new RegistryTable();
  const warnFault = "nobody listens: no confirmed subscription receives warnings for team-a";
  table.put({ environment: "late", expiresAt: iso(T0 + HOUR), warnFault });
  expect(listText(await listEnvironments([table.registry], [], now), plain)).toContain(
    `\nlate is not deleted: ${warnFault}\n`,
  );
});

it("marks test runs", async () => {
  const table = new RegistryTable();
  const run = testRecordOf({ expiresAt: iso(T0 + 3 * HOUR) });
  table.put({ ...run });
  table.put({ environment: "near" });
  const list = await listEnvironments([table.registry], [], now);
  expect(list.environments.map((entry) => entry.state === "deployed" && entry.kind)).toEqual([
    "test",
    undefined,
  ]);
  expect(listText(list, plain)).toContain(`\n${run.environment} (test)  team-a  `);
});
