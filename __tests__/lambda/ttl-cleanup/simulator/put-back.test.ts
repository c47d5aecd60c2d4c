import { createHash } from "node:crypto";
import { registryKey } from "../../../../contract/registry";
import { allFaults, bystanders } from "../../../support/aws-simulator/invariants";
import { authorizeBy, synthesizedPolicies } from "../../../support/aws-simulator/policies";
import { HOUR, MINUTE, PLACE, Scenario } from "../../../support/aws-simulator/scenario";
import { put } from "../../../support/aws-simulator/services/s3-objects";
import type { Item } from "../../../support/aws-simulator/world/platform";
import { USUAL } from "../../../support/aws-simulator/world/seed-parts";

/** People lose, copy or put back a record or a state. The reaper has the rights of the synthesized policies. */

function setUp() {
  const authorize = authorizeBy(synthesizedPolicies(PLACE), PLACE);
  const scenario = new Scenario({ seed: 41, fireTwice: 0, authorize });
  const environment = scenario.add({ ...USUAL, environment: "alpha", domain: true }, 2);
  const twin = scenario.add({ ...USUAL, environment: "alpha-x", domain: true }, 100);
  return { scenario, environment, twin };
}

type Site = ReturnType<typeof setUp>;

const statesOf = ({ scenario, environment }: Site) =>
  scenario.world.buckets.get(environment.stateRef.bucket)!;
const registry = ({ scenario }: Site) => scenario.world.tables.get(scenario.names.registryTableName)!;
const keyOf = (environment: string) => {
  const { pk, sk } = registryKey(environment);
  return JSON.stringify([{ S: pk }, { S: sk }]);
};
/** Schedules end by themselves. */
const ownResources = ({ scenario: { world } }: Site) =>
  world.stores
    .filter((store) => store !== (world.schedules as unknown))
    .flatMap((store) => store.where(({ origin }) => origin === "alpha").map(({ id }) => id));

/** Someone writes a record, and the stream tells of it. */
function putBack(site: Site, item: Item): void {
  const table = registry(site);
  const before = table.items.get(keyOf("alpha"));
  table.items.set(keyOf("alpha"), item);
  site.scenario.world.onItemChange?.(table, before, item);
}

test.each<[string, (site: Site) => void, string]>([
  [
    "the state is gone, and its digest is still in the lock table",
    (site) => {
      const bucket = statesOf(site);
      bucket.versions = bucket.versions.filter(({ key }) => key !== site.environment.stateRef.key);
    },
    "the state is gone, but the lock table has its digest",
  ],
  [
    "the state is a copy of another environment's, with its digest",
    (site) => {
      const { scenario, environment, twin } = site;
      const copy = statesOf(site).versions.findLast(({ key }) => key === twin.stateRef.key)!;
      put(scenario.world, statesOf(site), environment.stateRef.key, copy.body, scenario.clock.now());
      const LockID = { S: `${environment.stateRef.bucket}/${environment.stateRef.key}-md5` };
      const Digest = { S: createHash("md5").update(copy.body).digest("hex") };
      const { items } = scenario.world.tables.get(scenario.names.lockTableName)!;
      items.set(JSON.stringify([LockID, null]), { LockID, Digest });
    },
    "the state has the registry record of another environment (ENV#alpha-x)",
  ],
])("%s: nothing is deleted, and the owner is told", async (_title, spoil, told) => {
  const site = setUp();
  const { scenario } = site;
  await scenario.until(() => false, 2 * HOUR - 5 * MINUTE);
  spoil(site);
  const [own, before] = [ownResources(site), bystanders(scenario, "alpha")];
  await scenario.until(() => false, 3 * HOUR);
  scenario.stop();
  expect(ownResources(site)).toEqual(own);
  expect(bystanders(scenario, "alpha")).toEqual(before);
  expect(scenario.isDone("alpha")).toBe(false);
  const failures = scenario.notices("alpha", "failure").map(({ message }) => message);
  expect(failures).toEqual([expect.stringContaining(told)]);
});

test("a record that someone took out of the index, with its schedules gone, is found by the tick", async () => {
  const site = setUp();
  const { scenario, environment } = site;
  await scenario.until(() => false, 10 * MINUTE);
  const { open: _open, ...rest } = scenario.record("alpha")!;
  registry(site).items.set(keyOf("alpha"), rest);
  for (const { id } of scenario.world.schedules.where(({ origin }) => origin === "alpha"))
    scenario.world.schedules.delete(id);
  await scenario.until(() => false, 2 * HOUR - 15 * MINUTE);
  const before = bystanders(scenario, "alpha");
  expect(await scenario.until(() => scenario.isDone("alpha"), 3 * HOUR)).toBe(true);
  scenario.stop();
  expect(allFaults(scenario, environment, before)).toEqual([]);
});

describe("a warning of an earlier life does not count", () => {
  test("when the record of a finished life is put back while resources are there again", async () => {
    const site = setUp();
    const { scenario } = site;
    await scenario.until(() => scenario.record("alpha")?.warnedAt !== undefined, 2 * HOUR);
    const warned = scenario.record("alpha")!;
    await scenario.until(() => scenario.isDone("alpha"), 3 * HOUR);
    // Deployed again, then someone restores the table's backup.
    scenario.add({ ...USUAL, environment: "alpha" }, 20);
    await scenario.until(() => false, 10 * MINUTE);
    const before = scenario.notices("alpha", "warning").length;
    const at = scenario.clock.now();
    // Without the stream: the check of the pass alone.
    registry(site).items.set(keyOf("alpha"), warned);
    await scenario.until(() => scenario.record("alpha")?.firstDeleteAt !== undefined, 5 * HOUR);
    const began = scenario.clock.now();
    scenario.stop();
    expect(scenario.notices("alpha", "warning").length).toBe(before + 1);
    expect(began - at).toBeGreaterThanOrEqual(55 * MINUTE);
  });

  test("when an older record with a lower token replaces the one of a new deployment", async () => {
    const site = setUp();
    const { scenario } = site;
    await scenario.until(() => scenario.record("alpha")?.warnedAt !== undefined, 2 * HOUR);
    const warned = scenario.record("alpha")!;
    // Destroyed by Terraform and deployed again: no finished life is in the history.
    const isNotice = (name: string) => /^warn/.test(name);
    const fresh = Object.fromEntries(Object.entries(warned).filter(([name]) => !isNotice(name)));
    const expiresAt = { S: "2026-03-02T08:00:00Z" };
    putBack(site, { ...fresh, token: { N: "9" }, phase: { S: "ACTIVE" }, expiresAt });
    await scenario.until(() => false, 4 * HOUR);
    const before = scenario.notices("alpha", "warning").length;
    const at = scenario.clock.now();
    putBack(site, warned);
    await scenario.until(() => scenario.record("alpha")?.firstDeleteAt !== undefined, 5 * HOUR);
    const began = scenario.clock.now();
    scenario.stop();
    expect(scenario.notices("alpha", "warning").length).toBe(before + 1);
    expect(began - at).toBeGreaterThanOrEqual(55 * MINUTE);
  });
});
