/** Which handler an ARN is for: by service and the start of its resource part. Longer starts come first. */
const BY_ARN: readonly (readonly [service: string, start: string, type: string])[] = [
  ["acm", "certificate/", "acm:certificate"],
  ["application-autoscaling", "scalable-target/", "application-autoscaling:scalable-target"],
  ["cloudwatch", "alarm:", "cloudwatch:metric-alarm"],
  ["cloudwatch", "dashboard/", "cloudwatch:dashboard"],
  ["dynamodb", "table/", "dynamodb:table"],
  ["ec2", "elastic-ip/", "ec2:elastic-ip"],
  ["ec2", "flow-logs/", "ec2:flow-log"], // the local AWS's word for it
  ["ec2", "internet-gateway/", "ec2:internet-gateway"],
  ["ec2", "natgateway/", "ec2:nat-gateway"],
  ["ec2", "network-acl/", "ec2:network-acl"],
  ["ec2", "network-interface/", "ec2:network-interface"],
  ["ec2", "route-table/", "ec2:route-table"],
  ["ec2", "security-group-rule/", "part"],
  ["ec2", "security-group/", "ec2:security-group"],
  ["ec2", "subnet/", "ec2:subnet"],
  ["ec2", "vpc-endpoint/", "ec2:vpc-endpoint"],
  ["ec2", "vpc-flow-log/", "ec2:flow-log"],
  ["ec2", "vpc/", "ec2:vpc"],
  ["ecr", "repository/", "ecr:repository"],
  ["ecs", "cluster/", "ecs:cluster"],
  ["ecs", "service/", "ecs:service"],
  ["ecs", "service-deployment/", "part"],
  ["ecs", "service-revision/", "part"],
  ["ecs", "task-definition/", "ecs:task-definition"],
  ["ecs", "task/", "ecs:task"],
  ["elasticloadbalancing", "listener-rule/", "elasticloadbalancing:listener-rule"],
  ["elasticloadbalancing", "listener/", "elasticloadbalancing:listener"],
  ["elasticloadbalancing", "loadbalancer/", "elasticloadbalancing:load-balancer"],
  ["elasticloadbalancing", "targetgroup/", "elasticloadbalancing:target-group"],
  ["events", "rule/", "events:rule"],
  ["iam", "policy/", "iam:policy"],
  ["iam", "role/", "iam:role"],
  ["kms", "key/", "kms:key"],
  ["lambda", "function:", "lambda:function"],
  ["logs", "log-group:", "logs:log-group"],
  ["rds", "db:", "rds:db-instance"],
  ["rds", "pg:", "rds:db-parameter-group"],
  ["rds", "snapshot:rds:", "part"], // automatic ones, like the next, go with their instance; others stay and block
  ["rds", "auto-backup:", "part"],
  ["rds", "subgrp:", "rds:db-subnet-group"],
  ["s3", "", "s3:bucket"],
  ["scheduler", "schedule-group/", "part"],
  ["secretsmanager", "secret:", "secretsmanager:secret"],
  ["sns", "", "sns:topic"],
  ["sqs", "", "sqs:queue"],
];

/**
 * The handler's type of an ARN; `part` when it goes with another resource, `undefined` when nobody knows it. A
 * composite alarm has the ARN of a metric alarm: both handlers get the hint.
 */
export function typeOfArn(arn: string): string | undefined {
  const [, , service, , , ...rest] = arn.split(":");
  const resource = rest.join(":");
  return BY_ARN.find(([of, start]) => of === service && resource.startsWith(start))?.[2];
}

/** Types that an ARN is a hint for. */
export function hintTypes(type: string): readonly string[] {
  return type === "cloudwatch:metric-alarm" ? [type, "cloudwatch:composite-alarm"] : [type];
}
