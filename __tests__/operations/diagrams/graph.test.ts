import type { DiagramGraph } from "../../../operations/diagrams/draft";
import { graphOf } from "../../../operations/diagrams/graph";
import { EXPECTED } from "./expected";
import { parsedStacks } from "./stacks";

const stacks = parsedStacks();
const RULE = /^aws_vpc_security_group_(ingress|egress)_rule\./;

function inWords({ containers, nodes, edges, also }: DiagramGraph) {
  const names = new Map([
    ...containers.map(({ id, title }) => [id, title] as const),
    ...nodes.map(({ id, title, name }) => [id, [title, name].filter(Boolean).join(" ")] as const),
  ]);
  const inside = (of: string | undefined) => (of === undefined ? "" : ` in ${names.get(of)}`);
  return {
    containers: containers.map(({ title, lines, parent }) => [title, ...lines].join(" | ") + inside(parent)),
    nodes: nodes.map(
      ({ title, name, lines, container }) =>
        [title, name, ...lines].filter(Boolean).join(" | ") + inside(container),
    ),
    edges: edges.map(
      ({ from, to, kind, labels }) => `${names.get(from)} → ${names.get(to)}: ${[kind, ...labels].join(" ")}`,
    ),
    also: [...also],
  };
}

/** The order of boxes and arrows is that of the resources in the stack; it means nothing. */
function inAnyOrder(words: Readonly<Record<string, readonly string[]>> | undefined) {
  return Object.values(words ?? {}).map((lines) => [...lines].sort());
}

function addressesOf(stack: unknown): string[] {
  const { resource = {}, data = {} } = stack as Record<"resource" | "data", Record<string, object>>;
  const addresses = (section: Record<string, object>, prefix: string) =>
    Object.entries(section).flatMap(([type, byId]) =>
      Object.keys(byId).map((id) => `${prefix}${type}.${id}`),
    );
  return [...addresses(resource, ""), ...addresses(data, "data.")].sort();
}

it("covers every stack", () => expect(Object.keys(EXPECTED).sort()).toEqual([...stacks.keys()].sort()));

describe.each([...stacks])("%s", (id, stack) => {
  const graph = graphOf(stack);

  it("shows exactly these boxes and arrows", () =>
    expect(inAnyOrder(inWords(graph))).toEqual(inAnyOrder(EXPECTED[id])));

  it("every security group rule is an arrow", () => {
    const drawn = graph.edges.flatMap(({ resources }) => resources).filter((address) => RULE.test(address));
    expect([...new Set(drawn)].sort()).toEqual(addressesOf(stack).filter((address) => RULE.test(address)));
    expect(graph.otherRules).toEqual([]);
  });

  it("every resource is in exactly one box, in an arrow or counted beside", () => {
    const boxed = [...graph.nodes, ...graph.containers].flatMap(({ resources }) => resources);
    expect(boxed.length).toBe(new Set(boxed).size);
    const drawn = new Set([...boxed, ...graph.edges.flatMap(({ resources }) => resources)]);
    const beside = graph.also.reduce((sum, words) => sum + Number.parseInt(words, 10), 0);
    expect(drawn.size + beside).toBe(addressesOf(stack).length);
  });

  it("is legible: at most 30 boxes, each with a title", () => {
    expect(graph.nodes.length).toBeLessThanOrEqual(30);
    expect(graph.nodes.filter(({ title }) => title === "")).toEqual([]);
  });
});

const group = (vpc: string) => ({ vpc_id: vpc, name_prefix: "g-" });
const tcp = (port: number) => ({ from_port: port, to_port: port, ip_protocol: "tcp" });
const ingress = "aws_vpc_security_group_ingress_rule";
const egress = "aws_vpc_security_group_egress_rule";

/** Two functions with a group each, in the subnets of a network without routes. */
function withRules(rules: Record<string, Record<string, object>>): DiagramGraph {
  const lambda = (name: string) => ({
    function_name: name,
    timeout: 30,
    vpc_config: {
      security_group_ids: [`\${aws_security_group.${name}.id}`],
      subnet_ids: ["${aws_subnet.s.id}"],
    },
  });
  return graphOf({
    resource: {
      aws_vpc: { v: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: {
        s: { vpc_id: "${aws_vpc.v.id}", cidr_block: "10.0.0.0/24", availability_zone: "eu-west-1a" },
      },
      aws_lambda_function: { a: lambda("a"), b: lambda("b") },
      aws_security_group: {
        a: group("${aws_vpc.v.id}"),
        b: group("${aws_vpc.v.id}"),
        idle: group("${aws_vpc.v.id}"),
      },
      ...rules,
    },
  });
}

const of = (name: string) => ({ security_group_id: `\${aws_security_group.${name}.id}` });
const other = (name: string) => ({ referenced_security_group_id: `\${aws_security_group.${name}.id}` });

describe("security group rules", () => {
  it("a rule on one side only says so", () => {
    const { edges } = withRules({
      [ingress]: { in: { ...of("b"), ...other("a"), ...tcp(8443) } },
      [egress]: { out: { ...of("b"), ...other("a"), ...tcp(9000) } },
    });
    expect(edges.map(({ from, to, labels }) => [from, to, labels])).toEqual([
      ["aws_lambda_function.b", "aws_lambda_function.a", ["9000 (egress only)"]],
      ["aws_lambda_function.a", "aws_lambda_function.b", ["8443 (ingress only)"]],
    ]);
  });

  it("ranges, protocols and everything have their words", () => {
    const rule = (args: object) => ({ ...of("b"), cidr_ipv4: "192.0.2.0/24", ...args });
    const { edges } = withRules({
      [ingress]: {
        range: rule({ from_port: 8000, to_port: 8100, ip_protocol: "tcp" }),
        udp: rule({ from_port: 53, to_port: 53, ip_protocol: "udp" }),
        all: rule({ ip_protocol: "-1" }),
      },
    });
    expect(edges.map(({ labels }) => labels)).toEqual([["8000-8100", "53/udp", "all ports"]]);
  });

  it("networks with the same rights are one box, those with others another one", () => {
    const from = (cidr_ipv4: string, port: number) => ({ ...of("b"), cidr_ipv4, ...tcp(port) });
    const { nodes, edges } = withRules({
      [ingress]: {
        a: from("192.0.2.0/24", 443),
        b: from("198.51.100.0/24", 443),
        c: from("203.0.113.0/24", 443),
        d: from("203.0.113.0/24", 80),
      },
    });
    expect(nodes.filter(({ kind }) => kind === "people").map(({ lines }) => lines)).toEqual([
      ["192.0.2.0/24", "198.51.100.0/24"],
      ["203.0.113.0/24"],
    ]);
    expect(edges.map(({ labels }) => labels)).toEqual([["443"], ["443", "80"]]);
  });

  it("many networks are counted", () => {
    const rules = Array.from({ length: 8 }, (_, i) => [`r${i}`, { ...of("b"), cidr_ipv4: `192.0.2.${i}/32`, ...tcp(443) }]); // prettier-ignore
    const { nodes } = withRules({ [ingress]: Object.fromEntries(rules) as Record<string, object> });
    expect(nodes.find(({ kind }) => kind === "people")!.lines).toEqual([
      "192.0.2.0/32",
      "192.0.2.1/32",
      "192.0.2.2/32",
      "192.0.2.3/32",
      "192.0.2.4/32",
      "and 3 more",
    ]);
  });

  it("rules without an arrow are written in words", () => {
    const { edges, otherRules } = withRules({
      [ingress]: {
        idle: { ...of("idle"), cidr_ipv4: "192.0.2.0/24", ...tcp(22), description: "nobody" },
        foreign: { ...of("a"), referenced_security_group_id: "sg-0123", ...tcp(443) },
        unused: { ...of("idle"), ...other("a"), ...tcp(5432) },
      },
      [egress]: { shut: { ...of("a"), cidr_ipv4: "0.0.0.0/0", ...tcp(443), description: "HTTPS" } },
    });
    expect(edges).toEqual([]);
    expect([...otherRules].sort()).toEqual([
      "egress 443 to 0.0.0.0/0 (HTTPS)",
      "ingress 22 from 192.0.2.0/24 (nobody)",
      "ingress 443 from a security group of another stack",
      "ingress 5432 from a group that nothing carries",
    ]);
  });
});

it("types that no box knows are counted under their name", () => {
  const { nodes, also } = graphOf({
    resource: {
      aws_bedrock_agent: { one: {}, two: {} },
      aws_cloudwatch_dashboard: { d: {} },
      random_pet: { p: {} },
    },
  });
  expect(nodes).toEqual([]);
  expect(also).toEqual(["2 aws_bedrock_agent", "1 CloudWatch dashboard", "1 random_pet"]);
});

it("tiers follow the routes, whatever the subnets are called", () => {
  const stack = JSON.parse(JSON.stringify(stacks.get("automock-staging"))) as {
    resource: { aws_route: Record<string, unknown> };
  };
  stack.resource.aws_route = {};
  const { containers, edges, otherRules } = graphOf(stack);
  expect(containers.map(({ kind }) => kind)).toEqual(["region", "vpc", "isolated"]);
  expect(edges.filter(({ kind }) => kind === "traffic").map(({ labels }) => labels)).toEqual([
    ["1080"],
    ["80"],
    ["443"],
  ]);
  expect(otherRules).toEqual([]);
});

it("the order of the JSON means nothing", () => {
  const stack = stacks.get("task-api-prod") as Record<string, object>;
  const reversed = (value: object) => Object.fromEntries(Object.entries(value).reverse());
  const resource = reversed(
    Object.fromEntries(
      Object.entries(stack.resource!).map(([type, byId]) => [type, reversed(byId as object)]),
    ),
  );
  expect(graphOf({ ...stack, resource })).toEqual(graphOf(stack));
});

it.each([[undefined], [null], ["text"], [[]], [{ resource: "text" }]])("%p is not a stack", (value) =>
  expect(() => graphOf(value)).toThrow(
    /^This is not a synthesized stack: .*\. Pass the parsed cdk\.tf\.json of one stack, an object with the key `resource`\.$/,
  ),
);
