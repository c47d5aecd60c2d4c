import type { Builder, Shape } from "./seed-parts";

export interface SeededNetwork {
  readonly vpcId: string;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
}

/** VPC with subnets, route tables, gateways, endpoints and flow logs. */
export function seedNetwork(builder: Builder, shape: Shape): SeededNetwork {
  const { world, names } = builder;
  const vpcId = world.newId("vpc");
  world.vpcs.add({ ...builder.of(vpcId, "ec2", `vpc/${vpcId}`), isDefault: false, cidr: "10.0.0.0/16" });
  builder.manage("aws_vpc", "vpc", { id: vpcId, arn: world.arn("ec2", `vpc/${vpcId}`) });
  seedDefaults(builder, vpcId);

  const gatewayId = world.newId("igw");
  world.internetGateways.add({ ...builder.of(gatewayId, "ec2", `internet-gateway/${gatewayId}`), vpcId });
  builder.manage("aws_internet_gateway", "internet-gateway", { id: gatewayId, vpc_id: vpcId });

  const publicTable = routeTable(builder, vpcId, [{ destination: "0.0.0.0/0", target: gatewayId }]);
  const publicSubnets: string[] = [];
  const privateSubnets: string[] = [];
  const privateTables: string[] = [];
  let shared: string | undefined;
  for (const zone of ["a", "b", "c"].slice(0, shape.zones)) {
    const open = subnet(builder, vpcId, zone, publicTable);
    publicSubnets.push(open);
    if (shape.nat === "perZone" || (shape.nat === "single" && shared === undefined)) {
      shared = natGateway(builder, vpcId, open);
    }
    const routes = shared === undefined ? [] : [{ destination: "0.0.0.0/0", target: shared }];
    const table = routeTable(builder, vpcId, routes);
    privateTables.push(table);
    privateSubnets.push(subnet(builder, vpcId, zone, table));
  }
  seedEndpoints(builder, shape, { vpcId, privateSubnets, privateTables });

  const logGroup = names.logGroup("vpc-flow-logs");
  const flowLogId = world.newId("fl");
  const flowLog = builder.of(flowLogId, "ec2", `vpc-flow-log/${flowLogId}`);
  world.flowLogs.add({ ...flowLog, resourceId: vpcId, logGroup });
  builder.manage("aws_flow_log", "flow-log", { id: flowLogId, arn: flowLog.arn });
  if (shape.strayInterface) {
    builder.networkInterface({
      vpcId,
      subnetId: privateSubnets[0]!,
      groupIds: [],
      description: "AWS Lambda VPC ENI-left-behind",
      requesterManaged: false,
      status: "available",
    });
  }
  return { vpcId, publicSubnets, privateSubnets };
}

/** What AWS makes together with a VPC; untagged, as Terraform did not make it. */
export function seedDefaults(builder: Builder, vpcId: string): void {
  const { world } = builder;
  const bare = (prefix: string, kind: string) => {
    const id = world.newId(prefix);
    return { ...builder.of(id, "ec2", `${kind}/${id}`), tags: {}, vpcId };
  };
  world.routeTables.add({ ...bare("rtb", "route-table"), main: true, associations: [], routes: [] });
  world.networkAcls.add({ ...bare("acl", "network-acl"), isDefault: true });
  const group = world.securityGroups.add({ ...bare("sg", "security-group"), name: "default", rules: [] });
  builder.manage("aws_default_security_group", "default", { id: group.id, arn: group.arn, vpc_id: vpcId });
}

function subnet(builder: Builder, vpcId: string, zone: string, tableId: string): string {
  const { world } = builder;
  const id = world.newId("subnet");
  const made = { ...builder.of(id, "ec2", `subnet/${id}`), vpcId, zone: `${world.place.region}${zone}` };
  world.subnets.add(made);
  builder.manage("aws_subnet", "subnet", { id, arn: made.arn, vpc_id: vpcId });
  const associationId = world.newId("rtbassoc");
  world.routeTables.get(tableId)!.associations.push({ id: associationId, subnetId: id });
  builder.manage("aws_route_table_association", "association", { id: associationId });
  return id;
}

function routeTable(
  builder: Builder,
  vpcId: string,
  routes: readonly { readonly destination: string; readonly target: string }[],
): string {
  const { world } = builder;
  const id = world.newId("rtb");
  const made = builder.of(id, "ec2", `route-table/${id}`);
  world.routeTables.add({ ...made, vpcId, main: false, associations: [], routes: [...routes] });
  builder.manage("aws_route_table", "route-table", { id, arn: made.arn, vpc_id: vpcId });
  for (const { destination } of routes) builder.manage("aws_route", "route", { id: `r-${id}${destination}` });
  return id;
}

function natGateway(builder: Builder, vpcId: string, subnetId: string): string {
  const { world } = builder;
  const allocationId = world.newId("eipalloc");
  const publicIp = `198.51.100.${world.addresses.all().length + 1}`;
  const card = builder.networkInterface({
    vpcId,
    subnetId,
    groupIds: [],
    description: "Interface for NAT Gateway",
    interfaceType: "nat_gateway",
    publicIp,
  });
  const address = builder.of(allocationId, "ec2", `elastic-ip/${allocationId}`);
  world.addresses.add({ ...address, publicIp, associationId: world.newId("eipassoc"), interfaceId: card.id });
  builder.manage("aws_eip", "nat-eip", { id: allocationId, arn: address.arn });
  const id = world.newId("nat");
  const nat = builder.of(id, "ec2", `natgateway/${id}`);
  world.natGateways.add({ ...nat, vpcId, subnetId, allocationId, interfaceId: card.id, state: "available" });
  builder.manage("aws_nat_gateway", "nat-gateway", { id });
  return id;
}

function seedEndpoints(
  builder: Builder,
  shape: Shape,
  network: { vpcId: string; privateSubnets: readonly string[]; privateTables: readonly string[] },
): void {
  const { world } = builder;
  const { vpcId, privateSubnets, privateTables } = network;
  const add = (
    service: string,
    interfaces: readonly string[],
    groups: readonly string[],
    tables: readonly string[],
  ) => {
    const id = world.newId("vpce");
    const made = builder.of(id, "ec2", `vpc-endpoint/${id}`);
    world.endpoints.add({
      ...made,
      vpcId,
      service,
      type: interfaces.length > 0 ? "Interface" : "Gateway",
      interfaceIds: interfaces,
      groupIds: groups,
      routeTableIds: tables,
      state: "available",
    });
    builder.manage("aws_vpc_endpoint", "endpoint", { id, arn: made.arn, vpc_id: vpcId });
  };
  add(`com.amazonaws.${world.place.region}.s3`, [], [], privateTables);
  if (shape.interfaceEndpoints === 0) return;
  const group = securityGroup(builder, vpcId, "endpoints");
  for (let index = 0; index < shape.interfaceEndpoints; index++) {
    const cards = privateSubnets.map(
      (subnetId) =>
        builder.networkInterface({
          vpcId,
          subnetId,
          groupIds: [group],
          description: "VPC Endpoint Interface",
          interfaceType: "vpc_endpoint",
        }).id,
    );
    add(`com.amazonaws.${world.place.region}.service-${index}`, cards, [group], []);
  }
}

export function securityGroup(builder: Builder, vpcId: string, purpose: string): string {
  const { world } = builder;
  const id = world.newId("sg");
  const made = builder.of(id, "ec2", `security-group/${id}`);
  const rule = { id: world.newId("sgr"), egress: true, protocol: "tcp", port: 443, cidr: "0.0.0.0/0" };
  world.securityGroups.add({
    ...made,
    vpcId,
    name: builder.names.name("securityGroup", purpose),
    rules: [rule],
  });
  builder.manage("aws_security_group", "security-group", { id, arn: made.arn, vpc_id: vpcId });
  builder.manage("aws_vpc_security_group_egress_rule", "egress", { id: rule.id });
  return id;
}

/** `from` lets traffic of `to` in. */
export function refer(builder: Builder, from: string, to: string, egress: boolean): void {
  const { world } = builder;
  const id = world.newId("sgr");
  world.securityGroups.get(from)!.rules.push({ id, egress, protocol: "tcp", port: 1080, group: to });
  const type = egress ? "aws_vpc_security_group_egress_rule" : "aws_vpc_security_group_ingress_rule";
  builder.manage(type, "rule", { id });
}
