import type { DiagramContainer, Draft } from "./draft";
import { block, strings, text, type Resource, type Stack } from "./stack";
import { counted } from "../../contract/text";
import { letters } from "./words";

type Tier = Extract<DiagramContainer["kind"], "public" | "private" | "isolated">;

/** Where traffic from a subnet can go, and the subnet's box. */
export interface SubnetPlace {
  readonly container: string;
  readonly tier: Tier;
  /** The default route, if there is one. */
  readonly defaultRoute?: Resource;
  /** Gateway endpoints in its route table. */
  readonly gatewayEndpoints: readonly Resource[];
}

/** By the subnet's address. */
export type Network = ReadonlyMap<string, SubnetPlace>;

const EVERYWHERE = ["0.0.0.0/0", "::/0"];
const INTERNET = "internet";

/** Region, VPCs, subnets by tier (from their route tables, not their names), gateways, endpoints. */
export function drawNetwork(stack: Stack, draft: Draft): Network {
  const region = draft.container({
    id: "region",
    of: [],
    kind: "region",
    title: `AWS region ${stack.region ?? "of the provider"}`,
    lines: stack.accountId === undefined ? [] : [`account ${stack.accountId}`],
  });
  const network = new Map<string, SubnetPlace>();
  for (const vpc of stack.ofType("aws_vpc")) drawVpc(stack, draft, vpc, region, network);
  drawNatGateways(stack, draft, network);
  drawEndpoints(stack, draft, network);
  return network;
}

function drawVpc(
  stack: Stack,
  draft: Draft,
  vpc: Resource,
  region: string,
  network: Map<string, SubnetPlace>,
) {
  const has = (type: string) => stack.ofType(type).some(({ block }) => stack.resolve(block.vpc_id) === vpc);
  const id = draft.container({
    of: [vpc],
    kind: "vpc",
    title: `VPC ${text(vpc.block.cidr_block)}`,
    lines: has("aws_internet_gateway") ? ["internet gateway"] : [],
    parent: region,
  });
  const subnets = stack.ofType("aws_subnet").filter(({ block }) => stack.resolve(block.vpc_id) === vpc);
  const tables = new Map(subnets.map((subnet) => [subnet, routeTableOf(stack, subnet)]));
  const tierOf = new Map(subnets.map((subnet) => [subnet, tierBy(routesOf(stack, tables.get(subnet)))]));
  for (const tier of ["public", "private", "isolated"] as const) {
    const members = subnets.filter((subnet) => tierOf.get(subnet) === tier);
    if (members.length === 0) continue;
    const container = draft.container({
      id: `${id} ${tier}`,
      of: [...members, ...members.flatMap((subnet) => tables.get(subnet) ?? [])],
      kind: tier,
      title: `${tier[0]!.toUpperCase()}${tier.slice(1)} ${members.length === 1 ? "subnet" : "subnets"}`,
      lines: members.map(
        ({ block }) => `${letters([text(block.availability_zone)])} ${text(block.cidr_block)}`,
      ),
      parent: id,
    });
    for (const subnet of members) {
      const table = tables.get(subnet);
      const defaultRoute = routesOf(stack, table).find(isDefault);
      network.set(subnet.address, {
        container,
        tier,
        ...(defaultRoute && { defaultRoute }),
        gatewayEndpoints: stack
          .ofType("aws_vpc_endpoint")
          .filter(
            ({ block }) => table !== undefined && stack.referredBy(block.route_table_ids).includes(table),
          ),
      });
      draft.claim(routesOf(stack, table), container);
    }
  }
}

function routeTableOf(stack: Stack, subnet: Resource): Resource | undefined {
  const association = stack
    .ofType("aws_route_table_association")
    .find(({ block }) => stack.resolve(block.subnet_id) === subnet);
  return stack.resolve(association?.block.route_table_id);
}

function routesOf(stack: Stack, table: Resource | undefined): Resource[] {
  if (table === undefined) return [];
  return stack.ofType("aws_route").filter(({ block }) => stack.resolve(block.route_table_id) === table);
}

function isDefault({ block }: Resource): boolean {
  return EVERYWHERE.includes(text(block.destination_cidr_block) || text(block.destination_ipv6_cidr_block));
}

function tierBy(routes: readonly Resource[]): Tier {
  const route = routes.find(isDefault);
  if (route === undefined) return "isolated";
  return route.block.gateway_id === undefined ? "private" : "public";
}

/** One box for the NAT gateways of a VPC, which differ only in their zone. */
function drawNatGateways(stack: Stack, draft: Draft, network: Network): void {
  const byContainer = new Map<string, Resource[]>();
  for (const nat of stack.ofType("aws_nat_gateway")) {
    const place = network.get(stack.resolve(nat.block.subnet_id)?.address ?? "");
    const container = place?.container ?? draft.home()!;
    byContainer.set(container, [...(byContainer.get(container) ?? []), nat]);
  }
  for (const [container, gateways] of byContainer) {
    const zones = gateways.map((nat) => text(stack.resolve(nat.block.subnet_id)?.block.availability_zone));
    const addresses = gateways.flatMap((nat) => stack.resolve(nat.block.allocation_id) ?? []);
    const id = draft.node({
      of: [...gateways, ...addresses],
      kind: "network",
      title: gateways.length === 1 ? "NAT gateway" : counted(gateways.length, "NAT gateway"),
      name: `${gateways.length === 1 ? "in zone" : "in zones"} ${letters(zones)}`,
      lines: [counted(addresses.length, "Elastic IP")],
      container,
    });
    const routes = gateways.flatMap(
      (nat) => network.get(stack.resolve(nat.block.subnet_id)?.address ?? "")?.defaultRoute ?? [],
    );
    if (routes.length > 0) {
      draft.edge({ from: id, to: drawInternet(draft), kind: "traffic", of: routes });
    }
  }
}

/** The box of the internet, created for the first arrow that needs it. */
export function drawInternet(draft: Draft): string {
  if (!draft.hasNode(INTERNET)) {
    draft.node({ id: INTERNET, of: [], kind: "internet", title: "Internet", name: "", lines: [] });
  }
  return INTERNET;
}

function drawEndpoints(stack: Stack, draft: Draft, network: Network): void {
  for (const endpoint of stack.ofType("aws_vpc_endpoint")) {
    const service = text(endpoint.block.service_name).split(".").at(-1) ?? "";
    const type = text(endpoint.block.vpc_endpoint_type) || "Gateway";
    const subnets = stack.referredBy(endpoint.block.subnet_ids);
    const placed = subnets.flatMap((subnet) => network.get(subnet.address) ?? []);
    draft.node({
      of: [endpoint],
      kind: "network",
      title: `${type} endpoint`,
      name: /^(s3|kms|sns|sqs|ecr|ecs|rds|sts)$/.test(service) ? service.toUpperCase() : service,
      lines: [endpointLine(stack, endpoint)],
      container: placed[0]?.container ?? stack.resolve(endpoint.block.vpc_id)?.address ?? draft.home()!,
    });
  }
}

function endpointLine(stack: Stack, endpoint: Resource): string {
  const tables = stack.referredBy(endpoint.block.route_table_ids).length;
  if (tables > 0) return `in ${counted(tables, "route table")}`;
  return `in ${counted(stack.referredBy(endpoint.block.subnet_ids).length, "subnet")}`;
}

/** Places of all subnets that a resource refers to. */
export function placesOf(stack: Stack, network: Network, resource: Resource): SubnetPlace[] {
  const { block: args } = resource;
  const named = [
    ...strings(args.subnets ?? null),
    ...strings(args.subnet_ids ?? null),
    ...strings(block(args.network_configuration).subnets ?? null),
    ...strings(block(args.vpc_config).subnet_ids ?? null),
    ...strings(stack.resolve(args.db_subnet_group_name)?.block.subnet_ids ?? null),
  ];
  return stack.referredBy(named).flatMap((subnet) => network.get(subnet.address) ?? []);
}
