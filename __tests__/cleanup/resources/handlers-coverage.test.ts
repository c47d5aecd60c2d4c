import { createHandlers } from "../../../cleanup/resources";
import { typeOfArn } from "../../../cleanup/resources/arns";
import { TERRAFORM_TYPES } from "../../../cleanup/resources/terraform-types";
import type { StateInstance } from "../../../lambda/ttl-cleanup/terraform-state/state-file";
import { handledBy } from "../../../lambda/ttl-cleanup/terraform-state/state-resources";
import { ephemeralEnvironment, stagingEnvironment } from "../../support/environments";
import { fakeClients } from "../../support/fake-clients";
import { synthesize } from "../../support/golden";

const clients = fakeClients({});
const handlers = createHandlers({ read: clients, write: clients });
const types = handlers.map(({ type }) => type);
const HOME = { environment: "pr-123", accountId: "123456789012", region: "us-east-1" };

const instance = (type: string, attributes: StateInstance["attributes"] = {}): StateInstance => ({
  address: `${type}.x`,
  mode: "managed",
  type,
  provider: "registry.terraform.io/hashicorp/aws",
  deposed: false,
  attributes,
});

/** What tells two kinds of the same Terraform type apart, as the stacks have it. */
const ATTRIBUTES: Readonly<Record<string, StateInstance["attributes"]>> = {
  aws_appautoscaling_policy: { service_namespace: "ecs" },
  aws_appautoscaling_scheduled_action: { service_namespace: "ecs" },
  aws_appautoscaling_target: { service_namespace: "ecs" },
  aws_dynamodb_table_item: { table_name: "automock-environments-123456789012-us-east-1" },
  aws_scheduler_schedule_group: { id: "automock-pr-123" },
};

const stacks = synthesize([ephemeralEnvironment, { ...stagingEnvironment, ttlHours: undefined }]);
stacks.delete("bootstrap");

test("the stacks looked at are those that can be ephemeral, and one per system", () =>
  expect([...stacks.keys()].sort()).toEqual(["automock-pr-123", "automock-staging", "task-api-staging"]));

test.each([...stacks])("%s: every type it creates has a handler or goes with another", (_stack, text) => {
  const created = Object.keys((JSON.parse(text) as { resource: object }).resource);
  expect(created.length).toBeGreaterThan(20);
  const unknown = created.filter(
    (type) => handledBy(instance(type, ATTRIBUTES[type]), HOME) === "unsupported",
  );
  expect(unknown).toEqual([]);
});

test("every type that the map names has a handler", () => {
  const named = new Set(Object.values(TERRAFORM_TYPES).filter((type) => type !== "part"));
  expect([...named].filter((type) => !types.includes(type))).toEqual([]);
});

test("no handler twice, and what it waits for exists and is of no later layer", () => {
  expect(new Set(types).size).toBe(types.length);
  for (const { type, layer, after } of handlers) {
    const before = after.map((name) => handlers.find((handler) => handler.type === name));
    expect({ type, missing: before.filter((handler) => handler === undefined) }).toEqual({
      type,
      missing: [],
    });
    if (layer === "workload") expect(before.map((handler) => handler?.layer)).not.toContain("final");
  }
});

test("the order has an end: no type waits for itself", () => {
  const waitsFor = (type: string, seen: readonly string[]): void => {
    expect(seen).not.toContain(type);
    const { after } = handlers.find((handler) => handler.type === type)!;
    for (const next of after) waitsFor(next, [...seen, type]);
  };
  for (const type of types) waitsFor(type, []);
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
  const env = {
    environment: "pr-1",
    system: "automock",
    accountId: HOME.accountId,
    region: HOME.region,
    ownedVpcIds: [],
    hints: new Map(),
  };
  const names = handlers.flatMap(({ ownNames }) => ownNames?.(env) ?? []);
  expect(names.length).toBeGreaterThan(3);
  for (const { exact, prefixes } of names) {
    for (const prefix of prefixes) expect(prefix.endsWith("/")).toBe(true);
    for (const name of [...exact, ...prefixes]) expect(name).toMatch(/automock-pr-1(\/|$)/);
  }
});

test.each([
  ["a type that nobody knows", instance("aws_redshift_cluster")],
  ["another schedule group", instance("aws_scheduler_schedule_group", { id: "default" })],
  ["an item of another table", instance("aws_dynamodb_table_item", { table_name: "orders" })],
  ["scaling of something else", instance("aws_appautoscaling_target", { service_namespace: "rds" })],
])("%s is unsupported, so it blocks the end by name", (_what, entry) =>
  expect(handledBy(entry, HOME)).toBe("unsupported"),
);

test.each([
  ["arn:aws:ec2:us-east-1:1:natgateway/nat-1", "ec2:nat-gateway"],
  ["arn:aws:ec2:us-east-1:1:vpc-endpoint/vpce-1", "ec2:vpc-endpoint"],
  ["arn:aws:ec2:us-east-1:1:vpc-flow-log/fl-1", "ec2:flow-log"],
  ["arn:aws:ec2:us-east-1:1:vpc/vpc-1", "ec2:vpc"],
  ["arn:aws:ec2:us-east-1:1:security-group-rule/sgr-1", "part"],
  ["arn:aws:ecs:us-east-1:1:task-definition/f:1", "ecs:task-definition"],
  ["arn:aws:ecs:us-east-1:1:task/c/1", "ecs:task"],
  [
    "arn:aws:elasticloadbalancing:us-east-1:1:listener-rule/app/n/1/2/3",
    "elasticloadbalancing:listener-rule",
  ],
  ["arn:aws:rds:us-east-1:1:subgrp:g", "rds:db-subnet-group"],
  ["arn:aws:rds:us-east-1:1:snapshot:rds:db-2026-03-01-00-00", "part"],
  ["arn:aws:rds:us-east-1:1:auto-backup:ab-1", "part"],
  ["arn:aws:rds:us-east-1:1:snapshot:by-hand", undefined],
  ["arn:aws:s3:::bucket", "s3:bucket"],
  ["arn:aws:sns:us-east-1:1:t", "sns:topic"],
  ["arn:aws-cn:sqs:cn-north-1:1:q", "sqs:queue"],
  ["arn:aws:redshift:us-east-1:1:cluster:c", undefined],
])("%s: %s", (arn, type) => {
  expect(typeOfArn(arn)).toBe(type);
  if (type !== undefined && type !== "part") expect(types).toContain(type);
});
