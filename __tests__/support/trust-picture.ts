import { boundaries, REGION, roles, stacks } from "./all-roles";
import { lacks, type Operation } from "./iam-evaluator/operations";
import { listOf, type Statement } from "./iam-evaluator/policy";
import type { SynthesizedRole } from "./iam-evaluator/roles";

const BOOTSTRAP = "automock-bootstrap-us-east-1-";

/** Operations by what they touch. */
const ASSETS: readonly (readonly [operation: RegExp, verb: string, asset: string])[] = [
  [/^read the state of/, "reads", "states"],
  [/^write the state of/, "writes", "states"],
  [/^read the expectations/, "reads", "expectations"],
  [/^write the expectations/, "writes", "expectations"],
  [/^read the database's password/, "reads", "database password"],
  [/^pull an image/, "pulls", "images"],
  [/^delete the load balancer of automock-pr-7/, "deletes", "the session's environment"],
  [/^delete the queue test-orders/, "deletes", "test environments of its spec"],
];

/**
 * A Mermaid flowchart of who gets across which boundary, computed from the synthesized stacks: production's networks,
 * its roles and those of the bootstrap stack, by permissions boundary. Staging looks like production.
 */
export function trustPicture(operations: readonly Operation[]): string {
  const shown = roles.filter(({ name }) => /^(automock|task-api)-(prod|bootstrap)-/.test(name));
  const groups = [...new Set(shown.map(boundaryOf))].sort();
  const assets = shown.flatMap((role) => {
    const mayDo = operations.filter((operation) => lacks(role, operation, REGION) === undefined);
    return ASSETS.flatMap(([operation, verb, asset]) =>
      mayDo.some(({ name }) => operation.test(name))
        ? [`  ${idOf(role.name)} -- ${verb} --> ${idOf(asset)}[("${asset}")]`]
        : [],
    );
  });
  return [
    "flowchart LR",
    ...["automock-prod", "task-api-prod"].flatMap(networkOf),
    ...groups.flatMap((group) => [
      `  subgraph ${idOf(group)}["permissions boundary ${group}"]`,
      ...shown
        .filter((role) => boundaryOf(role) === group)
        .map(({ name }) => `    ${idOf(name)}["${shortName(name)}"]`),
      "  end",
    ]),
    ...shown.flatMap(({ name, trust }) =>
      trust.Statement.map((statement) => `  ${principalOf(statement)} -- assumes --> ${idOf(name)}`),
    ),
    ...assets,
  ].join("\n");
}

/** Who reaches what in a VPC, by the rules of its security groups. */
function networkOf(stack: string): string[] {
  const { resource } = JSON.parse(stacks.get(stack)!) as {
    resource: Record<string, Record<string, Record<string, unknown>>>;
  };
  const groupOf = (reference: unknown) => {
    const id = /^\$\{aws_security_group\.([\w-]+)\.id\}$/.exec(String(reference))![1]!;
    return String((resource.aws_security_group![id]!.tags as { Name: string }).Name);
  };
  const arrows = Object.values(resource.aws_vpc_security_group_ingress_rule!).map((rule) => {
    const to = groupOf(rule.security_group_id);
    const from =
      rule.cidr_ipv4 === undefined
        ? idOf(groupOf(rule.referenced_security_group_id))
        : outside(rule.cidr_ipv4 === "0.0.0.0/0" ? "everyone" : "allowed networks");
    return { arrow: `  ${from} -- ${String(rule.from_port)} --> ${idOf(to)}`, to };
  });
  const names = [...new Set(arrows.map(({ to }) => to))].sort();
  return [
    `  subgraph ${idOf(`vpc-${stack}`)}["VPC of ${stack}"]`,
    ...names.map((name) => `    ${idOf(name)}["${name.slice(stack.length + 1)}"]`),
    "  end",
    ...new Set(arrows.map(({ arrow }) => arrow)),
  ];
}

function boundaryOf({ boundary }: SynthesizedRole): string {
  const text = JSON.stringify(boundary);
  const [arn = "/none"] = [...boundaries].find(([, policy]) => JSON.stringify(policy) === text) ?? [];
  return arn.split("/").at(-1)!.replace(BOOTSTRAP, "");
}

function principalOf({ Principal = {}, Condition = {} }: Statement): string {
  const [service] = listOf(Principal.Service);
  if (service !== undefined) return `${idOf(service)}{{"${service}"}}`;
  const subject = Object.entries(Condition.StringEquals ?? {}).find(([key]) => key.endsWith(":sub"))?.[1];
  if (subject !== undefined) return outside(listOf(subject)[0]!);
  const [arn = ""] = listOf(Principal.AWS);
  const known = roles.find(
    ({ name }) => arn.endsWith(`/${name}`) || arn.includes(name.replace(BOOTSTRAP, "ttl-cleanup_")),
  );
  return known ? idOf(known.name) : outside(arn);
}

const outside = (who: string) => `${idOf(who)}(["${who}"])`;
const shortName = (name: string) => name.replace(BOOTSTRAP, "");
const idOf = (name: string) => name.replaceAll(/[^A-Za-z0-9]+/g, "_");
