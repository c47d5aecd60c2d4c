import { rateOf } from "../../../cleanup/aws/rates";

test.each([
  ["cloudWatch", "DeleteAlarms", 3, 3],
  ["cloudWatch", "DescribeAlarms", 9, 9],
  ["cloudWatch", "GetDashboard", 10, 10],
  ["ec2", "DescribeVpcs", 100, 20],
  ["ec2", "DeleteVpc", 50, 5],
  ["ecs", "DeleteCluster", 20, 1],
  ["ecs", "DeregisterTaskDefinition", 20, 1],
  ["ecs", "DescribeTaskDefinition", 50, 20],
  ["ecs", "UpdateService", 50, 5],
  ["ecs", "ListTasks", 100, 20],
  ["ecs", "StopTask", 100, 40],
  ["elb", "DescribeTags", 40, 10],
  ["elb", "DeleteLoadBalancer", 20, 3],
  ["elb", "DeregisterTargets", 20, 4],
  ["iam", "GetRole", 40, 15],
  ["kms", "ScheduleKeyDeletion", 15, 15],
  ["kms", "DeleteAlias", 5, 5],
  ["logs", "DeleteLogGroup", 10, 10],
  ["logs", "DescribeMetricFilters", 5, 5],
  ["route53", "ChangeResourceRecordSets", 5, 5],
  ["s3", "GetObject", 100, 50],
])("%s %s: %i at once, %i per second", (service, command, atOnce, perSecond) =>
  expect(rateOf(service, command)).toMatchObject({ atOnce, perSecond }),
);

test("what AWS counts together shares a key, and nothing else does", () => {
  const key = (service: string, command: string) => rateOf(service, command).key;
  expect(key("elb", "DeleteListener")).toBe(key("elb", "DeleteLoadBalancer"));
  expect(key("elb", "DeleteListener")).not.toBe(key("elb", "DescribeListeners"));
  expect(key("ecs", "DeleteService")).toBe(key("ecs", "UpdateService"));
  expect(key("ecs", "DeleteService")).not.toBe(key("ecs", "DeleteCluster"));
  expect(key("ec2", "DeleteVpc")).not.toBe(key("ec2", "DeleteSubnet"));
  expect(key("route53", "ListHostedZones")).toBe(key("route53", "ChangeResourceRecordSets"));
  expect(key("s3", "GetObject")).toBe(key("s3", "PutObject"));
});
