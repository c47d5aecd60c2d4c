import type { JsonObject } from "../contract/json";
import { blocks } from "../contract/terraform-json";
import type { Rule } from "./charge";
import { list, text, type Inventory } from "./resource";

/** AWS bills each public IPv4 address, even an idle one. https://aws.amazon.com/vpc/pricing/ */
export const eip: Rule = () => ({ charges: [{ priceId: "public-ipv4", quantity: 1 }] });

/** A zonal gateway's address is an `aws_eip`; a regional gateway gets one in each zone it covers. */
export const natGateway: Rule = ({ values }, inventory) => {
  const usage = ["nat-gateway-data", "data-out"] as const;
  if (values.availability_mode !== "regional") {
    return { charges: [{ priceId: "nat-gateway", quantity: 1 }], usage };
  }
  const zones = zonesOf(inventory);
  const assumption = `regional: covers ${zones} zones, an address in each`;
  return {
    charges: [
      { priceId: "nat-gateway", quantity: zones, assumption },
      { priceId: "public-ipv4", quantity: zones, assumption },
    ],
    usage,
  };
};

/** Assumed zones of a network whose subnets are not in the stack. */
const FEWEST_ZONES = 2;

function zonesOf(inventory: Inventory): number {
  const zones = new Set(inventory.ofType("aws_subnet").map(({ values }) => values.availability_zone));
  return zones.size > 0 ? zones.size : FEWEST_ZONES;
}

/** A load balancer, with a public address in each of its subnets unless it is internal. */
export const loadBalancer: Rule = ({ values }) => {
  const kind = text(values.load_balancer_type) ?? "application";
  if (kind !== "application" && kind !== "network")
    return { unpriced: [`the price book has no ${kind} load balancer`] };
  const subnets = list(values.subnets).length || blocks(values.subnet_mapping).length;
  return {
    charges: [
      { priceId: `load-balancer-${kind}`, quantity: 1 },
      ...(values.internal === true || hasOwnAddresses(values)
        ? []
        : [
            {
              priceId: "public-ipv4",
              quantity: subnets || FEWEST_ZONES,
              assumption: subnets > 0 ? "one in each subnet" : `one in each of ${FEWEST_ZONES} subnets`,
            } as const,
          ]),
    ],
    usage: [`load-balancer-${kind}-capacity`, "data-out"],
  };
};

/** Addresses that the stack assigns are `aws_eip`, with their own price. */
function hasOwnAddresses({ subnet_mapping }: JsonObject): boolean {
  const mapped = blocks(subnet_mapping);
  return mapped.length > 0 && mapped.every(({ allocation_id }) => Boolean(allocation_id));
}

export const endpoint: Rule = ({ values }) => {
  const kind = text(values.vpc_endpoint_type) ?? "Gateway";
  if (kind === "Gateway") return {};
  if (kind !== "Interface") return { unpriced: [`the price book has no ${kind} endpoint`] };
  const subnets = list(values.subnet_ids).length || blocks(values.subnet_configuration).length;
  if (subnets === 0) return { unpriced: ["its subnets are not known"], usage: ["interface-endpoint-data"] };
  return {
    charges: [{ priceId: "interface-endpoint", quantity: subnets }],
    usage: ["interface-endpoint-data"],
  };
};

/** A managed rule group or one of another account may cost more than the rule that names it. */
export const firewall: Rule = ({ values }) => {
  const rules = blocks(values.rule);
  const groups = rules.filter(({ statement }) =>
    blocks(statement).some(
      (one) =>
        blocks(one.managed_rule_group_statement).length + blocks(one.rule_group_reference_statement).length >
        0,
    ),
  );
  return {
    charges: [
      { priceId: "waf-web-acl", quantity: 1 },
      ...(rules.length > 0 ? [{ priceId: "waf-rule", quantity: rules.length } as const] : []),
    ],
    usage: ["waf-request"],
    ...(groups.length > 0 && { unpriced: ["its rule groups"] }),
  };
};
