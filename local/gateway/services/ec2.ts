import {
  isSuccess,
  withBody,
  withRequestBody,
  xmlEscape,
  type Answer,
  type Call,
  type Forward,
  type ServicePatch,
} from "../call";
import { formOf } from "../operation";
import { filterItems } from "../xml";

/**
 * Descriptions of security group rules, and what AWS removes together with its owner.
 *
 * moto keeps the description of a security group rule only for CIDR sources; those of rules that name a group or a
 * prefix list are kept here, by rule id. moto also leaves the network interface of a deleted NAT gateway and the
 * default ACL of a deleted VPC behind.
 */
export function ec2(): ServicePatch {
  const descriptionByRule = new Map<string, string>();
  const deletedVpcs = new Set<string>();
  return async (call, forward) => {
    const answer = await forward(call);
    if (!isSuccess(answer)) return answer;
    switch (call.operation) {
      case "AuthorizeSecurityGroupIngress":
      case "AuthorizeSecurityGroupEgress": {
        const description = soleDescription(formOf(call) ?? new URLSearchParams());
        const rules = [...answer.body.toString("utf8").matchAll(/<securityGroupRuleId>([^<]+)</g)];
        const id = rules.length === 1 ? rules[0]?.[1] : undefined;
        if (id && description) descriptionByRule.set(id, description);
        return answer;
      }
      case "ModifySecurityGroupRules": {
        // From here on moto has the description itself.
        for (const [name, id] of formOf(call) ?? []) {
          if (/^SecurityGroupRule\.\d+\.SecurityGroupRuleId$/.test(name)) descriptionByRule.delete(id);
        }
        return answer;
      }
      case "DeleteNatGateway": {
        const id = formOf(call)?.get("NatGatewayId") ?? "";
        const described = await ask(call, forward, { Action: "DescribeNatGateways", "NatGatewayId.1": id });
        for (const networkInterface of valuesOf(described, "networkInterfaceId")) {
          await ask(call, forward, {
            Action: "DeleteNetworkInterface",
            NetworkInterfaceId: networkInterface,
          });
        }
        return answer;
      }
      case "DeleteVpc":
        deletedVpcs.add(call.resource);
        return answer;
      case "DescribeNetworkAcls":
        return withBody(
          answer,
          filterItems(answer.body.toString("utf8"), "networkAclSet", (item) => {
            const vpc = /<vpcId>([^<]+)</.exec(item)?.[1];
            return vpc === undefined || !deletedVpcs.has(vpc);
          }),
        );
      case "DescribeSecurityGroupRules":
        return withDescriptions(answer, descriptionByRule);
      default:
        return answer;
    }
  };
}

/** A call of our own to moto, signed like the one that led to it. */
function ask(call: Call, forward: Forward, parameters: Record<string, string>): Promise<Answer> {
  const form = new URLSearchParams({ ...parameters, Version: formOf(call)?.get("Version") ?? "2016-11-15" });
  return forward({ ...withRequestBody(call, form.toString()), operation: parameters.Action ?? "" });
}

function valuesOf(answer: Answer, element: string): string[] {
  const found = answer.body.toString("utf8").matchAll(new RegExp(`<${element}>([^<]+)</${element}>`, "g"));
  return [...found].flatMap((match) => match[1] ?? []);
}

/** The description of a call that authorizes one rule by group or prefix list, as Terraform's rule resources do. */
function soleDescription(form: URLSearchParams): string | undefined {
  const found = [...form].filter(([name]) =>
    /^IpPermissions\.\d+\.(Groups|PrefixListIds)\.\d+\.Description$/.test(name),
  );
  return found.length === 1 ? found[0]?.[1] : undefined;
}

function withDescriptions(answer: Answer, descriptionByRule: ReadonlyMap<string, string>): Answer {
  const [head = "", ...rules] = answer.body.toString("utf8").split("<securityGroupRuleId>");
  const mended = rules.map((rule) => {
    const description = descriptionByRule.get(rule.slice(0, rule.indexOf("<")));
    if (description === undefined || rule.includes("<description>")) return rule;
    return rule.replace(
      "</securityGroupRuleId>",
      () => `</securityGroupRuleId><description>${xmlEscape(description)}</description>`,
    );
  });
  return withBody(answer, [head, ...mended].join("<securityGroupRuleId>"));
}
