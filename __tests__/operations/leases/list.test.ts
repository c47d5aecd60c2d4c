import { listEnvironments } from "../../../operations/leases/list";
import { ageText, timeLeft } from "../../../operations/leases/terms";
import { ephemeralEnvironment, prodEnvironment } from "../../support/environments";
import { ACCOUNT, HOUR, iso, MINUTE, REGION, T0 } from "../../support/reaper-values";
import { RegistryMissing } from "../../../registry/missing";
import { RegistryTable, tableOfFive } from "../../support/registry-table";

const now = T0 + 2 * HOUR;
const file = (name: string, changes = {}) => ({
  ...ephemeralEnvironment,
  name,
  accountId: ACCOUNT,
  region: REGION,
  ...changes,
});

it("names all records over all pages, by time left; faulty ones first, files without a record last", async () => {
  const files = [file("zoo"), file("long"), file("elsewhere", { region: "eu-west-1" }), prodEnvironment];
  const { environments, unreadable } = await listEnvironments([tableOfFive().registry], files, now);
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

it("reads every registry, and names those that cannot be read", async () => {
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
});

it("is empty without records, and an error when no registry can be read", async () => {
  const table = new RegistryTable();
  expect(await listEnvironments([table.registry], [], now)).toEqual({
    environments: [],
    deletion: [{ accountId: ACCOUNT, region: REGION, enabled: true }],
    unreadable: [],
  });
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
});

it.each([true, false])("says of each account and region whether deletion is enabled: %s", async (enabled) => {
  const table = tableOfFive();
  table.deletionEnabled = enabled;
  const { deletion } = await listEnvironments([table.registry], [], now);
  expect(deletion).toEqual([{ accountId: ACCOUNT, region: REGION, enabled }]);
});
