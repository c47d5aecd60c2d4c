import type { JsonObject } from "../contract/json";
import { isPriceId } from "../contract/prices";
import type { Assessment, Charge, Rule } from "./charge";
import { number, text } from "./resource";
import { above } from "./rules";

/** Instance, storage and the secret that RDS creates; a Multi-AZ standby doubles the first two. */
export const database: Rule = ({ values }) => {
  const copies = values.multi_az === true ? 2 : 1;
  const parts = [instanceOf(values), storageOf(values), extendedSupportOf(values)];
  const charges = parts
    .flatMap(({ charges: some = [] }) => some)
    .map((charge) => ({ ...charge, quantity: (charge.quantity as number) * copies }));
  const unpriced = parts.flatMap(({ unpriced: some = [] }) => some);
  if (values.manage_master_user_password === true) charges.push({ priceId: "secret", quantity: 1 });
  if (values.database_insights_mode === "advanced") unpriced.push("Database Insights, advanced");
  if (values.performance_insights_enabled === true && isLongTerm(values))
    unpriced.push("Performance Insights, kept longer than 7 days");
  // Enhanced Monitoring writes to a log group that RDS creates outside of any stack.
  const monitored = (number(values.monitoring_interval) ?? 0) > 0;
  return { charges, unpriced, usage: ["rds-backup", ...(monitored ? (["logs-ingested"] as const) : [])] };
};

function instanceOf(values: JsonObject): Assessment {
  const [engine, instanceClass] = [text(values.engine), text(values.instance_class)];
  const priceId = `${engine}-${instanceClass}`;
  if (engine === undefined || instanceClass === undefined)
    return { unpriced: ["its instance class is not known"] };
  return isPriceId(priceId)
    ? { charges: [{ priceId, quantity: 1 }] }
    : { unpriced: [`the price book has no ${engine} on ${instanceClass}`] };
}

function storageOf(values: JsonObject): Assessment {
  const [iops, gigabytes] = [number(values.iops), number(values.allocated_storage)];
  // With IOPS but without a type, RDS uses io1.
  const type = text(values.storage_type) ?? ((iops ?? 0) > 0 ? "io1" : "gp2");
  if (!["gp2", "gp3", "io1"].includes(type)) return { unpriced: [`the price book has no storage ${type}`] };
  if (gigabytes === undefined) return { unpriced: ["the size of its storage is not known"] };
  const largest = number(values.max_allocated_storage) ?? 0;
  const storage: Charge = {
    priceId: type === "io1" ? "rds-storage-io1" : "rds-storage",
    quantity: gigabytes,
    ...(largest > gigabytes && { assumption: `stays at ${gigabytes} GB, may grow to ${largest} GB` }),
  };
  if (type === "io1") {
    return iops === undefined
      ? { charges: [storage], unpriced: ["its provisioned IOPS are not known"] }
      : { charges: [storage, { priceId: "rds-iops-io1", quantity: iops }] };
  }
  if (type === "gp2") return { charges: [storage] };
  const included = includedInGp3(gigabytes);
  return {
    charges: [storage, ...above("rds-iops-gp3", iops, included.iops)],
    unpriced:
      (number(values.storage_throughput) ?? 0) > included.throughputMBps ? ["provisioned throughput"] : [],
  };
}

/** Included in gp3. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
function includedInGp3(gigabytes: number): { readonly iops: number; readonly throughputMBps: number } {
  return gigabytes >= 400 ? { iops: 12_000, throughputMBps: 500 } : { iops: 3_000, throughputMBps: 125 };
}

/**
 * Oldest major versions with standard support; PostgreSQL 12 and 13 are in the first two years of Extended Support.
 * https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
 */
const SUPPORTED_FROM: Readonly<Record<string, number>> = { postgres: 14, mysql: 8 };
const FIRST_YEARS: Readonly<Record<string, readonly number[]>> = { postgres: [12, 13] };

/** AWS bills versions without standard support by vCPU, unless the instance opts out of Extended Support. */
function extendedSupportOf({
  engine,
  engine_version,
  engine_lifecycle_support,
  ...values
}: JsonObject): Assessment {
  const [name = "", version = ""] = [text(engine), text(engine_version)];
  const major = number(version.split(".")[0]);
  const oldest = SUPPORTED_FROM[name];
  if (major === undefined || oldest === undefined || major >= oldest) return {};
  if (engine_lifecycle_support === "open-source-rds-extended-support-disabled") return {};
  const vcpus = vcpusOf(text(values.instance_class));
  return FIRST_YEARS[name]?.includes(major) === true && vcpus !== undefined
    ? {
        charges: [
          {
            priceId: "rds-extended-support",
            quantity: vcpus,
            assumption: `${name} ${major} is in the first two years of Extended Support`,
          },
        ],
      }
    : { unpriced: [`Extended Support of ${name} ${major}`] };
}

/** vCPUs by size: burstable classes up to large have two. */
function vcpusOf(instanceClass = ""): number | undefined {
  const [, size = "", times = "1"] =
    /^db\.\w+\.((\d*)xlarge|micro|small|medium|large)$/.exec(instanceClass) ?? [];
  if (size === "") return undefined;
  return size.endsWith("xlarge") ? 4 * Number(times || 1) : 2;
}

/** Seven days are free. https://aws.amazon.com/rds/performance-insights/pricing/ */
function isLongTerm({ performance_insights_retention_period: days }: JsonObject): boolean {
  return (number(days) ?? 7) > 7;
}
