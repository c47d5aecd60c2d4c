import { blocks, type TerraformResource } from "../../contract/terraform-json";
import { ofType, refersTo, type Rule } from "./rule";

const EVERYONE = ["0.0.0.0/0", "::/0"];
const WEB_PORTS = [80, 443];

/** Only ports 80 and 443 of a load balancer may be open to the internet. Rules must be separate resources. */
export const openIngress: Rule = function* (resources) {
  for (const { address, values: group } of ofType(resources, "aws_security_group")) {
    if (blocks(group.ingress).length > 0 || blocks(group.egress).length > 0) {
      yield {
        address,
        message: "Inline rules of a security group conflict with separate rules: use allowFrom and allowTo.",
      };
    }
  }
  for (const { address } of ofType(resources, "aws_security_group_rule")) {
    yield {
      address,
      message: "aws_security_group_rule conflicts with the newer rule resources: use allowFrom and allowTo.",
    };
  }
  for (const rule of ofType(resources, "aws_vpc_security_group_ingress_rule")) {
    const { cidr_ipv4, cidr_ipv6, from_port, to_port } = rule.values;
    if (!EVERYONE.includes(String(cidr_ipv4)) && !EVERYONE.includes(String(cidr_ipv6))) continue;
    if (from_port !== to_port || !WEB_PORTS.includes(Number(from_port)) || !onLoadBalancer(rule, resources)) {
      yield {
        address: rule.address,
        message: `Open to the internet: only ports ${WEB_PORTS.join(" and ")} of a load balancer may be. Name the networks that need it.`,
      };
    }
  }
};

function onLoadBalancer(rule: TerraformResource, resources: readonly TerraformResource[]): boolean {
  const group = ofType(resources, "aws_security_group").find(({ address }) =>
    refersTo(rule.values.security_group_id, address),
  );
  return ofType(resources, "aws_lb").some(({ values: { security_groups } }) =>
    (security_groups as unknown[] | undefined)?.some((id) => group && refersTo(id, group.address)),
  );
}
