import type { Resource } from "./stack";
import { counted } from "../../contract/text";

/** Readable type names, singular and plural. Other types use their Terraform name. */
const NAMES: Readonly<Record<string, readonly [string, string]>> = {
  aws_cloudwatch_dashboard: ["CloudWatch dashboard", "CloudWatch dashboards"],
  aws_cloudwatch_query_definition: ["Logs Insights query", "Logs Insights queries"],
  aws_iam_instance_profile: ["instance profile", "instance profiles"],
  aws_iam_policy: ["IAM policy", "IAM policies"],
  aws_wafv2_web_acl: ["web application firewall", "web application firewalls"],
  "data.aws_kms_alias": ["key of the bootstrap stack", "keys of the bootstrap stack"],
  terraform_data: ["value kept in the state", "values kept in the state"],
};

/** What no box shows, counted by type. */
export function alsoOf(resources: readonly Resource[]): string[] {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, count]) => {
      const [one, many] = NAMES[type] ?? [type, type];
      return counted(count, one, many);
    });
}
