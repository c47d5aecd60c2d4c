import * as autoscaling from "@aws-sdk/client-application-auto-scaling";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as tagging from "@aws-sdk/client-resource-groups-tagging-api";
import * as route53 from "@aws-sdk/client-route-53";
import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { TAG } from "../../../../contract/tags";
import { Account } from "../../../support/aws-simulator/account";
import { HOUR, MINUTE } from "../../../support/aws-simulator/scenario";
import { current } from "../../../support/aws-simulator/services/s3-objects";
import { ZONE } from "../../../support/aws-simulator/world/seed-workload";

/** What AWS does later, hides in its answers or repeats from memory, the simulated AWS does too. */

let aws: Account;

beforeEach(() => {
  aws = new Account();
});

test("a NAT gateway takes its time, frees its address at the end and stays listed", async () => {
  const nat = aws.first(aws.world.natGateways.all());
  await aws.send("EC2", new ec2.DeleteNatGatewayCommand({ NatGatewayId: nat.id }));
  expect(nat.state).toBe("deleting");
  expect(await aws.errorOf("EC2", new ec2.ReleaseAddressCommand({ AllocationId: nat.allocationId }))).toBe(
    "InvalidIPAddress.InUse",
  );
  await aws.later(5 * MINUTE);
  const page = await aws.send<ec2.DescribeNatGatewaysCommandOutput>(
    "EC2",
    new ec2.DescribeNatGatewaysCommand({}),
  );
  expect(page.NatGateways!.find(({ NatGatewayId }) => NatGatewayId === nat.id)!.State).toBe("deleted");
  expect(await aws.errorOf("EC2", new ec2.ReleaseAddressCommand({ AllocationId: nat.allocationId }))).toBe(
    "no error",
  );
  await aws.later(2 * HOUR);
  expect(aws.world.natGateways.get(nat.id)).toBeUndefined();
});

test("a draining service is not listed any more, but described, and holds its cluster", async () => {
  const { name, clusterArn: cluster } = aws.first(aws.world.services.all());
  await aws.send("ECS", new ecs.DeleteServiceCommand({ cluster, service: name, force: true }));
  const list = await aws.send<ecs.ListServicesCommandOutput>("ECS", new ecs.ListServicesCommand({ cluster }));
  expect(list.serviceArns).toEqual([]);
  const described = await aws.send<ecs.DescribeServicesCommandOutput>(
    "ECS",
    new ecs.DescribeServicesCommand({ cluster, services: [name, "other"] }),
  );
  expect(described.services!.map(({ status }) => status)).toEqual(["DRAINING"]);
  expect(described.failures!.map(({ reason }) => reason)).toEqual(["MISSING"]);
  expect(await aws.errorOf("ECS", new ecs.DeleteClusterCommand({ cluster }))).toBe(
    "ClusterContainsServicesException",
  );
  await aws.later(5 * MINUTE);
  expect(await aws.errorOf("ECS", new ecs.DeleteClusterCommand({ cluster }))).toBe("no error");
});

test("the deregistration delay holds the tasks back, unless it is lowered first", async () => {
  const running = () => aws.mine(aws.world.tasks.all()).filter(({ status }) => status !== "STOPPED").length;
  const { name, clusterArn: cluster } = aws.first(aws.world.services.all());
  aws.first(aws.world.targetGroups.all()).deregistrationDelaySeconds = 300;
  await aws.send("ECS", new ecs.DeleteServiceCommand({ cluster, service: name, force: true }));
  await aws.later(4.5 * MINUTE);
  expect(running()).toBe(2);
  await aws.later(2 * MINUTE);
  expect(running()).toBe(0);
});

test("a scalable target that stays registered scales the service up again", async () => {
  const { name, clusterArn: cluster } = aws.first(aws.world.services.all());
  const scale = (desiredCount: number) =>
    aws.send("ECS", new ecs.UpdateServiceCommand({ cluster, service: name, desiredCount }));
  await scale(0);
  await aws.later(2 * MINUTE);
  expect(aws.first(aws.world.services.all()).desired).toBe(2);
  const { resourceId } = aws.first(aws.world.scalableTargets.all());
  const target = {
    ServiceNamespace: "ecs",
    ResourceId: resourceId,
    ScalableDimension: "ecs:service:DesiredCount",
  } as const;
  await aws.send("Application Auto Scaling", new autoscaling.DeregisterScalableTargetCommand(target));
  await scale(0);
  await aws.later(5 * MINUTE);
  expect(aws.first(aws.world.services.all()).desired).toBe(0);
});

test("interfaces of a load balancer outlive it and hold the internet gateway", async () => {
  const balancer = aws.first(aws.world.loadBalancers.all());
  balancer.deletionProtection = false;
  const nat = aws.first(aws.world.natGateways.all());
  await aws.send(
    "Elastic Load Balancing v2",
    new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: balancer.arn }),
  );
  await aws.send("EC2", new ec2.DeleteNatGatewayCommand({ NatGatewayId: nat.id }));
  const gateway = aws.first(aws.world.internetGateways.all());
  const detach = new ec2.DetachInternetGatewayCommand({
    InternetGatewayId: gateway.id,
    VpcId: gateway.vpcId,
  });
  expect(await aws.errorOf("EC2", detach)).toBe("DependencyViolation");
  await aws.later(6 * MINUTE);
  expect(await aws.errorOf("EC2", detach)).toBe("no error");
});

test("a log group that still has a writer comes back without tags", async () => {
  const name = "/aws/ecs/containerinsights/automock-alpha/performance";
  await aws.send("CloudWatch Logs", new logs.DeleteLogGroupCommand({ logGroupName: name }));
  expect(aws.world.logGroups.get(name)).toBeUndefined();
  await aws.later(MINUTE);
  expect(aws.world.logGroups.get(name)!.tags).toEqual({});
});

test("a record goes only with its exact values", async () => {
  const record = aws.mine(aws.world.records.all()).find(({ type }) => type === "CNAME")!;
  const remove = (Value: string) =>
    aws.errorOf(
      "Route 53",
      new route53.ChangeResourceRecordSetsCommand({
        HostedZoneId: ZONE.id,
        ChangeBatch: {
          Changes: [
            {
              Action: "DELETE",
              ResourceRecordSet: { Name: record.name, Type: "CNAME", TTL: 300, ResourceRecords: [{ Value }] },
            },
          ],
        },
      }),
    );
  expect(await remove("other.")).toBe("InvalidChangeBatch");
  expect(await remove(record.values[0]!)).toBe("no error");
});

test("conditional writes of S3: only-if-absent, compare-and-swap, conditional delete", async () => {
  const Bucket = aws.scenario.names.stateBucketName;
  const object = { Bucket, Key: "x" };
  const made = await aws.send<s3.PutObjectCommandOutput>(
    "S3",
    new s3.PutObjectCommand({ ...object, Body: "1", IfNoneMatch: "*" }),
  );
  expect(await aws.errorOf("S3", new s3.PutObjectCommand({ ...object, Body: "2", IfNoneMatch: "*" }))).toBe(
    "PreconditionFailed",
  );
  expect(await aws.errorOf("S3", new s3.PutObjectCommand({ ...object, Body: "2", IfMatch: '"x"' }))).toBe(
    "PreconditionFailed",
  );
  expect(await aws.errorOf("S3", new s3.DeleteObjectCommand({ ...object, IfMatch: '"x"' }))).toBe(
    "PreconditionFailed",
  );
  expect(current(aws.world.buckets.get(Bucket)!, "x")!.body).toBe("1");
  expect(await aws.errorOf("S3", new s3.PutObjectCommand({ ...object, Body: "2", IfMatch: made.ETag }))).toBe(
    "no error",
  );
  expect(current(aws.world.buckets.get(Bucket)!, "x")!.body).toBe("2");
});

test("a versioned bucket keeps versions and delete markers until each is deleted", async () => {
  const bucket = aws.first(aws.world.buckets.all());
  bucket.uploads = [];
  const keys = [...new Set(bucket.versions.map(({ key }) => key))];
  for (const Key of keys) await aws.send("S3", new s3.DeleteObjectCommand({ Bucket: bucket.id, Key }));
  const list = await aws.send<s3.ListObjectVersionsCommandOutput>(
    "S3",
    new s3.ListObjectVersionsCommand({ Bucket: bucket.id }),
  );
  expect([list.Versions!.length, list.DeleteMarkers!.length]).toEqual([5, keys.length]);
  expect(await aws.errorOf("S3", new s3.DeleteBucketCommand({ Bucket: bucket.id }))).toBe("BucketNotEmpty");
  const Objects = [...list.Versions!, ...list.DeleteMarkers!].map(({ Key, VersionId }) => ({
    Key,
    VersionId,
  }));
  await aws.send("S3", new s3.DeleteObjectsCommand({ Bucket: bucket.id, Delete: { Objects } }));
  expect(await aws.errorOf("S3", new s3.DeleteBucketCommand({ Bucket: bucket.id }))).toBe("no error");
});

test("a partial failure hides in a successful answer", async () => {
  aws.scenario.simulator.faults = { ...aws.scenario.simulator.faults, partialFailure: 1 };
  const bucket = aws.first(aws.world.buckets.all());
  const Objects = bucket.versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  const answer = await aws.send<s3.DeleteObjectsCommandOutput>(
    "S3",
    new s3.DeleteObjectsCommand({ Bucket: bucket.id, Delete: { Objects, Quiet: true } }),
  );
  expect(answer.Errors).toHaveLength(Objects.length);
  expect(bucket.versions).toHaveLength(Objects.length);
});

test("pages are small, complete and disjoint", async () => {
  aws.world.pageSize = 2;
  const seen: string[] = [];
  let NextToken: string | undefined;
  do {
    const page: ec2.DescribeSubnetsCommandOutput = await aws.send(
      "EC2",
      new ec2.DescribeSubnetsCommand({ NextToken }),
    );
    expect(page.Subnets!.length).toBeLessThanOrEqual(2);
    seen.push(...page.Subnets!.map(({ SubnetId }) => SubnetId!));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(seen.sort()).toEqual(
    aws.world.subnets
      .all()
      .map(({ id }) => id)
      .sort(),
  );
});

test("the tag index goes on listing what is gone, and never lists roles", async () => {
  const filter = { TagFilters: [{ Key: TAG.environment, Values: ["alpha"] }] };
  const secret = aws.first(aws.world.secrets.all());
  await aws.send(
    "Secrets Manager",
    new secrets.DeleteSecretCommand({ SecretId: secret.arn, ForceDeleteWithoutRecovery: true }),
  );
  const arns = async () => {
    const page = await aws.send<tagging.GetResourcesCommandOutput>(
      "Resource Groups Tagging API",
      new tagging.GetResourcesCommand(filter),
    );
    return page.ResourceTagMappingList!.map(({ ResourceARN }) => ResourceARN!);
  };
  expect(await arns()).toContain(secret.arn);
  expect((await arns()).filter((arn) => arn.includes(":role/"))).toEqual([]);
  await aws.later(2 * HOUR);
  expect(await arns()).not.toContain(secret.arn);
});

test("too fast is throttled, and the client waits and tries again", async () => {
  const calls = Array.from({ length: 60 }, () =>
    aws.send("Route 53", new route53.ListHostedZonesCommand({})),
  );
  await Promise.all(calls);
  const outcomes = aws.scenario.simulator.log.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === "Throttling").length).toBeGreaterThan(10);
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(60);
});

test("a lost answer has had its effect", async () => {
  aws.scenario.simulator.faults = { ...aws.scenario.simulator.faults, lostAnswer: 1 };
  const secret = aws.first(aws.world.secrets.all());
  const name = await aws.errorOf(
    "Secrets Manager",
    new secrets.DeleteSecretCommand({ SecretId: secret.arn, ForceDeleteWithoutRecovery: true }),
  );
  expect(name).toBe("ResourceNotFoundException"); // of the second try
  expect(aws.world.secrets.get(secret.id)).toBeUndefined();
});

test("conditions of DynamoDB: all of a transaction or nothing", async () => {
  const TableName = aws.scenario.names.lockTableName;
  const put = (LockID: string) => ({
    Put: { TableName, Item: { LockID: { S: LockID } }, ConditionExpression: "attribute_not_exists(LockID)" },
  });
  await aws.send("DynamoDB", new dynamodb.TransactWriteItemsCommand({ TransactItems: [put("a")] }));
  const again = new dynamodb.TransactWriteItemsCommand({ TransactItems: [put("b"), put("a")] });
  expect(await aws.errorOf("DynamoDB", again)).toBe("TransactionCanceledException");
  const read = await aws.send<dynamodb.GetItemCommandOutput>(
    "DynamoDB",
    new dynamodb.GetItemCommand({ TableName, Key: { LockID: { S: "b" } } }),
  );
  expect(read.Item).toBeUndefined();
});

test("what is not simulated is a mistake of the test, and said so", async () => {
  await expect(aws.send("EC2", new ec2.DescribeKeyPairsCommand({}))).rejects.toThrow(
    "EC2 DescribeKeyPairs is not simulated",
  );
  expect(aws.scenario.simulator.gaps).toEqual([
    "EC2 DescribeKeyPairs",
    "EC2 DescribeKeyPairs is not simulated",
  ]);
});
