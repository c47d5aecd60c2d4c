import * as acm from "@aws-sdk/client-acm";
import * as autoscaling from "@aws-sdk/client-application-auto-scaling";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as events from "@aws-sdk/client-eventbridge";
import * as iam from "@aws-sdk/client-iam";
import * as rds from "@aws-sdk/client-rds";
import * as tagging from "@aws-sdk/client-resource-groups-tagging-api";
import * as route53 from "@aws-sdk/client-route-53";
import * as s3 from "@aws-sdk/client-s3";
import * as scheduler from "@aws-sdk/client-scheduler";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { TAG } from "../../../../contract/tags";
import { Process } from "../../../support/aws-simulator/kernel/faults";
import { HOUR, MINUTE, Scenario } from "../../../support/aws-simulator/scenario";
import { current } from "../../../support/aws-simulator/services/s3-objects";
import { USUAL } from "../../../support/aws-simulator/world/seed-parts";
import { ZONE } from "../../../support/aws-simulator/world/seed-workload";

/** The simulated AWS refuses what AWS refuses, with AWS's names. Nothing else here proves that it is hard enough. */

let scenario: Scenario;
let process: Process;

beforeEach(() => {
  scenario = new Scenario({ seed: 11 });
  scenario.stop(); // nobody cleans up
  const shape = {
    ...USUAL,
    domain: true,
    extras: true,
    database: true,
    interfaceEndpoints: 1,
    strayInterface: true,
  };
  scenario.add({ ...shape, environment: "alpha" });
  process = new Process();
});

const world = () => scenario.world;
const mine = <T extends { origin: string }>(all: T[]) => all.filter(({ origin }) => origin === "alpha");
const first = <T extends { origin: string }>(all: T[]): T => mine(all)[0]!;

function send<Output>(service: string, command: unknown): Promise<Output> {
  const client = scenario.simulator.client(service, process, {
    arn: "arn:aws:iam::111122223333:role/test",
    tags: {},
  });
  return scenario.clock.run(client.send(command) as Promise<Output>);
}

const errorOf = (service: string, command: unknown): Promise<string> =>
  send(service, command).then(
    () => "no error",
    (error: Error) => error.name,
  );

const later = (ms: number) => scenario.clock.runUntil(scenario.clock.now() + ms);

test("refuses the wrong order, by AWS's names", async () => {
  const vpcId = first(world().vpcs.all()).id;
  const balancer = first(world().loadBalancers.all());
  const address = first(world().addresses.all());
  const cluster = first(world().clusters.all()).name;
  const database = first(world().databases.all());
  balancer.deletionProtection = true;
  database.deletionProtection = true;
  const gateway = { InternetGatewayId: first(world().internetGateways.all()).id };
  const groups = mine(world().securityGroups.all()).filter(({ name }) => name !== "default");
  const inUse = mine(world().interfaces.all()).find(({ requesterManaged }) => requesterManaged)!;
  const refusals: [string, unknown, string][] = [
    ["EC2", new ec2.DeleteVpcCommand({ VpcId: vpcId }), "DependencyViolation"],
    ["EC2", new ec2.DeleteSubnetCommand({ SubnetId: inUse.subnetId }), "DependencyViolation"],
    ["EC2", new ec2.DetachInternetGatewayCommand({ ...gateway, VpcId: vpcId }), "DependencyViolation"],
    ["EC2", new ec2.DeleteInternetGatewayCommand(gateway), "DependencyViolation"],
    ["EC2", new ec2.ReleaseAddressCommand({ AllocationId: address.id }), "InvalidIPAddress.InUse"],
    ["EC2", new ec2.DisassociateAddressCommand({ AssociationId: address.associationId }), "AuthFailure"],
    ["EC2", new ec2.DeleteSecurityGroupCommand({ GroupId: groups[0]!.id }), "DependencyViolation"],
    ["EC2", new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: inUse.id }), "OperationNotPermitted"],
    ["EC2", new ec2.DeleteRouteTableCommand({ RouteTableId: main(vpcId).id }), "DependencyViolation"],
    ["EC2", new ec2.DeleteSecurityGroupCommand({ GroupId: defaultGroup(vpcId).id }), "CannotDelete"],
    ["EC2", new ec2.DeleteNatGatewayCommand({ NatGatewayId: "nat-1" }), "NatGatewayNotFound"],
    ["EC2", new ec2.DescribeVpcsCommand({ VpcIds: ["vpc-1"] }), "InvalidVpcID.NotFound"],
    [
      "Elastic Load Balancing v2",
      new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: balancer.arn }),
      "OperationNotPermittedException",
    ],
    [
      "Elastic Load Balancing v2",
      new elb.DeleteTargetGroupCommand({ TargetGroupArn: first(world().targetGroups.all()).arn }),
      "ResourceInUseException",
    ],
    [
      "Elastic Load Balancing v2",
      new elb.DescribeLoadBalancersCommand({ LoadBalancerArns: ["arn:x"] }),
      "LoadBalancerNotFoundException",
    ],
    ["ECS", new ecs.DeleteClusterCommand({ cluster }), "ClusterContainsServicesException"],
    [
      "ECS",
      new ecs.DeleteServiceCommand({ cluster, service: first(world().services.all()).name }),
      "InvalidParameterException",
    ],
    [
      "ECS",
      new ecs.DescribeServicesCommand({ cluster, services: Array.from({ length: 11 }, () => "x") }),
      "InvalidParameterException",
    ],
    [
      "ACM",
      new acm.DeleteCertificateCommand({ CertificateArn: first(world().certificates.all()).arn }),
      "ResourceInUseException",
    ],
    [
      "IAM",
      new iam.DeleteRoleCommand({ RoleName: first(world().roles.all()).id }),
      "DeleteConflictException",
    ],
    [
      "IAM",
      new iam.DeletePolicyCommand({ PolicyArn: first(world().policies.all()).arn }),
      "DeleteConflictException",
    ],
    [
      "RDS",
      new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: database.id, SkipFinalSnapshot: true }),
      "InvalidParameterCombination",
    ],
    [
      "RDS",
      new rds.DeleteDBSubnetGroupCommand({ DBSubnetGroupName: database.subnetGroup }),
      "InvalidDBSubnetGroupStateFault",
    ],
    [
      "RDS",
      new rds.DeleteDBParameterGroupCommand({ DBParameterGroupName: database.parameterGroup }),
      "InvalidDBParameterGroupStateFault",
    ],
    ["S3", new s3.DeleteBucketCommand({ Bucket: first(world().buckets.all()).id }), "BucketNotEmpty"],
    [
      "DynamoDB",
      new dynamodb.DeleteTableCommand({ TableName: first(world().tables.all()).id }),
      "ValidationException",
    ],
    [
      "ECR",
      new ecr.DeleteRepositoryCommand({ repositoryName: first(world().repositories.all()).id }),
      "RepositoryNotEmptyException",
    ],
    [
      "EventBridge",
      new events.DeleteRuleCommand({ Name: first(world().eventRules.all()).name }),
      "ValidationException",
    ],
    ["Secrets Manager", new secrets.DescribeSecretCommand({ SecretId: "x" }), "ResourceNotFoundException"],
    [
      "Scheduler",
      new scheduler.GetScheduleCommand({ GroupName: "automock-alpha", Name: "x" }),
      "ResourceNotFoundException",
    ],
  ];
  for (const [service, command, name] of refusals) {
    expect([(command as object).constructor.name, await errorOf(service, command)]).toEqual([
      (command as object).constructor.name,
      name,
    ]);
  }
});

const main = (vpcId: string) => world().routeTables.where((one) => one.vpcId === vpcId && one.main)[0]!;
const defaultGroup = (vpcId: string) =>
  world().securityGroups.where((one) => one.vpcId === vpcId && one.name === "default")[0]!;

test("a NAT gateway takes its time, frees its address at the end and stays listed", async () => {
  const nat = first(world().natGateways.all());
  await send("EC2", new ec2.DeleteNatGatewayCommand({ NatGatewayId: nat.id }));
  expect(nat.state).toBe("deleting");
  expect(await errorOf("EC2", new ec2.ReleaseAddressCommand({ AllocationId: nat.allocationId }))).toBe(
    "InvalidIPAddress.InUse",
  );
  await later(5 * MINUTE);
  const page = await send<ec2.DescribeNatGatewaysCommandOutput>(
    "EC2",
    new ec2.DescribeNatGatewaysCommand({}),
  );
  expect(page.NatGateways!.find(({ NatGatewayId }) => NatGatewayId === nat.id)!.State).toBe("deleted");
  expect(await errorOf("EC2", new ec2.ReleaseAddressCommand({ AllocationId: nat.allocationId }))).toBe(
    "no error",
  );
  await later(2 * HOUR);
  expect(world().natGateways.get(nat.id)).toBeUndefined();
});

test("a draining service is not listed any more, but described, and holds its cluster", async () => {
  const { name, clusterArn: cluster } = first(world().services.all());
  await send("ECS", new ecs.DeleteServiceCommand({ cluster, service: name, force: true }));
  const list = await send<ecs.ListServicesCommandOutput>("ECS", new ecs.ListServicesCommand({ cluster }));
  expect(list.serviceArns).toEqual([]);
  const described = await send<ecs.DescribeServicesCommandOutput>(
    "ECS",
    new ecs.DescribeServicesCommand({ cluster, services: [name, "other"] }),
  );
  expect(described.services!.map(({ status }) => status)).toEqual(["DRAINING"]);
  expect(described.failures!.map(({ reason }) => reason)).toEqual(["MISSING"]);
  expect(await errorOf("ECS", new ecs.DeleteClusterCommand({ cluster }))).toBe(
    "ClusterContainsServicesException",
  );
  await later(5 * MINUTE);
  expect(await errorOf("ECS", new ecs.DeleteClusterCommand({ cluster }))).toBe("no error");
});

test("the deregistration delay holds the tasks back, unless it is lowered first", async () => {
  const running = () => mine(world().tasks.all()).filter(({ status }) => status !== "STOPPED").length;
  const { name, clusterArn: cluster } = first(world().services.all());
  first(world().targetGroups.all()).deregistrationDelaySeconds = 300;
  await send("ECS", new ecs.DeleteServiceCommand({ cluster, service: name, force: true }));
  await later(4.5 * MINUTE);
  expect(running()).toBe(2);
  await later(2 * MINUTE);
  expect(running()).toBe(0);
});

test("a scalable target that stays registered scales the service up again", async () => {
  const { name, clusterArn: cluster } = first(world().services.all());
  const scale = (desiredCount: number) =>
    send("ECS", new ecs.UpdateServiceCommand({ cluster, service: name, desiredCount }));
  await scale(0);
  await later(2 * MINUTE);
  expect(first(world().services.all()).desired).toBe(2);
  const { resourceId } = first(world().scalableTargets.all());
  const target = {
    ServiceNamespace: "ecs",
    ResourceId: resourceId,
    ScalableDimension: "ecs:service:DesiredCount",
  } as const;
  await send("Application Auto Scaling", new autoscaling.DeregisterScalableTargetCommand(target));
  await scale(0);
  await later(5 * MINUTE);
  expect(first(world().services.all()).desired).toBe(0);
});

test("interfaces of a load balancer outlive it and hold the internet gateway", async () => {
  const balancer = first(world().loadBalancers.all());
  balancer.deletionProtection = false;
  const nat = first(world().natGateways.all());
  await send(
    "Elastic Load Balancing v2",
    new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: balancer.arn }),
  );
  await send("EC2", new ec2.DeleteNatGatewayCommand({ NatGatewayId: nat.id }));
  const gateway = first(world().internetGateways.all());
  const detach = new ec2.DetachInternetGatewayCommand({
    InternetGatewayId: gateway.id,
    VpcId: gateway.vpcId,
  });
  expect(await errorOf("EC2", detach)).toBe("DependencyViolation");
  await later(6 * MINUTE);
  expect(await errorOf("EC2", detach)).toBe("no error");
});

test("a log group that still has a writer comes back without tags", async () => {
  const name = "/aws/ecs/containerinsights/automock-alpha/performance";
  await send("CloudWatch Logs", new logs.DeleteLogGroupCommand({ logGroupName: name }));
  expect(world().logGroups.get(name)).toBeUndefined();
  await later(MINUTE);
  expect(world().logGroups.get(name)!.tags).toEqual({});
});

test("a record goes only with its exact values", async () => {
  const record = mine(world().records.all()).find(({ type }) => type === "CNAME")!;
  const remove = (Value: string) =>
    errorOf(
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
  const Bucket = scenario.names.stateBucketName;
  const object = { Bucket, Key: "x" };
  const made = await send<s3.PutObjectCommandOutput>(
    "S3",
    new s3.PutObjectCommand({ ...object, Body: "1", IfNoneMatch: "*" }),
  );
  expect(await errorOf("S3", new s3.PutObjectCommand({ ...object, Body: "2", IfNoneMatch: "*" }))).toBe(
    "PreconditionFailed",
  );
  expect(await errorOf("S3", new s3.PutObjectCommand({ ...object, Body: "2", IfMatch: '"x"' }))).toBe(
    "PreconditionFailed",
  );
  expect(await errorOf("S3", new s3.DeleteObjectCommand({ ...object, IfMatch: '"x"' }))).toBe(
    "PreconditionFailed",
  );
  expect(current(world().buckets.get(Bucket)!, "x")!.body).toBe("1");
  expect(await errorOf("S3", new s3.PutObjectCommand({ ...object, Body: "2", IfMatch: made.ETag }))).toBe(
    "no error",
  );
  expect(current(world().buckets.get(Bucket)!, "x")!.body).toBe("2");
});

test("a versioned bucket keeps versions and delete markers until each is deleted", async () => {
  const bucket = first(world().buckets.all());
  bucket.uploads = [];
  const keys = [...new Set(bucket.versions.map(({ key }) => key))];
  for (const Key of keys) await send("S3", new s3.DeleteObjectCommand({ Bucket: bucket.id, Key }));
  const list = await send<s3.ListObjectVersionsCommandOutput>(
    "S3",
    new s3.ListObjectVersionsCommand({ Bucket: bucket.id }),
  );
  expect([list.Versions!.length, list.DeleteMarkers!.length]).toEqual([5, keys.length]);
  expect(await errorOf("S3", new s3.DeleteBucketCommand({ Bucket: bucket.id }))).toBe("BucketNotEmpty");
  const Objects = [...list.Versions!, ...list.DeleteMarkers!].map(({ Key, VersionId }) => ({
    Key,
    VersionId,
  }));
  await send("S3", new s3.DeleteObjectsCommand({ Bucket: bucket.id, Delete: { Objects } }));
  expect(await errorOf("S3", new s3.DeleteBucketCommand({ Bucket: bucket.id }))).toBe("no error");
});

test("a partial failure hides in a successful answer", async () => {
  scenario.simulator.faults = { ...scenario.simulator.faults, partialFailure: 1 };
  const bucket = first(world().buckets.all());
  const Objects = bucket.versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  const answer = await send<s3.DeleteObjectsCommandOutput>(
    "S3",
    new s3.DeleteObjectsCommand({ Bucket: bucket.id, Delete: { Objects, Quiet: true } }),
  );
  expect(answer.Errors).toHaveLength(Objects.length);
  expect(bucket.versions).toHaveLength(Objects.length);
});

test("pages are small, complete and disjoint", async () => {
  world().pageSize = 2;
  const seen: string[] = [];
  let NextToken: string | undefined;
  do {
    const page: ec2.DescribeSubnetsCommandOutput = await send(
      "EC2",
      new ec2.DescribeSubnetsCommand({ NextToken }),
    );
    expect(page.Subnets!.length).toBeLessThanOrEqual(2);
    seen.push(...page.Subnets!.map(({ SubnetId }) => SubnetId!));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(seen.sort()).toEqual(
    world()
      .subnets.all()
      .map(({ id }) => id)
      .sort(),
  );
});

test("the tag index goes on listing what is gone, and never lists roles", async () => {
  const filter = { TagFilters: [{ Key: TAG.environment, Values: ["alpha"] }] };
  const secret = first(world().secrets.all());
  await send(
    "Secrets Manager",
    new secrets.DeleteSecretCommand({ SecretId: secret.arn, ForceDeleteWithoutRecovery: true }),
  );
  const arns = async () => {
    const page = await send<tagging.GetResourcesCommandOutput>(
      "Resource Groups Tagging API",
      new tagging.GetResourcesCommand(filter),
    );
    return page.ResourceTagMappingList!.map(({ ResourceARN }) => ResourceARN!);
  };
  expect(await arns()).toContain(secret.arn);
  expect((await arns()).filter((arn) => arn.includes(":role/"))).toEqual([]);
  await later(2 * HOUR);
  expect(await arns()).not.toContain(secret.arn);
});

test("too fast is throttled, and the client waits and tries again", async () => {
  const calls = Array.from({ length: 60 }, () => send("Route 53", new route53.ListHostedZonesCommand({})));
  await Promise.all(calls);
  const outcomes = scenario.simulator.log.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === "Throttling").length).toBeGreaterThan(10);
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(60);
});

test("a lost answer has had its effect", async () => {
  scenario.simulator.faults = { ...scenario.simulator.faults, lostAnswer: 1 };
  const secret = first(world().secrets.all());
  const name = await errorOf(
    "Secrets Manager",
    new secrets.DeleteSecretCommand({ SecretId: secret.arn, ForceDeleteWithoutRecovery: true }),
  );
  expect(name).toBe("ResourceNotFoundException"); // of the second try
  expect(world().secrets.get(secret.id)).toBeUndefined();
});

test("conditions of DynamoDB: all of a transaction or nothing", async () => {
  const TableName = scenario.names.lockTableName;
  const put = (LockID: string) => ({
    Put: { TableName, Item: { LockID: { S: LockID } }, ConditionExpression: "attribute_not_exists(LockID)" },
  });
  await send("DynamoDB", new dynamodb.TransactWriteItemsCommand({ TransactItems: [put("a")] }));
  const again = new dynamodb.TransactWriteItemsCommand({ TransactItems: [put("b"), put("a")] });
  expect(await errorOf("DynamoDB", again)).toBe("TransactionCanceledException");
  const read = await send<dynamodb.GetItemCommandOutput>(
    "DynamoDB",
    new dynamodb.GetItemCommand({ TableName, Key: { LockID: { S: "b" } } }),
  );
  expect(read.Item).toBeUndefined();
});

test("what is not simulated is a mistake of the test, and said so", async () => {
  await expect(send("EC2", new ec2.DescribeKeyPairsCommand({}))).rejects.toThrow(
    "EC2 DescribeKeyPairs is not simulated",
  );
  expect(scenario.simulator.gaps).toEqual(["EC2 DescribeKeyPairs", "EC2 DescribeKeyPairs is not simulated"]);
});
