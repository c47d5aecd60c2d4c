import {
  INSTANCE_CLASS_MEMORY_GIB,
  largestPool,
  maxConnections,
  postgresVersionFault,
  RESERVED_CONNECTIONS,
  type InstanceClass,
  type PostgresMajorVersion,
} from "../../contract/postgres";
import { wholeNumberFaults } from "../shared/faults";

/** The settings that {@link databaseFaults} checks. */
export interface DatabaseShape {
  /** Major version only; RDS installs minor versions in the maintenance window. */
  readonly majorVersion: PostgresMajorVersion;
  readonly instanceClass: InstanceClass;
  /** gp3 storage in GiB, 20 or more. It can grow but never shrink. */
  readonly allocatedStorageGiB: number;
  /** Limit for storage autoscaling in GiB; at least 10 % more than `allocatedStorageGiB`. */
  readonly maxAllocatedStorageGiB: number;
  /** Point-in-time recovery window in days, 1 to 35. */
  readonly backupRetentionDays: number;
  /** Retention of the exported logs, in days. */
  readonly logRetentionDays: number;
  /** The connections of all tasks must fit, even during a deployment, which runs every task twice. */
  readonly clients: { readonly maxTasks: number; readonly poolSize: number };
  /** Name of the database that RDS creates with the instance. */
  readonly databaseName: string;
}

/** gp3 storage limits for PostgreSQL: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
const LEAST_STORAGE_GIB = 20;
const MOST_STORAGE_GIB = 65_536;

/** RDS requires the storage limit to be at least this factor above the allocated storage. */
const LEAST_GROWTH = 1.1;

/** All faults of a database, each with the allowed values; empty if there are none. */
export function databaseFaults(props: DatabaseShape): readonly string[] {
  const { majorVersion, instanceClass, allocatedStorageGiB, maxAllocatedStorageGiB, clients } = props;
  const version = postgresVersionFault(majorVersion);
  return [
    ...(version === undefined ? [] : [version]),
    ...wholeNumberFaults(
      "allocatedStorageGiB",
      allocatedStorageGiB,
      LEAST_STORAGE_GIB,
      Math.floor(MOST_STORAGE_GIB / LEAST_GROWTH),
    ),
    ...wholeNumberFaults(
      "maxAllocatedStorageGiB",
      maxAllocatedStorageGiB,
      Math.ceil(allocatedStorageGiB * LEAST_GROWTH),
      MOST_STORAGE_GIB,
    ),
    ...wholeNumberFaults("backupRetentionDays", props.backupRetentionDays, 1, 35),
    ...wholeNumberFaults("logRetentionDays", props.logRetentionDays, 1, 3653),
    ...(/^[a-z][a-z0-9_]{0,62}$/.test(props.databaseName)
      ? []
      : [`databaseName is "${props.databaseName}"; write a letter, then letters, digits and underscores`]),
    ...(instanceClass in INSTANCE_CLASS_MEMORY_GIB
      ? connectionFaults(instanceClass, clients)
      : [
          `instanceClass is "${instanceClass}"; known are ${Object.keys(INSTANCE_CLASS_MEMORY_GIB).join(", ")}`,
        ]),
  ];
}

/** Without this check, an oversized pool would first fail during a deployment under load. */
function connectionFaults(
  instanceClass: InstanceClass,
  clients: DatabaseShape["clients"],
): readonly string[] {
  const { maxTasks, poolSize } = clients;
  const largest = largestPool(instanceClass, maxTasks);
  if (poolSize <= largest) return [];
  return [
    `${maxTasks} tasks with ${poolSize} connections each need ${2 * maxTasks * poolSize} during a deployment, which runs every task twice; ${instanceClass} allows about ${maxConnections(instanceClass)}, of which ${RESERVED_CONNECTIONS} are reserved. ` +
      (largest < 1
        ? "Take fewer tasks or a larger class"
        : `Lower the pool to ${largest}, or take fewer tasks or a larger class`),
  ];
}
