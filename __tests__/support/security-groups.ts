import type { Resource, Template } from "./template";

/**
 * Every connection that the security groups of a stack permit, as `from -> to:port`. A connection needs a rule
 * at both ends; networks outside of the stack permit everything.
 */
export function permittedConnections(template: Template): readonly string[] {
  const purposes = new Map(
    Object.entries(template.byId("aws_security_group")).map(([id, group]) => [
      `\${aws_security_group.${id}.id}`,
      String(group.description),
    ]),
  );
  const purposeOf = (reference: unknown) => {
    const purpose = purposes.get(String(reference));
    if (purpose === undefined) throw new Error(`no security group of the stack: ${String(reference)}`);
    return purpose;
  };
  const peerOf = (rule: Resource) =>
    rule.referenced_security_group_id === undefined
      ? String(rule.cidr_ipv4 ?? rule.prefix_list_id)
      : purposeOf(rule.referenced_security_group_id);
  const portOf = (rule: Resource) => {
    if (rule.from_port !== rule.to_port) throw new Error(`a range of ports: ${JSON.stringify(rule)}`);
    return rule.from_port as number;
  };
  const groups = new Set(purposes.values());
  const ingress = template
    .all("aws_vpc_security_group_ingress_rule")
    .map((rule) => ({ from: peerOf(rule), to: purposeOf(rule.security_group_id), port: portOf(rule) }));
  const egress = template
    .all("aws_vpc_security_group_egress_rule")
    .map((rule) => ({ from: purposeOf(rule.security_group_id), to: peerOf(rule), port: portOf(rule) }));
  const has = (list: typeof ingress, { from, to, port }: (typeof ingress)[number]) =>
    list.some((other) => other.from === from && other.to === to && other.port === port);
  const open = [
    ...ingress.filter((rule) => !groups.has(rule.from) || has(egress, rule)),
    ...egress.filter((rule) => !groups.has(rule.to)),
  ];
  // A rule at one end only opens nothing, and is a mistake.
  const halves = [
    ...ingress.filter((rule) => groups.has(rule.from) && !has(egress, rule)),
    ...egress.filter((rule) => groups.has(rule.to) && !has(ingress, rule)),
  ];
  if (halves.length > 0) throw new Error(`rules at one end only: ${JSON.stringify(halves)}`);
  return open.map(({ from, to, port }) => `${from} -> ${to}:${port}`).sort();
}
