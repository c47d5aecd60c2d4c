import type { Draft } from "./draft";
import { drawInternet, placesOf, type Network } from "./network";
import { text, type Resource, type Stack } from "./stack";

const INGRESS = "aws_vpc_security_group_ingress_rule";
const EGRESS = "aws_vpc_security_group_egress_rule";
/** What names a group without being in it. */
const NAMING = [INGRESS, EGRESS, "aws_iam_policy"];
const EVERYWHERE = ["0.0.0.0/0", "::/0"];

/** Security group rules as arrows between the resources that use the groups. */
export function drawSecurityGroups(stack: Stack, draft: Draft, network: Network): void {
  const groups = stack.ofType("aws_security_group");
  const carriers = new Map(groups.map((group) => [group, carriersOf(stack, draft, group)]));
  for (const group of groups) {
    const [first] = carriers.get(group)!;
    if (first !== undefined) draft.claim([group], draft.ownerOf(first)!);
  }
  drawBetweenGroups(stack, draft, carriers);
  drawCallers(stack, draft, carriers);
  for (const rule of stack.ofType(EGRESS)) {
    const cidr = cidrOf(rule);
    if (cidr !== undefined)
      drawWayOut(stack, draft, network, rule, cidr, carriers.get(groupOf(stack, rule)!) ?? []);
  }
}

type Carriers = ReadonlyMap<Resource, readonly Resource[]>;

function carriersOf(stack: Stack, draft: Draft, group: Resource): Resource[] {
  return stack
    .referringTo(group)
    .filter((user) => !NAMING.includes(user.type) && draft.ownerOf(user) !== undefined);
}

function groupOf(stack: Stack, rule: Resource): Resource | undefined {
  return stack.resolve(rule.block.security_group_id);
}

function cidrOf({ block }: Resource): string | undefined {
  return text(block.cidr_ipv4) || text(block.cidr_ipv6) || text(block.prefix_list_id) || undefined;
}

/** `443`, `8000-8100`, `53/udp`, `all ports`. */
function portsOf({ block }: Resource): string {
  const protocol = text(block.ip_protocol);
  if (protocol === "-1") return "all ports";
  const [from, to] = [text(block.from_port), text(block.to_port)];
  return `${from === to ? from : `${from}-${to}`}${protocol === "tcp" ? "" : `/${protocol}`}`;
}

/** A rule with a source group: if the other side has no matching rule, the arrow names the side that has one. */
function drawBetweenGroups(stack: Stack, draft: Draft, carriers: Carriers): void {
  const paths = new Map<string, { from: Resource; to: Resource; ports: string; rules: Resource[] }>();
  for (const rule of stack.ofType(INGRESS, EGRESS)) {
    const [own, other] = [groupOf(stack, rule), stack.resolve(rule.block.referenced_security_group_id)];
    if (own === undefined || other === undefined) {
      if (cidrOf(rule) === undefined)
        draft.otherRule(rule, inWords(rule, "a security group of another stack"));
      continue;
    }
    const [from, to] = rule.type === INGRESS ? [other, own] : [own, other];
    const ports = portsOf(rule);
    const key = `${from.address} ${to.address} ${ports}`;
    const path = paths.get(key) ?? { from, to, ports, rules: [] };
    path.rules.push(rule);
    paths.set(key, path);
  }
  for (const { from, to, ports, rules } of paths.values()) {
    const sides = new Set(rules.map(({ type }) => type));
    const label = sides.size === 2 ? ports : `${ports} (${sides.has(INGRESS) ? "ingress" : "egress"} only)`;
    const arrows = (carriers.get(from) ?? []).flatMap((source) =>
      (carriers.get(to) ?? []).map((target) => [draft.ownerOf(source)!, draft.ownerOf(target)!] as const),
    );
    for (const [source, target] of arrows) {
      draft.edge({ from: source, to: target, kind: "traffic", label, of: rules });
    }
    if (arrows.length === 0) {
      for (const rule of rules) draft.otherRule(rule, inWords(rule, "a group that nothing carries"));
    }
  }
}

/** Networks that are allowed in; those with the same permissions share a box. */
function drawCallers(stack: Stack, draft: Draft, carriers: Carriers): void {
  const rights = new Map<string, Resource[]>();
  for (const rule of stack.ofType(INGRESS)) {
    const cidr = cidrOf(rule);
    if (cidr === undefined) continue;
    const users = carriers.get(groupOf(stack, rule)!) ?? [];
    if (users.length === 0) draft.otherRule(rule, inWords(rule, cidr));
    else rights.set(cidr, [...(rights.get(cidr) ?? []), rule]);
  }
  const boxes = new Map<string, string[]>();
  for (const [cidr, rules] of rights) {
    const right = rules
      .map((rule) => `${groupOf(stack, rule)!.address} ${portsOf(rule)}`)
      .sort()
      .join("; ");
    boxes.set(right, [...(boxes.get(right) ?? []), cidr]);
  }
  for (const [right, cidrs] of boxes) {
    const anyone = cidrs.some((cidr) => EVERYWHERE.includes(cidr));
    const id = draft.node({
      id: `callers ${right}`,
      of: [],
      kind: "people",
      title: anyone ? "Anyone" : "Callers",
      name: anyone ? "from the whole internet" : "from the networks",
      lines: shortened([...cidrs].sort()),
    });
    for (const rule of cidrs.flatMap((cidr) => rights.get(cidr)!)) {
      for (const user of carriers.get(groupOf(stack, rule)!)!) {
        draft.edge({ from: id, to: draft.ownerOf(user)!, kind: "traffic", label: portsOf(rule), of: [rule] });
      }
    }
  }
}

const MOST_NETWORKS = 6;

function shortened(cidrs: readonly string[]): readonly string[] {
  if (cidrs.length <= MOST_NETWORKS) return cidrs;
  return [...cidrs.slice(0, MOST_NETWORKS - 1), `and ${cidrs.length - MOST_NETWORKS + 1} more`];
}

/** Egress to the internet follows the route tables: gateway endpoints and the default route. */
function drawWayOut(
  stack: Stack,
  draft: Draft,
  network: Network,
  rule: Resource,
  cidr: string,
  users: readonly Resource[],
): void {
  const places = users.flatMap((user) => placesOf(stack, network, user).map((place) => ({ user, place })));
  const ways = places.flatMap(({ user, place }) => {
    if (!EVERYWHERE.includes(cidr)) return [];
    const { gatewayEndpoints, defaultRoute } = place;
    const gateway = stack.resolve(defaultRoute?.block.nat_gateway_id);
    const out =
      defaultRoute === undefined
        ? []
        : [gateway === undefined ? drawInternet(draft) : draft.ownerOf(gateway)!];
    return [...gatewayEndpoints.map((endpoint) => draft.ownerOf(endpoint)!), ...out].map((to) => ({
      from: draft.ownerOf(user)!,
      to,
      of: [rule, ...(to === draft.ownerOf(gateway) && defaultRoute ? [defaultRoute] : [])],
    }));
  });
  // Without a network of its own the stack does not have the routes either; the rule tells where to.
  if (stack.ofType("aws_vpc").length === 0 && EVERYWHERE.includes(cidr)) {
    for (const user of users) ways.push({ from: draft.ownerOf(user)!, to: drawInternet(draft), of: [rule] });
  }
  for (const way of ways) draft.edge({ ...way, kind: "traffic", label: portsOf(rule) });
  if (ways.length === 0) draft.otherRule(rule, inWords(rule, cidr));
}

function inWords(rule: Resource, other: string): string {
  const [direction, preposition] = rule.type === INGRESS ? ["ingress", "from"] : ["egress", "to"];
  const description = text(rule.block.description);
  return `${direction} ${portsOf(rule)} ${preposition} ${other}${description && ` (${description})`}`;
}
