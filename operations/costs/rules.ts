import { isPriceId, type PriceId } from "../../contract/prices";
import type { Assessment, Charge, Rule } from "./charge";
import { blocks, number, text, type Values } from "./resource";

/** Alarms of less than a minute are of high resolution. */
const HIGH_RESOLUTION_BELOW_SECONDS = 60;

/** Per metric: an alarm over a formula costs as much as one alarm for each metric in it. */
export const alarm: Rule = ({ values }) => {
  const metrics = blocks(values.metric_query)
    .map(({ metric }) => blocks(metric)[0])
    .filter((metric) => metric !== undefined);
  const periods = [values, ...metrics].map(({ period }) => number(period)).filter((period) => period);
  const fast = periods.some((period) => period! < HIGH_RESOLUTION_BELOW_SECONDS);
  return {
    charges: [{ priceId: fast ? "alarm-high-resolution" : "alarm", quantity: Math.max(metrics.length, 1) }],
  };
};

/** Instance, storage and the secret that RDS keeps for it; the standby of Multi-AZ doubles the first two. */
export const database: Rule = ({ values }) => {
  const copies = values.multi_az === true ? 2 : 1;
  const charges: Charge[] = [];
  const unpriced: string[] = [];

  const [engine, instanceClass] = [text(values.engine), text(values.instance_class)];
  const priceId = `${engine}-${instanceClass}`;
  if (engine === undefined || instanceClass === undefined) unpriced.push("its instance class is not known");
  else if (isPriceId(priceId)) charges.push({ priceId, quantity: copies });
  else unpriced.push(`the price book has no ${engine} on ${instanceClass}`);

  const storageType = text(values.storage_type) ?? "gp2";
  const gigabytes = number(values.allocated_storage);
  if (!["gp2", "gp3"].includes(storageType)) unpriced.push(`the price book has no storage ${storageType}`);
  else if (gigabytes === undefined) unpriced.push("the size of its storage is not known");
  else {
    const largest = number(values.max_allocated_storage) ?? 0;
    charges.push({
      priceId: "rds-storage",
      quantity: gigabytes * copies,
      ...(largest > gigabytes && { assumption: `stays at ${gigabytes} GB, may grow to ${largest} GB` }),
    });
    if ((number(values.iops) ?? 0) > includedIops(gigabytes)) unpriced.push("provisioned IOPS");
  }
  if (values.manage_master_user_password === true) charges.push({ priceId: "secret", quantity: 1 });
  if (values.database_insights_mode === "advanced") unpriced.push("Database Insights, advanced");
  // Enhanced Monitoring writes to a log group of RDS's own, which is in no stack.
  const monitored = (number(values.monitoring_interval) ?? 0) > 0;
  return { charges, unpriced, usage: ["rds-backup", ...(monitored ? (["logs-ingested"] as const) : [])] };
};

/** IOPS that come with gp3. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
function includedIops(gigabytes: number): number {
  return gigabytes >= 400 ? 12_000 : 3_000;
}

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

/** Container Insights costs by metric, and each task adds some. */
export const insights: Rule = ({ values }) => {
  const mode = blocks(values.setting).find(({ name }) => name === "containerInsights")?.value;
  if (mode === "enhanced") return { usage: ["container-insights-metric"] };
  return mode === "enabled" ? { usage: ["custom-metric"] } : {};
};

export const instance: Rule = ({ values }) => {
  const priceId = `ec2-${text(values.instance_type)}`;
  if (blocks(values.instance_market_options).length > 0) return { unpriced: ["the price of Spot floats"] };
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

export const volume: Rule = ({ values }) =>
  disk({ ...values, volume_type: values.type, volume_size: values.size });

function disk({ volume_type: type, volume_size: size }: Values): Assessment {
  const gigabytes = number(size);
  if (type !== "gp3")
    return { unpriced: [`the price book has no disk ${text(type) ?? "of the image's type"}`] };
  if (gigabytes === undefined) return { unpriced: ["the size of its disk is not known"] };
  return { charges: [{ priceId: "ebs-gp3", quantity: gigabytes }] };
}

export const lambda: Rule = ({ values }) => {
  const architectures = Array.isArray(values.architectures) ? (values.architectures as unknown[]) : [];
  const duration: PriceId = architectures.includes("arm64") ? "lambda-arm64" : "lambda-x86";
  return { usage: ["lambda-request", duration] };
};

/** Events of objects to EventBridge cost by event; to queues, topics and functions they are free. */
export const notification: Rule = ({ values }) =>
  values.eventbridge === true ? { usage: ["event-opt-in"] } : {};
