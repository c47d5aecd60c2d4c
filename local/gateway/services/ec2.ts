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
import { askEc2, Capacity, Fleets, spotPriceHistory } from "./fleets";
import type { Boxes } from "./boxes";

/**
 * Descriptions of security group rules, and resources that AWS deletes together with their owner.
 *
 * moto keeps the description of a security group rule only for CIDR sources; those of rules that name a group or a
 * prefix list are kept here, by rule id. moto also leaves the network interfaces of deleted NAT gateways and
 * instances and the default ACL of a deleted VPC behind, and fails on one filter of VPC endpoints.
 */
export function ec2(boxes?: Boxes): ServicePatch {
  const fleets = new Fleets(boxes?.capacity ?? new Capacity());
  const descriptionByRule = new Map<string, string>();
  const deletedVpcs = new Set<string>();
  return async (call, forward) => {
    if (call.operation === "DescribeVpcEndpoints") return vpcEndpointsById(call, forward);
    if (call.operation === "CreateFleet") return fleets.create(call, forward);
    if (call.operation === "DescribeSpotPriceHistory") return spotPriceHistory(call);
    const ofInstances =
      call.operation === "TerminateInstances" ? await interfacesOfInstances(call, forward) : [];
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
        // From here on moto stores the description itself.
        for (const [name, id] of formOf(call) ?? []) {
          if (/^SecurityGroupRule\.\d+\.SecurityGroupRuleId$/.test(name)) descriptionByRule.delete(id);
        }
        return answer;
      }
      case "DeleteNatGateway": {
        const id = formOf(call)?.get("NatGatewayId") ?? "";
        const described = await askEc2(call, forward, {
          Action: "DescribeNatGateways",
          "NatGatewayId.1": id,
        });
        await deleteInterfaces(call, forward, valuesOf(described, "networkInterfaceId"));
        return answer;
      }
      case "TerminateInstances":
        for (const id of valuesOf(answer, "instanceId")) boxes?.sessions.endOf(id);
        await deleteInterfaces(call, forward, ofInstances);
        return answer;
      case "DeleteVpc":
        deletedVpcs.add(call.resource);
        return answer;
      case "DescribeLaunchTemplateVersions":
        return withBody(answer, withoutOwnTags(answer.body.toString("utf8")));
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

/** moto shows the tags of a launch template itself among those of what is launched from it. */
function withoutOwnTags(xml: string): string {
  const end = "</tagSpecificationSet>";
  return xml
    .split(end)
    .map((part, i, parts) =>
      i === parts.length - 1
        ? part
        : filterItems(
            part + end,
            "tagSpecificationSet",
            (item) => !item.includes("<resourceType>launch-template</resourceType>"),
          ),
    )
    .join("");
}

const ENDPOINT_FILTER = "vpc-endpoint-id";

/** moto fails on the filter by id, so the gateway applies it to the answer instead. */
async function vpcEndpointsById(call: Call, forward: Forward): Promise<Answer> {
  const form = [...(formOf(call) ?? [])];
  const number = form.find(([, value]) => value === ENDPOINT_FILTER)?.[0].match(/^Filter\.(\d+)\.Name$/)?.[1];
  if (number === undefined) return forward(call);
  const isOurs = ([name]: [string, string]) => name.startsWith(`Filter.${number}.`);
  const ids = form.filter(isOurs).map(([, value]) => value);
  const rest = new URLSearchParams(
    form
      .filter((entry) => !isOurs(entry))
      // Filters are numbered without gaps.
      .map(([name, value]): [string, string] => [
        name.replace(/^Filter\.(\d+)\./, (whole, n: string) =>
          Number(n) > Number(number) ? `Filter.${Number(n) - 1}.` : whole,
        ),
        value,
      ]),
  );
  const answer = await forward(withRequestBody(call, rest.toString()));
  if (!isSuccess(answer)) return answer;
  return withBody(
    answer,
    filterItems(answer.body.toString("utf8"), "vpcEndpointSet", (item) =>
      ids.includes(/<vpcEndpointId>([^<]+)</.exec(item)?.[1] ?? ""),
    ),
  );
}

/** What the owner of network interfaces takes with it; moto leaves them. */
async function deleteInterfaces(call: Call, forward: Forward, ids: readonly string[]): Promise<void> {
  for (const NetworkInterfaceId of ids) {
    await askEc2(call, forward, { Action: "DeleteNetworkInterface", NetworkInterfaceId });
  }
}

async function interfacesOfInstances(call: Call, forward: Forward): Promise<readonly string[]> {
  const ids = [...(formOf(call) ?? [])].filter(([name]) => /^InstanceId\.\d+$/.test(name));
  const asked = Object.fromEntries(ids);
  return valuesOf(
    await askEc2(call, forward, { Action: "DescribeInstances", ...asked }),
    "networkInterfaceId",
  );
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
  const fixed = rules.map((rule) => {
    const description = descriptionByRule.get(rule.slice(0, rule.indexOf("<")));
    if (description === undefined || rule.includes("<description>")) return rule;
    return rule.replace(
      "</securityGroupRuleId>",
      () => `</securityGroupRuleId><description>${xmlEscape(description)}</description>`,
    );
  });
  return withBody(answer, [head, ...fixed].join("<securityGroupRuleId>"));
}
