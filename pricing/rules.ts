import type { JsonObject } from "../contract/json";
import { blocks } from "../contract/terraform-json";
import { isPriceId, type PriceId } from "../contract/prices";
import { plain } from "../contract/dollars";
import type { Assessment, Charge, Rule } from "./charge";
import { number, text } from "./resource";

/** Alarms with a period below a minute are high-resolution. */
const HIGH_RESOLUTION_BELOW_SECONDS = 60;

/** An anomaly detection alarm costs as much as three alarms: the metric and both bounds of the band. */
const ANOMALY_METRICS = 3;

/** Per metric: an alarm on an expression costs one alarm for each metric in it. */
export const alarm: Rule = ({ values }) => {
  const queries = blocks(values.metric_query);
  const metrics = queries.map(({ metric }) => blocks(metric)[0]).filter((metric) => metric !== undefined);
  const expressions = queries.map(({ expression }) => text(expression) ?? "");
  if (expressions.some((expression) => /^\s*SELECT\b/i.test(expression)))
    return { unpriced: ["a Metrics Insights query is billed by the metrics that it analyzes"] };
  const each = expressions.some((expression) => /\bANOMALY_DETECTION_BAND\b/.test(expression))
    ? ANOMALY_METRICS
    : 1;
  const periods = [values, ...metrics].map(({ period }) => number(period)).filter((period) => period);
  const fast = periods.some((period) => period! < HIGH_RESOLUTION_BELOW_SECONDS);
  return {
    charges: [
      { priceId: fast ? "alarm-high-resolution" : "alarm", quantity: Math.max(metrics.length, 1) * each },
    ],
  };
};

export const dynamoTable: Rule = ({ values }) => {
  if (values.billing_mode !== "PAY_PER_REQUEST") return { unpriced: ["provisioned capacity"] };
  const recovers = blocks(values.point_in_time_recovery).some(({ enabled }) => enabled === true);
  return {
    usage: [
      "dynamodb-write",
      "dynamodb-read",
      "dynamodb-storage",
      ...(recovers ? (["dynamodb-recovery"] as const) : []),
    ],
  };
};

/** Container Insights is billed per metric, and each task adds some. */
export const insights: Rule = ({ values }) => {
  const mode = blocks(values.setting).find(({ name }) => name === "containerInsights")?.value;
  if (mode === "enhanced") return { usage: ["container-insights-metric"] };
  return mode === "enabled" ? { usage: ["custom-metric"] } : {};
};

export const instance: Rule = ({ values }) => {
  const priceId = `ec2-${text(values.instance_type)}`;
  if (blocks(values.instance_market_options).length > 0) return { unpriced: ["Spot prices vary"] };
  if (!isPriceId(priceId)) {
    return { unpriced: [`the price book has no EC2 ${text(values.instance_type)}`] };
  }
  const disks = [...blocks(values.root_block_device), ...blocks(values.ebs_block_device)].map(disk);
  return {
    charges: [
      { priceId, quantity: 1 },
      ...(values.associate_public_ip_address === true
        ? [{ priceId: "public-ipv4", quantity: 1 } as const]
        : []),
      ...disks.flatMap(({ charges = [] }) => charges),
    ],
    usage: ["data-out"],
    unpriced: [
      ...(disks.length === 0 ? ["its disk is not described"] : []),
      ...disks.flatMap(({ unpriced = [] }) => unpriced),
    ],
  };
};

/** A volume without a type is a gp2. */
export const volume: Rule = ({ values }) =>
  disk({ ...values, volume_type: values.type ?? "gp2", volume_size: values.size });

/** Prices by disk type. io2 costs as much as io1, up to the IOPS below. */
const DISK_PRICES: Readonly<Record<string, PriceId>> = {
  gp2: "ebs-gp2",
  gp3: "ebs-gp3",
  io1: "ebs-io1",
  io2: "ebs-io1",
  st1: "ebs-st1",
  sc1: "ebs-sc1",
};

/** Included in a gp3 disk. https://aws.amazon.com/ebs/general-purpose/ */
const INCLUDED_GP3 = { iops: 3_000, throughputMBps: 125 };

/** Above it, io2 IOPS are cheaper. https://aws.amazon.com/ebs/pricing/ */
const FIRST_TIER_IO2_IOPS = 32_000;

function disk(values: JsonObject): Assessment {
  const { volume_type, volume_size } = values;
  const [type, gigabytes] = [text(volume_type), number(volume_size)];
  const priceId = type === undefined ? undefined : DISK_PRICES[type];
  if (type === undefined || priceId === undefined)
    return { unpriced: [`the price book has no disk ${type ?? "of the image's type"}`] };
  if (gigabytes === undefined) return { unpriced: ["the size of its disk is not known"] };
  const [iops, throughput] = [number(values.iops), number(values.throughput)];
  const charges: Charge[] = [{ priceId, quantity: gigabytes }];
  if (type === "gp3") {
    charges.push(...above("ebs-iops-gp3", iops, INCLUDED_GP3.iops));
    charges.push(...above("ebs-throughput-gp3", throughput, INCLUDED_GP3.throughputMBps));
  }
  if (priceId !== "ebs-io1") return { charges };
  if (iops === undefined) return { charges, unpriced: ["the provisioned IOPS of its disk are not known"] };
  const tier = type === "io2" ? Math.min(iops, FIRST_TIER_IO2_IOPS) : iops;
  return {
    charges: [...charges, { priceId: "ebs-iops-io1", quantity: tier }],
    unpriced: tier < iops ? [`IOPS of io2 above ${plain(FIRST_TIER_IO2_IOPS)}`] : [],
  };
}

/** A charge for the quantity above the included amount. */
export function above(priceId: PriceId, amount: number | undefined, included: number): Charge[] {
  return amount !== undefined && amount > included ? [{ priceId, quantity: amount - included }] : [];
}

/** One for the secret, and one for each replica in its region. */
export const secret: Rule = ({ values }) => ({
  charges: [{ priceId: "secret", quantity: 1 + blocks(values.replica).length }],
  usage: ["secret-request"],
});

export const lambda: Rule = ({ values }) => {
  const architectures = Array.isArray(values.architectures) ? (values.architectures as unknown[]) : [];
  const duration: PriceId = architectures.includes("arm64") ? "lambda-arm64" : "lambda-x86";
  return { usage: ["lambda-request", duration] };
};

/** Object events to EventBridge are billed per event; to queues, topics and functions they are free. */
export const notification: Rule = ({ values }) =>
  values.eventbridge === true ? { usage: ["event-opt-in"] } : {};
