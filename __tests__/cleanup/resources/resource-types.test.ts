import { createHandlers } from "../../../cleanup/resources";
import { RESOURCE_TYPES } from "../../../cleanup/resources/resource-types";
import { fakeClients, type Answers } from "../../support/fake-clients";
import { env, handlerOf, TAG_LIST } from "../../support/handlers";
import { orderFaults } from "../../support/order-faults";

const clients = fakeClients({});
const handlers = createHandlers({ read: clients, write: clients });

test("the order has an end, every type is there once, and none of the workload waits for the last layer", () =>
  expect(orderFaults(handlers)).toEqual([]));

test("every Terraform type is listed once, by the type that deletes it or that it goes with", () => {
  const names = RESOURCE_TYPES.flatMap(({ terraform, parts = [] }) => [...terraform, ...parts]);
  expect(names.length).toBeGreaterThan(70);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test("autoscaler-fights: a service waits for its scalable target to be deregistered", () =>
  expect(handlers.find(({ type }) => type === "ecs:service")?.after).toEqual([
    "application-autoscaling:scalable-target",
  ]));

test("log-group-returns: log groups go after all workload, in the last layer", () =>
  expect(
    handlers
      .filter(({ layer }) => layer === "final")
      .map(({ type }) => type)
      .sort(),
  ).toEqual(["iam:policy", "iam:role", "kms:alias", "kms:key", "logs:log-group", "secretsmanager:secret"]));

test("own names are exact or end in a slash, so that no other environment's can start like them", () => {
  const names = handlers.flatMap(({ ownNames }) => ownNames?.(env()) ?? []);
  expect(names.length).toBeGreaterThan(3);
  for (const { exact, prefixes } of names) {
    for (const prefix of prefixes) expect(prefix.endsWith("/")).toBe(true);
    for (const name of [...exact, ...prefixes]) expect(name).toMatch(/automock-pr-1(\/|$)/);
  }
});

test.each<[string, string, Answers]>([
  [
    "ec2:vpc",
    "default VPC",
    { DescribeVpcs: () => ({ Vpcs: [{ VpcId: "v", IsDefault: true, Tags: TAG_LIST }] }) },
  ],
  [
    "ec2:subnet",
    "default subnet of its zone",
    { DescribeSubnets: () => ({ Subnets: [{ SubnetId: "s", DefaultForAz: true, Tags: TAG_LIST }] }) },
  ],
  [
    "secretsmanager:secret",
    "secret of rds",
    {
      ListSecrets: () => ({ SecretList: [{ ARN: "a", Name: "automock-pr-1-x", OwningService: "rds" }] }),
      DescribeSecret: () => ({ Tags: TAG_LIST }),
    },
  ],
  [
    "events:rule",
    "rule managed by ecs",
    {
      ListRules: () => ({ Rules: [{ Name: "automock-pr-1-x", Arn: "a", ManagedBy: "ecs" }] }),
      ListTagsForResource: () => ({ Tags: TAG_LIST }),
    },
  ],
])("%s: what AWS made and keeps is no resource of the environment's: %s", async (type, builtIn, answers) => {
  const { list } = handlerOf(type, answers);
  expect(await list(env())).toMatchObject([{ builtIn }]);
});
