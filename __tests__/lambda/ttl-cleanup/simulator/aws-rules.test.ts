import * as acm from "@aws-sdk/client-acm";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as events from "@aws-sdk/client-eventbridge";
import * as iam from "@aws-sdk/client-iam";
import * as rds from "@aws-sdk/client-rds";
import * as s3 from "@aws-sdk/client-s3";
import * as scheduler from "@aws-sdk/client-scheduler";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { Account } from "../../../support/aws-simulator/account";

/** The simulated AWS refuses what AWS refuses, with AWS's names. Nothing else here proves that it is hard enough. */

let aws: Account;

beforeEach(() => {
  aws = new Account();
});

test("refuses the wrong order, by AWS's names", async () => {
  const vpcId = aws.first(aws.world.vpcs.all()).id;
  const balancer = aws.first(aws.world.loadBalancers.all());
  const address = aws.first(aws.world.addresses.all());
  const cluster = aws.first(aws.world.clusters.all()).name;
  const database = aws.first(aws.world.databases.all());
  balancer.deletionProtection = true;
  database.deletionProtection = true;
  const gateway = { InternetGatewayId: aws.first(aws.world.internetGateways.all()).id };
  const groups = aws.mine(aws.world.securityGroups.all()).filter(({ name }) => name !== "default");
  const inUse = aws.mine(aws.world.interfaces.all()).find(({ requesterManaged }) => requesterManaged)!;
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
      new elb.DeleteTargetGroupCommand({ TargetGroupArn: aws.first(aws.world.targetGroups.all()).arn }),
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
      new ecs.DeleteServiceCommand({ cluster, service: aws.first(aws.world.services.all()).name }),
      "InvalidParameterException",
    ],
    [
      "ECS",
      new ecs.DescribeServicesCommand({ cluster, services: Array.from({ length: 11 }, () => "x") }),
      "InvalidParameterException",
    ],
    [
      "ACM",
      new acm.DeleteCertificateCommand({ CertificateArn: aws.first(aws.world.certificates.all()).arn }),
      "ResourceInUseException",
    ],
    [
      "IAM",
      new iam.DeleteRoleCommand({ RoleName: aws.first(aws.world.roles.all()).id }),
      "DeleteConflictException",
    ],
    [
      "IAM",
      new iam.DeletePolicyCommand({ PolicyArn: aws.first(aws.world.policies.all()).arn }),
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
    ["S3", new s3.DeleteBucketCommand({ Bucket: aws.first(aws.world.buckets.all()).id }), "BucketNotEmpty"],
    [
      "DynamoDB",
      new dynamodb.DeleteTableCommand({ TableName: aws.first(aws.world.tables.all()).id }),
      "ValidationException",
    ],
    [
      "ECR",
      new ecr.DeleteRepositoryCommand({ repositoryName: aws.first(aws.world.repositories.all()).id }),
      "RepositoryNotEmptyException",
    ],
    [
      "EventBridge",
      new events.DeleteRuleCommand({ Name: aws.first(aws.world.eventRules.all()).name }),
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
    expect([(command as object).constructor.name, await aws.errorOf(service, command)]).toEqual([
      (command as object).constructor.name,
      name,
    ]);
  }
});

const main = (vpcId: string) => aws.world.routeTables.where((one) => one.vpcId === vpcId && one.main)[0]!;
const defaultGroup = (vpcId: string) =>
  aws.world.securityGroups.where((one) => one.vpcId === vpcId && one.name === "default")[0]!;
