import { typesOfArn } from "../../../cleanup/resources/arns";

test.each<[string, string[] | undefined]>([
  ["arn:aws:cloudwatch:us-east-1:1:alarm:a", ["cloudwatch:composite-alarm", "cloudwatch:metric-alarm"]],
  ["arn:aws:scheduler:us-east-1:1:schedule-group/automock-pr-1", undefined],
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
