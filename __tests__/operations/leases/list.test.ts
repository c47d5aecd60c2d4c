import { createColors } from "picocolors";
import { listText } from "../../../cli/commands/list/view";
import { listEnvironments } from "../../../operations/leases/list";
import { ageText, timeLeft } from "../../../operations/leases/terms";
import { ephemeralEnvironment, prodEnvironment } from "../../support/environments";
import { ACCOUNT, HOUR, iso, MINUTE, REGION, T0 } from "../../support/reaper-values";
import { RegistryMissing } from "../../../registry/missing";
import { RegistryTable } from "../../support/registry-table";

const now = T0 + 2 * HOUR;
const plain = createColors(false);
const file = (name: string, changes = {}) => ({
  ...ephemeralEnvironment,
  name,
  accountId: ACCOUNT,
  region: REGION,
  ...changes,
});

function fullTable(): RegistryTable {
  const table = new RegistryTable();
  table.put({ environment: "late", expiresAt: iso(T0 + HOUR), phase: "STUCK", lastError: "vpc is in use" });
  table.put({ environment: "long", expiresAt: iso(T0 + 30 * HOUR), hourlyCostUsd: 0.25, owner: "team-b" });
  table.put({ environment: "soon", expiresAt: iso(T0 + 2.5 * HOUR), protected: true, phase: "WARNED" });
  table.put({ environment: "odd", phase: "SLEEPING" });
  table.put({ environment: "huge", expiresAt: iso(T0 + 40 * HOUR), hourlyCostUsd: 12.345 });
  return table;
}

it("names all records over all pages, by time left; faulty ones first, files without a record last", async () => {
  const files = [file("zoo"), file("long"), file("elsewhere", { region: "eu-west-1" }), prodEnvironment];
  const { environments, unreadable } = await listEnvironments([fullTable().registry], files, now);
  expect(environments.map(({ environment, state }) => [environment, state])).toEqual([
    ["odd", "faulty"],
    ["late", "deployed"],
    ["soon", "deployed"],
    ["long", "deployed"],
    ["huge", "deployed"],
    ["zoo", "notDeployed"],
  ]);
  expect(unreadable).toEqual([]);
  expect(environments[0]).toEqual({
    state: "faulty",
    accountId: ACCOUNT,
    region: REGION,
    environment: "odd",
    faults: [
      'phase is "SLEEPING"; allowed: one of ACTIVE, WARNED, EXPIRED, DELETING, FINALIZING, VERIFYING, STATE_RESET, DONE, STUCK',
    ],
  });
  expect(environments[3]).toEqual({
    state: "deployed",
    accountId: ACCOUNT,
    region: REGION,
    environment: "long",
    system: "automock",
    stack: "automock-long",
    owner: "team-b",
    phase: "ACTIVE",
    protected: false,
    createdAt: iso(T0),
    expiresAt: iso(T0 + 30 * HOUR),
    maxExpiresAt: iso(T0 + 336 * HOUR),
    ageMinutes: 120,
    minutesLeft: 28 * 60,
    usdHourly: { expected: 0.25 },
    usdSoFar: 0.5,
  });
  expect(environments[5]).toEqual({
    state: "notDeployed",
    accountId: ACCOUNT,
    region: REGION,
    environment: "zoo",
    owner: "team-a",
    ttlHours: 4,
  });
});

it("shows them in columns, with every fault", async () => {
  const list = await listEnvironments([fullTable().registry], [file("zoo")], now);
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

Costs are estimates at the minimum number of tasks.`,
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

it("says the place when there are several, and which could not be read", async () => {
  const other = new RegistryTable({ accountId: ACCOUNT, region: "eu-west-1" });
  other.put({ environment: "far", region: "eu-west-1" });
  const denied = new RegistryTable({ accountId: "999999999999", region: REGION });
  denied.missing = true;
  const one = new RegistryTable();
  one.put({ environment: "near" });
  const list = await listEnvironments([one.registry, other.registry, denied.registry], [], now);
  expect(list.environments.map(({ environment }) => environment)).toEqual(["far", "near"]);
  expect(list.unreadable).toEqual([
    {
      accountId: "999999999999",
      region: REGION,
      message: expect.stringContaining("Account 999999999999 has no registry of environments") as string,
    },
  ]);
  const text = listText(list, plain);
  expect(text).toContain(`${ACCOUNT}/eu-west-1  far  `);
  expect(text).toContain(`999999999999 in ${REGION} cannot be read: Account 999999999999 has no registry`);
});

it("is an error when none can be read, and no table when there is nothing", async () => {
  const table = new RegistryTable();
  expect(listText(await listEnvironments([table.registry], [], now), plain)).toBe(
    "There are no ephemeral environments. Create one with automock init.",
  );
  table.missing = true;
  await expect(listEnvironments([table.registry], [], now)).rejects.toThrow(RegistryMissing);
});

it.each([
  [0, "less than a minute left"],
  [59, "59 min left"],
  [61, "1 h 1 min left"],
  [-1, "expired 1 min ago"],
  [-1500, "expired 1 d 1 h ago"],
])("%i minutes are %s", (minutesLeft, text) => expect(timeLeft({ minutesLeft })).toBe(text));

it("an environment that is younger than our clock has cost nothing", async () => {
  const table = new RegistryTable();
  table.put({ hourlyCostUsd: 1 });
  const { environments } = await listEnvironments([table.registry], [], T0 - 5 * MINUTE);
  expect(environments[0]).toMatchObject({ ageMinutes: 0, usdSoFar: 0 });
  expect(ageText({ ageMinutes: 0 })).toBe("< 1 min");
  expect(ageText({ ageMinutes: 61 })).toBe("1 h 1 min");
});

it("says which environments are not deleted because no one could be warned", async () => {
  const table = new RegistryTable();
  const warnFault = "nobody listens: no confirmed subscription receives warnings for team-a";
  table.put({ environment: "late", expiresAt: iso(T0 + HOUR), warnFault });
  const list = await listEnvironments([table.registry], [], now);
  expect(list.environments[0]).toMatchObject({ state: "deployed", warnFault });
  expect(listText(list, plain)).toContain(`\nlate is not deleted: ${warnFault}\n`);
});
