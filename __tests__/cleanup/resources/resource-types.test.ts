import { createHandlers } from "../../../cleanup/resources";
import { typesOfArn } from "../../../cleanup/resources/arns";
import { RESOURCE_TYPES } from "../../../cleanup/resources/resource-types";
import { handledBy } from "../../../cleanup/resources/terraform-types";
import { fakeClients } from "../../support/fake-clients";
import { env } from "../../support/handlers";
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

test.each([
  ["aws_nat_gateway", {}, { type: "ec2:nat-gateway" }],
  ["aws_sqs_queue_policy", {}, "part"],
  ["terraform_data", {}, "part"],
  [
    "aws_appautoscaling_target",
    { service_namespace: "ecs" },
    { type: "application-autoscaling:scalable-target" },
  ],
  ["aws_appautoscaling_target", { service_namespace: "rds" }, "unsupported"],
  ["aws_appautoscaling_policy", {}, "unsupported"],
  ["aws_redshift_cluster", {}, "unsupported"],
])("%s with %j: %j", (type, attributes, expected) => expect(handledBy(type, attributes)).toEqual(expected));

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

test.each<[string, string[] | undefined]>([
  ["arn:aws:cloudwatch:us-east-1:1:alarm:a", ["cloudwatch:composite-alarm", "cloudwatch:metric-alarm"]],
  ["arn:aws:scheduler:us-east-1:1:schedule-group/automock-pr-1", []],
  ["arn:aws:ec2:us-east-1:1:natgateway/nat-1", ["ec2:nat-gateway"]],
  ["arn:aws:ec2:us-east-1:1:vpc-endpoint/vpce-1", ["ec2:vpc-endpoint"]],
  ["arn:aws:ec2:us-east-1:1:vpc-flow-log/fl-1", ["ec2:flow-log"]],
  ["arn:aws:ec2:us-east-1:1:vpc/vpc-1", ["ec2:vpc"]],
  ["arn:aws:ec2:us-east-1:1:security-group-rule/sgr-1", []],
  ["arn:aws:ecs:us-east-1:1:task-definition/f:1", ["ecs:task-definition"]],
  ["arn:aws:ecs:us-east-1:1:task/c/1", ["ecs:task"]],
  [
    "arn:aws:elasticloadbalancing:us-east-1:1:listener-rule/app/n/1/2/3",
    ["elasticloadbalancing:listener-rule"],
  ],
  ["arn:aws:rds:us-east-1:1:subgrp:g", ["rds:db-subnet-group"]],
  ["arn:aws:rds:us-east-1:1:snapshot:rds:db-2026-03-01-00-00", []],
  ["arn:aws:rds:us-east-1:1:auto-backup:ab-1", []],
  ["arn:aws:rds:us-east-1:1:snapshot:by-hand", undefined],
  ["arn:aws:s3:::bucket", ["s3:bucket"]],
  ["arn:aws:sns:us-east-1:1:t", ["sns:topic"]],
  ["arn:aws-cn:sqs:cn-north-1:1:q", ["sqs:queue"]],
  ["arn:aws:redshift:us-east-1:1:cluster:c", undefined],
])("%s: %j", (arn, types) => expect(typesOfArn(arn)).toEqual(types));
