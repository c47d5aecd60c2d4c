import {
  DescribeAddressesCommand,
  DescribeFlowLogsCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { allPages } from "../aws/pages";
import type { Lister, Live } from "./evidence";

/** EC2's network resources in the region, and load balancers. */
export const listNetwork: Lister = async ({ clients: { ec2, elb } }) => {
  const vpcs = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeVpcsCommand({ NextToken }));
    return { items: page.Vpcs, next: page.NextToken };
  });
  const subnets = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeSubnetsCommand({ NextToken }));
    return { items: page.Subnets, next: page.NextToken };
  });
  const tables = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeRouteTablesCommand({ NextToken }));
    return { items: page.RouteTables, next: page.NextToken };
  });
  const gateways = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeInternetGatewaysCommand({ NextToken }));
    return { items: page.InternetGateways, next: page.NextToken };
  });
  const nats = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeNatGatewaysCommand({ NextToken }));
    return { items: page.NatGateways, next: page.NextToken };
  });
  const addresses = (await ec2.send(new DescribeAddressesCommand({}))).Addresses ?? [];
  const groups = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeSecurityGroupsCommand({ NextToken }));
    return { items: page.SecurityGroups, next: page.NextToken };
  });
  const acls = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeNetworkAclsCommand({ NextToken }));
    return { items: page.NetworkAcls, next: page.NextToken };
  });
  const endpoints = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeVpcEndpointsCommand({ NextToken }));
    return { items: page.VpcEndpoints, next: page.NextToken };
  });
  const flowLogs = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeFlowLogsCommand({ NextToken }));
    return { items: page.FlowLogs, next: page.NextToken };
  });
  const cards = await allPages(async (NextToken) => {
    const page = await ec2.send(new DescribeNetworkInterfacesCommand({ NextToken }));
    return { items: page.NetworkInterfaces, next: page.NextToken };
  });
  const balancers = await allPages(async (Marker) => {
    const page = await elb.send(new DescribeLoadBalancersCommand({ Marker }));
    return { items: page.LoadBalancers, next: page.NextMarker };
  });
  const targetGroups = await allPages(async (Marker) => {
    const page = await elb.send(new DescribeTargetGroupsCommand({ Marker }));
    return { items: page.TargetGroups, next: page.NextMarker };
  });

  const of = (type: string, id: string | undefined, more: Partial<Live>): Live => ({
    type,
    id: id!,
    ...more,
  });
  const ofEc2 = (type: string, id: string | undefined, tags: Live["tags"], tombstone?: string) =>
    of(`ec2:${type}`, id, { tags, ...(tombstone !== undefined && { tombstone }) });
  return [
    ...vpcs.map((one) => ofEc2("vpc", one.VpcId, one.Tags)),
    ...subnets.map((one) => ofEc2("subnet", one.SubnetId, one.Tags)),
    ...tables.map((one) => ofEc2("route-table", one.RouteTableId, one.Tags)),
    ...gateways.map((one) => ofEc2("internet-gateway", one.InternetGatewayId, one.Tags)),
    ...nats.map((one) =>
      ofEc2("nat-gateway", one.NatGatewayId, one.Tags, one.State === "deleted" ? one.State : undefined),
    ),
    ...addresses.map((one) => ofEc2("elastic-ip", one.AllocationId ?? one.PublicIp, one.Tags)),
    ...groups.map((one) => ofEc2("security-group", one.GroupId, one.Tags)),
    ...acls.map((one) => ofEc2("network-acl", one.NetworkAclId, one.Tags)),
    ...endpoints.map((one) => {
      const state = String(one.State).toLowerCase();
      return ofEc2("vpc-endpoint", one.VpcEndpointId, one.Tags, state === "deleted" ? state : undefined);
    }),
    ...flowLogs.map((one) => ofEc2("flow-log", one.FlowLogId, one.Tags)),
    ...cards.map((one) => ofEc2("network-interface", one.NetworkInterfaceId, one.TagSet)),
    ...balancers.map((one) =>
      of("elasticloadbalancing:load-balancer", one.LoadBalancerArn, {
        name: one.LoadBalancerName,
      }),
    ),
    ...targetGroups.map((one) =>
      of("elasticloadbalancing:target-group", one.TargetGroupArn, {
        name: one.TargetGroupName,
      }),
    ),
  ];
};
