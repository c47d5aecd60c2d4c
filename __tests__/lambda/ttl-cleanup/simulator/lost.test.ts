import type { ResidualListing } from "../../../../cleanup/engine/residual";
import { residual } from "../../../../cleanup/residual";
import { parseRecord } from "../../../../contract/registry";
import { fromItem } from "../../../../registry/item";
import { simulatedClients } from "../../../support/aws-simulator/clients";
import { allFaults, bystanders } from "../../../support/aws-simulator/invariants";
import { Process } from "../../../support/aws-simulator/kernel/faults";
import { HOUR, MINUTE, Scenario } from "../../../support/aws-simulator/scenario";
import { dnsName } from "../../../support/aws-simulator/services/elb";
import { USUAL, type Shape } from "../../../support/aws-simulator/world/seed-parts";
import { ZONE } from "../../../support/aws-simulator/world/seed-workload";

/** What the state has lost and no tag names: proven by what it leads to, or left and reported. */

const SHAPE: Shape = {
  ...USUAL,
  environment: "alpha",
  domain: true,
  extras: true,
  lostFromState: [
    "aws_route53_record",
    "aws_kms_alias",
    "aws_cloudwatch_query_definition",
    "aws_iam_role",
    "aws_iam_policy",
  ],
};

function setUp(shape = SHAPE) {
  const scenario = new Scenario({ seed: 31, fireTwice: 0 });
  const environment = scenario.add(shape, 2);
  scenario.add({ ...SHAPE, environment: "alpha-x" }, 100);
  return { scenario, environment, world: scenario.world };
}

type Site = ReturnType<typeof setUp>;

/** Lets the environment expire. The text of the completion report, and what broke an invariant. */
async function reap({ scenario, environment }: Site): Promise<{ report: string; faults: string[] }> {
  await scenario.until(() => false, 2 * HOUR - MINUTE);
  const before = bystanders(scenario, "alpha");
  await scenario.until(() => scenario.isDone("alpha"), HOUR);
  scenario.stop();
  const [message] = scenario.notices("alpha", "completion");
  return { report: message!.message, faults: allFaults(scenario, environment, before) };
}

const LEFT = "Left, because nothing proves";

/** An alias record of nobody that the tests know of, in the account's zone. */
function addAlias({ world }: Site, name: string, target: string): string {
  const id = `${ZONE.id}_${name}_A`;
  world.records.add({
    id,
    arn: `record ${id}`,
    tags: {},
    origin: "account",
    zoneId: ZONE.id,
    name: `${name}.`,
    type: "A",
    ttl: undefined,
    values: [],
    alias: { dnsName: target, zoneId: "Z35SXDOTRQ7X7K" },
  });
  return id;
}

test("what the state has lost goes by other proofs: records, aliases, queries, roles; the twin's stay", async () => {
  const site = setUp();
  const { report, faults } = await reap(site);
  expect(faults).toEqual([]);
  for (const line of ["2 x route53:record", "1 x kms:alias", "1 x logs:query-definition"])
    expect(report).toContain(`  ${line}\n`);
  expect(report).not.toContain(LEFT);
  const left = site.world.records.all().map(({ name }) => name);
  expect(left.filter((name) => name.endsWith("alpha-x.mocks.example.com."))).toHaveLength(2);
});

test("a record under another name goes as well, if it leads to the environment's load balancer", async () => {
  const site = setUp();
  const [balancer] = site.world.loadBalancers.where(({ origin }) => origin === "alpha");
  const target = `dualstack.${dnsName(balancer!, site.world).toUpperCase()}.`;
  const id = addAlias(site, "old-name.mocks.example.com", target);
  const { report, faults } = await reap(site);
  expect(faults).toEqual([expect.stringMatching(/^bystander changed, was: route53:record .*old-name/)]);
  expect(report).toContain("  3 x route53:record\n");
  expect(site.world.records.get(id)).toBeUndefined();
});

test("a record that leads to a load balancer that only has the same name stays, and is reported", async () => {
  const site = setUp();
  const target = "automock-alpha-0123456789.us-east-1.elb.amazonaws.com.";
  const id = addAlias(site, "elsewhere.mocks.example.com", target);
  const { report, faults } = await reap(site);
  expect(faults).toEqual([]);
  expect(site.world.records.get(id)).toBeDefined();
  expect(report).toContain(`${LEFT} that they belong to alpha.`);
  expect(report).toContain(`\n  route53:record A elsewhere.mocks.example.com. in zone ${ZONE.id}\n`);
});

// Terraform lets two environments with the same name each have it in its state.
test.each([
  ["lost from the state", SHAPE],
  ["in the state", { ...SHAPE, lostFromState: [] }],
])("a validation record that another certificate needs as well stays: %s", async (_where, shape) => {
  const site = setUp(shape);
  const { world } = site;
  const [own] = world.certificates.where(({ origin }) => origin === "alpha");
  const arn = own!.arn.replace(/.{4}$/, "ffff");
  world.certificates.add({ ...own!, id: "other", arn, origin: "account", tags: {} });
  const [record] = world.records.where(({ values }) => values.includes(`${own!.validation.value}.`));
  const { report, faults } = await reap(site);
  expect(faults).toEqual([`left behind: route53:record ${record!.id}`]);
  expect(world.certificates.get("other")).toBeDefined();
  expect(report).toContain("  1 x route53:record\n");
});

test("a role and a key's alias named like the environment, without a tag, stay and are reported", async () => {
  const site = setUp();
  const { world } = site;
  const [role] = world.roles.where(({ origin }) => origin === "alpha-x");
  const lost = { id: "automock-alpha-lost", name: "automock-alpha-lost", tags: {}, origin: "account" };
  world.roles.add({ ...role!, ...lost });
  const [key] = world.keys.where(({ origin }) => origin === "alpha-x");
  const other = { ...key!, id: "lost-key", arn: key!.arn.replace(key!.id, "lost-key"), tags: {} };
  world.keys.add({ ...other, aliases: ["alias/automock-alpha-lost"], origin: "account" });
  const { report, faults } = await reap(site);
  expect(faults).toEqual([]);
  expect(world.roles.get("automock-alpha-lost")).toBeDefined();
  const lines = report.slice(report.indexOf(LEFT)).split("\n");
  expect(lines.filter((line) => line.startsWith("  "))).toEqual([
    "  iam:role automock-alpha-lost",
    "  kms:alias alias/automock-alpha-lost",
  ]);
});

test("the independent listing sees aliases by their key, saved queries and roles, and doubts records", async () => {
  const { scenario, world } = setUp();
  const parsed = parseRecord(fromItem(scenario.record("alpha")!));
  if (parsed.kind !== "record") throw new Error("no record");
  const principal = { arn: scenario.names.reaperRoleArn, tags: {} };
  const clients = simulatedClients(scenario.simulator, new Process(undefined), principal);
  let listing: ResidualListing | undefined;
  void residual(clients)
    .list(parsed.record)
    .then((result) => (listing = result));
  expect(await scenario.until(() => listing !== undefined, MINUTE)).toBe(true);
  scenario.stop();
  const { items, unproven, errors } = listing!;
  expect(errors).toEqual([]);
  const ids = (type: string) => items.filter((one) => one.type === type).map(({ id }) => id);
  const own = <T extends { origin: string; id: string }>(all: readonly T[]) =>
    all.filter(({ origin }) => origin === "alpha").map(({ id }) => id);
  expect(ids("kms:alias")).toEqual(
    world.keys.where((key) => key.origin === "alpha").flatMap((k) => k.aliases),
  );
  expect(ids("kms:alias")).toHaveLength(1);
  expect(ids("logs:query-definition")).toEqual(own(world.queryDefinitions.all()));
  expect(ids("logs:query-definition")).toHaveLength(1);
  expect(ids("iam:role").sort()).toEqual(own(world.roles.all()).sort());
  expect(ids("iam:role").length).toBeGreaterThan(1);
  expect(ids("route53:record")).toEqual([]);
  expect(unproven).toEqual([`route53:record A alpha.mocks.example.com. in zone ${ZONE.id}`]);
});
