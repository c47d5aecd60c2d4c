import { GetMetricStatisticsCommand, type CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { EC2Client } from "@aws-sdk/client-ec2";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  type ServiceQuota,
  type ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import type { StackRef } from "../../../environments/schema/stacks";
import { failed, ok, skipped, warning, type Check } from "./check";
import { needsOf } from "./needs";
import { othersUse } from "./usage";

export interface QuotaClients {
  readonly quotas: Pick<ServiceQuotasClient, "send">;
  readonly cloudWatch: Pick<CloudWatchClient, "send">;
  readonly ec2: EC2Client;
}

/** A quota of AWS, as `aws service-quotas` names it. */
export interface Quota {
  readonly service: string;
  readonly code: string;
  readonly name: string;
}

/** https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html: pages of ECS, EC2 and VPC. */
export const QUOTAS = {
  onDemand: { service: "fargate", code: "L-3032A538", name: "Fargate On-Demand vCPUs" },
  spot: { service: "fargate", code: "L-36FBB829", name: "Fargate Spot vCPUs" },
  elasticIps: { service: "ec2", code: "L-0263D0A3", name: "Elastic IP addresses" },
  natGateways: { service: "vpc", code: "L-FE5A380F", name: "NAT gateways per zone" },
  vpcs: { service: "vpc", code: "L-F678F1CE", name: "VPCs" },
} as const satisfies Record<string, Quota>;

/** Whether the account's quotas allow all stacks of one region to run their maximum number of tasks at once. */
export async function checkQuotas(
  clients: QuotaClients,
  stacks: readonly StackRef[],
  region: string,
): Promise<Check[]> {
  const needs = needsOf(stacks);
  const others = await othersUse(clients.ec2, stacks);
  const fullest = Object.entries(needs.natGatewaysByZone)
    .map(([zone, needed]) => ({ needed, others: others.natGatewaysByZone[zone] ?? 0, where: ` in ${zone}` }))
    .sort((a, b) => b.needed + b.others - (a.needed + a.others))[0];
  const vcpus = async (quota: Quota, needed: number) => {
    const allowed = await quotaOf(clients.quotas, quota);
    const running = allowed && (await usageOf(clients.cloudWatch, allowed, Date.now()));
    return vcpuCheck(quota, { needed, running, allowed: allowed?.Value }, region);
  };
  const count = async (quota: Quota, use: Omit<CountUse, "allowed">) =>
    countCheck(quota, { ...use, allowed: (await quotaOf(clients.quotas, quota))?.Value }, region);
  return Promise.all([
    vcpus(QUOTAS.onDemand, needs.onDemandVcpus),
    vcpus(QUOTAS.spot, needs.spotVcpus),
    count(QUOTAS.elasticIps, { needed: needs.elasticIps, others: others.elasticIps }),
    count(QUOTAS.natGateways, fullest ?? { needed: 0, others: 0 }),
    count(QUOTAS.vpcs, { needed: needs.vpcs, others: others.vpcs }),
  ]);
}

interface VcpuUse {
  /** At the maximum number of tasks of all stacks. */
  readonly needed: number;
  /** In the whole account now, including these stacks; absent if AWS has no figure. */
  readonly running: number | undefined;
  readonly allowed: number | undefined;
}

/** Whether the quota covers the vCPUs. A warning if it does not cover twice as many, which a deployment uses. */
export function vcpuCheck(quota: Quota, { needed, running, allowed }: VcpuUse, region: string): Check {
  if (allowed === undefined) return unknown(quota);
  const now = running === undefined ? "" : `; ${running} in use in the account now`;
  const found = `${needed} required at the maximum number of tasks, ${allowed} allowed${now}`;
  if (needed > allowed) return failed(quota.name, found, askForMore(quota, Math.ceil(needed), region));
  if (needed > 0 && 2 * needed > allowed) {
    return warning(
      quota.name,
      `${found}; a deployment at full load temporarily runs twice as many tasks and requires ${2 * needed}`,
      askForMore(quota, Math.ceil(2 * needed), region),
    );
  }
  return ok(quota.name, found);
}

interface CountUse {
  /** For these stacks, deployed or not. */
  readonly needed: number;
  /** In use by others now. */
  readonly others: number;
  readonly where?: string;
  readonly allowed: number | undefined;
}

/** Whether the quota covers what these stacks require in addition to what others use. */
export function countCheck(
  quota: Quota,
  { needed, others, where = "", allowed }: CountUse,
  region: string,
): Check {
  if (allowed === undefined) return unknown(quota);
  const found = `${needed} required${where}, ${others} used by others, ${allowed} allowed`;
  return needed + others > allowed
    ? failed(quota.name, found, askForMore(quota, needed + others, region))
    : ok(quota.name, found);
}

function unknown({ name, service, code }: Quota): Check {
  return skipped(name, `Service Quotas has no quota ${service}/${code} in this region`);
}

function askForMore({ service, code }: Quota, value: number, region: string): string {
  return (
    `Reduce the number of tasks or stacks, or request an increase (takes hours to days): aws service-quotas request-service-quota-increase ` +
    `--service-code ${service} --quota-code ${code} --desired-value ${value} --region ${region}`
  );
}

/** The account's quota, or AWS's default if it was never changed. */
async function quotaOf(
  quotas: QuotaClients["quotas"],
  { service: ServiceCode, code: QuotaCode }: Quota,
): Promise<ServiceQuota | undefined> {
  for (const Command of [GetServiceQuotaCommand, GetAWSDefaultServiceQuotaCommand]) {
    try {
      const { Quota } = await quotas.send(new Command({ ServiceCode, QuotaCode }));
      return Quota;
    } catch (error) {
      if (!(error instanceof NoSuchResourceException)) throw error;
    }
  }
  return undefined;
}

/** The highest value of the quota's own usage metric in the last hour. */
async function usageOf(
  cloudWatch: QuotaClients["cloudWatch"],
  { UsageMetric }: ServiceQuota,
  now: number,
): Promise<number | undefined> {
  if (!UsageMetric?.MetricName) return undefined;
  const { Datapoints = [] } = await cloudWatch.send(
    new GetMetricStatisticsCommand({
      Namespace: UsageMetric.MetricNamespace,
      MetricName: UsageMetric.MetricName,
      Dimensions: Object.entries(UsageMetric.MetricDimensions ?? {}).map(([Name, Value]) => ({
        Name,
        Value,
      })),
      StartTime: new Date(now - 3_600_000),
      EndTime: new Date(now),
      Period: 300,
      Statistics: ["Maximum"],
    }),
  );
  return Datapoints.length === 0 ? 0 : Math.max(...Datapoints.map(({ Maximum = 0 }) => Maximum));
}
