import { z } from "zod";
import { INSTANCE_CLASS_MEMORY_GIB, type InstanceClass } from "../../contract/postgres";
import { cidrList, percent, region, serviceFields } from "./common-fields";

/** The fields of the Task API. docs/task-api.md explains the values. */

const hour = (text: string) => z.int().min(0).max(23).describe(`${text}, an hour from 0 to 23`);

const storage = (text: string) => z.int().min(20).max(65_536).describe(`${text} in GiB, 20 to 65536`);

const connections = (text: string) => z.int().min(1).max(1000).describe(`${text} per task, 1 to 1000`);

const database = z
  .strictObject({
    majorVersion: z.string().describe('a PostgreSQL major version, for example "15"'),
    instanceClass: z
      .enum(Object.keys(INSTANCE_CLASS_MEMORY_GIB) as [InstanceClass, ...InstanceClass[]])
      .describe(`an RDS instance class: ${Object.keys(INSTANCE_CLASS_MEMORY_GIB).join(", ")}`),
    allocatedStorageGiB: storage("storage"),
    maxAllocatedStorageGiB: storage("limit of storage autoscaling"),
    multiAz: z.boolean().describe("true for a standby in a second AZ, at twice the price"),
    backupRetentionDays: z.int().min(1).max(35).describe("backup retention in days, 1 to 35"),
    finalSnapshot: z
      .boolean()
      .default(true)
      .describe("true takes a snapshot when the database is deleted, and keeps it"),
    retainAutomatedBackups: z
      .boolean()
      .default(true)
      .describe("true keeps the automated backups of a deleted database until their retention ends"),
    copyBackupsTo: region.optional().describe("a second AWS region for copies of the backups"),
    insights: z
      .enum(["standard", "advanced"])
      .describe('"standard" (7 days, free) or "advanced" (15 months, charged per vCPU)'),
    connectionPool: z
      .strictObject({
        maxOpen: connections("maximum number of connections"),
        maxIdle: connections("maximum number of idle connections"),
      })
      .describe("{ maxOpen, maxIdle }: database connections per task"),
    snapshotIdentifier: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe("a snapshot to restore from; changing it replaces the database"),
  })
  .describe(
    "{ majorVersion, instanceClass, allocatedStorageGiB, maxAllocatedStorageGiB, multiAz, backupRetentionDays, finalSnapshot, retainAutomatedBackups, copyBackupsTo, insights, connectionPool, snapshotIdentifier }",
  );

export const taskApi = z
  .strictObject({
    image: z
      .string()
      .regex(/^(sha256:[0-9a-f]{64}|(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/)
      .optional()
      .describe(
        'a tag (not "latest") or digest in the ECR repository of this environment; omit it until the first image is pushed (no tasks run until then)',
      ),
    ...serviceFields(100),
    scaling: z
      .strictObject({
        cpuPercent: percent(2, 99).describe("CPU utilization in percent at which tasks are added, 2 to 99"),
        memoryPercent: percent(2, 99).describe(
          "memory utilization in percent at which tasks are added, 2 to 99",
        ),
        changePercent: percent(1, 1000)
          .default(50)
          .describe("percent of the running tasks to add, at least one task, 1 to 1000"),
        scaleInPercent: percent(1, 98)
          .default(40)
          .describe("CPU and memory utilization in percent below which tasks are removed, 1 to 98"),
      })
      .describe("{ cpuPercent, memoryPercent, changePercent, scaleInPercent }"),
    officeHours: z
      .strictObject({
        timeZone: z.string().describe("an IANA time zone such as Europe/Berlin"),
        startHour: hour("start"),
        endHour: hour("end"),
      })
      .optional()
      .describe("{ timeZone, startHour, endHour }: tasks run only during these hours, Monday to Friday"),
    apiAllowedCidrs: cidrList
      .min(1)
      .describe(
        "1 to 20 IPv4 networks that may call the API, each /8 to /32; 0.0.0.0/0 is allowed with a domain",
      ),
    database,
  })
  .describe("the Task API system of this environment");
