import { ratesOf } from "../../../cleanup/aws/rates";

test.each([
  ["cloudWatch", "DeleteAlarms", 3, 3],
  ["cloudWatch", "DescribeAlarms", 9, 9],
  ["cloudWatch", "GetDashboard", 10, 10],
  ["dynamoDb", "TransactWriteItems", 200, 200],
  ["dynamoDb", "GetItem", 200, 200],
  ["dynamoDb", "ListTables", 100, 50],
  ["dynamoDb", "ListTagsOfResource", 100, 50],
  ["ec2", "DescribeVpcs", 100, 20],
  ["ec2", "DeleteVpc", 50, 5],
  ["ec2", "DeleteNatGateway", 10, 1],
  ["ec2", "DeleteVpcEndpoints", 4, 0.3],
  ["ecs", "DeleteCluster", 20, 1],
  ["ecs", "DeregisterTaskDefinition", 20, 1],
  ["ecs", "DeleteTaskDefinitions", 5, 1],
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
  ["logs", "CreateLogGroup", 10, 10],
  ["logs", "DeleteLogGroup", 10, 10],
  ["logs", "DescribeMetricFilters", 5, 5],
  ["route53", "ChangeResourceRecordSets", 5, 5],
  ["s3", "GetObject", 100, 50],
])("%s %s: %i at once, %d per second", (service, command, atOnce, perSecond) =>
  expect(ratesOf(service, command)[0]).toMatchObject({ atOnce, perSecond }),
);

test.each(["elb", "apiGateway"])("all calls of %s share 40 at once and 10 per second besides", (service) => {
  const total = { key: service, atOnce: 40, perSecond: 10 };
  for (const command of ["DeleteListener", "DescribeListeners", "DeleteRestApi"])
    expect(ratesOf(service, command)[1]).toEqual(total);
  expect(ratesOf("ec2", "DeleteVpc")).toHaveLength(1);
});

test("what AWS counts together shares a key, and nothing else does", () => {
  const key = (service: string, command: string) => ratesOf(service, command)[0]!.key;
  expect(key("elb", "DeleteListener")).toBe(key("elb", "DeleteLoadBalancer"));
  expect(key("elb", "DeleteListener")).not.toBe(key("elb", "DescribeListeners"));
  expect(key("ecs", "DeleteService")).toBe(key("ecs", "UpdateService"));
  expect(key("ecs", "DeleteService")).not.toBe(key("ecs", "DeleteCluster"));
  expect(key("ec2", "DeleteVpc")).not.toBe(key("ec2", "DeleteSubnet"));
  expect(key("route53", "ListHostedZones")).toBe(key("route53", "ChangeResourceRecordSets"));
  expect(key("s3", "GetObject")).toBe(key("s3", "PutObject"));
});
