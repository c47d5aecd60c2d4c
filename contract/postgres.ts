/**
 * Major versions that RDS offers and that have years of support left.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
 */
export const POSTGRES_MAJOR_VERSIONS = ["15", "16", "17"] as const;

export type PostgresMajorVersion = (typeof POSTGRES_MAJOR_VERSIONS)[number];

/**
 * Memory of an instance class in GiB.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
 */
export const INSTANCE_CLASS_MEMORY_GIB = {
  "db.t3.micro": 1,
  "db.t3.small": 2,
  "db.t3.medium": 4,
  "db.t3.large": 8,
  "db.t4g.micro": 1,
  "db.t4g.small": 2,
  "db.t4g.medium": 4,
  "db.t4g.large": 8,
  "db.m7g.large": 8,
  "db.m7g.xlarge": 16,
  "db.m7g.2xlarge": 32,
  "db.r7g.large": 16,
  "db.r7g.xlarge": 32,
  "db.r7g.2xlarge": 64,
} as const;

export type InstanceClass = keyof typeof INSTANCE_CLASS_MEMORY_GIB;

/** Bytes per connection and maximum in RDS's default of `max_connections`. */
const BYTES_PER_CONNECTION = 9_531_392;
const MOST_CONNECTIONS = 5000;

/**
 * Memory that RDS and the operating system reserve, in MiB. It is not documented: 198 connections seen on 2 GiB and
 * about 85 on 1 GiB mean 250 MiB; the rest is a margin.
 */
const RESERVED_MEMORY_MIB = 300;

/** Three for superusers, two for RDS, five for people, migrations and tools. */
export const RESERVED_CONNECTIONS = 10;

/** Old and new tasks run side by side during a deployment. */
const TASKS_DURING_DEPLOYMENT = 2;

/**
 * Lower estimate of the connections that an instance class accepts with RDS's default,
 * `LEAST({DBInstanceClassMemory/9531392}, 5000)`.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
 */
export function maxConnections(instanceClass: InstanceClass): number {
  const bytes = INSTANCE_CLASS_MEMORY_GIB[instanceClass] * 2 ** 30 - RESERVED_MEMORY_MIB * 2 ** 20;
  return Math.min(Math.floor(bytes / BYTES_PER_CONNECTION), MOST_CONNECTIONS);
}

/** Largest pool per task with which all tasks can connect, even during a deployment. */
export function largestPool(instanceClass: InstanceClass, maxTasks: number): number {
  return Math.floor(
    (maxConnections(instanceClass) - RESERVED_CONNECTIONS) / (maxTasks * TASKS_DURING_DEPLOYMENT),
  );
}

/**
 * Why a version is not allowed, with the fix, or `undefined` if it is. Minor versions are not: RDS retires them after
 * about a year and can then no longer create or restore a database with them.
 */
export function postgresVersionFault(version: string): string | undefined {
  if ((POSTGRES_MAJOR_VERSIONS as readonly string[]).includes(version)) return undefined;
  const known = POSTGRES_MAJOR_VERSIONS.join(", ");
  const major = /^(\d+)\.\d/.exec(version)?.[1];
  return major === undefined
    ? `PostgreSQL "${version}" is not supported; use a major version: ${known}`
    : `PostgreSQL "${version}" pins a minor version, which RDS later retires and can then no longer create or restore; use a major version, one of ${known}, and RDS installs minor versions in the maintenance window`;
}
