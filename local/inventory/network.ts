import {
  DescribeAddressesCommand,
  paginateDescribeFlowLogs,
  paginateDescribeInstances,
  paginateDescribeInternetGateways,
  paginateDescribeLaunchTemplates,
  paginateDescribeNatGateways,
  paginateDescribeNetworkAcls,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import {
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { paginateListHostedZones } from "@aws-sdk/client-route-53";
import { pages } from "./clients";
import { items, type Lister } from "./item";

/** VPCs and their contents, load balancers, zones. */
export const listNetwork: Lister = async ({ ec2, elb, route53 }) => {
  const at = { client: ec2 };
  const vpcs = await pages(paginateDescribeVpcs(at, {}), (page) => page.Vpcs);
  const defaultVpcs = new Set(vpcs.filter((vpc) => vpc.IsDefault).map((vpc) => vpc.VpcId));
  const own = <T extends { VpcId?: string }>(all: T[]): T[] =>
    all.filter((item) => !defaultVpcs.has(item.VpcId));

  const subnets = own(await pages(paginateDescribeSubnets(at, {}), (page) => page.Subnets));
  const routeTables = own(await pages(paginateDescribeRouteTables(at, {}), (page) => page.RouteTables));
  const gateways = (
    await pages(paginateDescribeInternetGateways(at, {}), (page) => page.InternetGateways)
  ).filter((gateway) => !gateway.Attachments?.some((attachment) => defaultVpcs.has(attachment.VpcId)));
  const nats = (await pages(paginateDescribeNatGateways(at, {}), (page) => page.NatGateways)).filter(
    (nat) => nat.State !== "deleted",
  );
  const addresses = (await ec2.send(new DescribeAddressesCommand({}))).Addresses ?? [];
  const groups = own(await pages(paginateDescribeSecurityGroups(at, {}), (page) => page.SecurityGroups));
  const acls = own(await pages(paginateDescribeNetworkAcls(at, {}), (page) => page.NetworkAcls));
  const endpoints = (await pages(paginateDescribeVpcEndpoints(at, {}), (page) => page.VpcEndpoints)).filter(
    (endpoint) => String(endpoint.State).toLowerCase() !== "deleted",
  );
  const flowLogs = await pages(paginateDescribeFlowLogs(at, {}), (page) => page.FlowLogs);
  const interfaces = await pages(paginateDescribeNetworkInterfaces(at, {}), (page) => page.NetworkInterfaces);
  const instances = (await pages(paginateDescribeInstances(at, {}), (page) => page.Reservations))
    .flatMap((reservation) => reservation.Instances ?? [])
    .filter((instance) => instance.State?.Name !== "terminated");
  const templates = await pages(paginateDescribeLaunchTemplates(at, {}), (page) => page.LaunchTemplates);
  const balancers = await pages(
    paginateDescribeLoadBalancers({ client: elb }, {}),
    (page) => page.LoadBalancers,
  );
  const targets = await pages(paginateDescribeTargetGroups({ client: elb }, {}), (page) => page.TargetGroups);
  const zones = await pages(paginateListHostedZones({ client: route53 }, {}), (page) => page.HostedZones);

  return [
    ...items("ec2", "vpc", own(vpcs), (vpc) => vpc.VpcId),
    ...items("ec2", "subnet", subnets, (subnet) => subnet.SubnetId),
    ...items("ec2", "routeTable", routeTables, (table) => table.RouteTableId),
    ...items("ec2", "internetGateway", gateways, (gateway) => gateway.InternetGatewayId),
    ...items("ec2", "natGateway", nats, (nat) => nat.NatGatewayId),
    ...items("ec2", "elasticIp", addresses, (address) => address.AllocationId ?? address.PublicIp),
    ...items("ec2", "securityGroup", groups, (group) => group.GroupId),
    ...items("ec2", "networkAcl", acls, (acl) => acl.NetworkAclId),
    ...items("ec2", "vpcEndpoint", endpoints, (endpoint) => endpoint.VpcEndpointId),
    ...items("ec2", "flowLog", flowLogs, (log) => log.FlowLogId),
    ...items("ec2", "networkInterface", interfaces, (card) => card.NetworkInterfaceId),
    ...items("ec2", "instance", instances, (instance) => instance.InstanceId),
    ...items("ec2", "launchTemplate", templates, (template) => template.LaunchTemplateId),
    ...items("elasticloadbalancing", "loadBalancer", balancers, (balancer) => balancer.LoadBalancerArn),
    ...items("elasticloadbalancing", "targetGroup", targets, (target) => target.TargetGroupArn),
    ...items("route53", "hostedZone", zones, (zone) => zone.Id),
  ];
};
