import { isSuccess, withBody, xmlEscape, type Answer, type ServicePatch } from "../call";
import { formOf } from "../operation";

/**
 * moto keeps the description of a security group rule only for CIDR sources; those of rules that name a group or a
 * prefix list are kept here, by rule id.
 */
export function ec2(): ServicePatch {
  const descriptionByRule = new Map<string, string>();
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
      case "DescribeSecurityGroupRules":
        return withDescriptions(answer, descriptionByRule);
      default:
        return answer;
    }
  };
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
