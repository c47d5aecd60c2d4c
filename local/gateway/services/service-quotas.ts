import { jsonAnswer, jsonOf, type ServicePatch } from "../call";
import type { Count, Quotas } from "../quotas";

/**
 * Quotas of an account whose owner has asked for more than a new account gets; moto knows those of VPCs only, at their
 * defaults. Codes: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html, and so on in the same folder.
 */
const QUOTAS: Readonly<Record<string, readonly [service: string, name: string, value: number | Count]>> = {
  "L-3032A538": ["fargate", "Fargate On-Demand vCPU resource count", 128],
  "L-36FBB829": ["fargate", "Fargate Spot vCPU resource count", 128],
  "L-34B43A08": ["ec2", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", 32],
  "L-1216C47A": ["ec2", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 32],
  "L-0263D0A3": ["ec2", "EC2-VPC Elastic IPs", 20],
  "L-B99A9384": ["lambda", "Concurrent executions", 1000],
  "L-DC2B2D3D": ["s3", "General purpose buckets", "buckets"],
  "L-F98FE922": ["dynamodb", "Maximum number of tables", "tables"],
  "L-FE177D64": ["iam", "Roles per account", "roles"],
  "L-FE5A380F": ["vpc", "NAT gateways per Availability Zone", 10],
  "L-F678F1CE": ["vpc", "VPCs per Region", 20],
};

const GETS = new Set(["GetServiceQuota", "GetAWSDefaultServiceQuota"]);

export function serviceQuotas(quotas: Quotas): ServicePatch {
  return async (call, forward) => {
    const { ServiceCode, QuotaCode } = jsonOf(call);
    const [service, QuotaName, value] = QUOTAS[String(QuotaCode)] ?? [];
    if (!GETS.has(call.operation) || service !== ServiceCode) return forward(call);
    const Value = typeof value === "string" ? quotas.most(value) : value;
    return jsonAnswer({ Quota: { ServiceCode, QuotaCode, QuotaName, Value, Adjustable: true } });
  };
}
