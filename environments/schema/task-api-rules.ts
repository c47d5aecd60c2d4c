import {
  largestPool,
  maxConnections,
  POSTGRES_MAJOR_VERSIONS,
  postgresVersionFault,
} from "../../contract/postgres";
import { otherBackupTargets } from "../../contract/regions";
import type { Environment } from "./fields";
import { networkRules } from "./network-rules";
import { timeZoneFaults, type CrossFieldFault, type Rule } from "./rule";
import { sectionRule, serviceRules } from "./section-rules";
import type { SectionValues } from "./systems";

type TaskApi = SectionValues<"taskApi">;

/** RDS requires the limit of storage autoscaling to be at least 10 % above the allocated storage. */
const LEAST_STORAGE_GROWTH = 1.1;

function taskApiRule(
  reads: readonly string[],
  check: (taskApi: TaskApi, environment: Environment) => Iterable<CrossFieldFault>,
): Rule {
  return sectionRule("taskApi", reads, check);
}

const notEphemeral = taskApiRule(["ttlHours"], function* (_, { ttlHours }) {
  if (ttlHours !== undefined) {
    yield {
      path: [],
      allowed: "no taskApi in an environment with ttlHours: its database would be deleted with it",
      fix: "remove taskApi or ttlHours",
    };
  }
});

const awsReachable = taskApiRule([".network"], function* ({ network }) {
  if (network.natGateways === "none" && network.interfaceEndpoints === "none") {
    yield {
      path: ["network", "natGateways"],
      allowed: 'a NAT gateway, or interfaceEndpoints: "fargate"',
      fix: "choose one; without either, tasks cannot get their image or secrets",
    };
  }
});

const scaleInBelow = taskApiRule([".scaling"], function* ({ scaling }) {
  const least = Math.min(scaling.cpuPercent, scaling.memoryPercent);
  if (scaling.scaleInPercent >= least) {
    yield {
      path: ["scaling", "scaleInPercent"],
      allowed: `less than ${least} percent, the level at which tasks are added`,
      fix: "lower scaleInPercent: tasks would be added and removed at the same load",
    };
  }
});

const officeHoursSound = taskApiRule([".officeHours"], function* ({ officeHours }) {
  if (!officeHours) return;
  if (officeHours.startHour >= officeHours.endHour) {
    yield {
      path: ["officeHours", "endHour"],
      allowed: `an hour after ${officeHours.startHour} (startHour)`,
      fix: "raise endHour or lower startHour; office hours cannot span midnight",
    };
  }
  yield* timeZoneFaults(["officeHours", "timeZone"], officeHours.timeZone);
});

const versionIsMajor = taskApiRule([".database.majorVersion"], function* ({ database }) {
  const fault = postgresVersionFault(database.majorVersion);
  if (fault !== undefined) {
    yield {
      path: ["database", "majorVersion"],
      allowed: fault,
      fix: `write one of ${POSTGRES_MAJOR_VERSIONS.join(", ")}`,
    };
  }
});

const storageGrows = taskApiRule([".database"], function* ({ database }) {
  const least = Math.ceil(database.allocatedStorageGiB * LEAST_STORAGE_GROWTH);
  if (database.maxAllocatedStorageGiB < least) {
    yield {
      path: ["database", "maxAllocatedStorageGiB"],
      allowed: `at least ${least} GiB, 10 percent above allocatedStorageGiB`,
      fix: "raise maxAllocatedStorageGiB: the database stops when its disk is full",
    };
  }
});

const copiesElsewhere = taskApiRule([".database.copyBackupsTo", "region"], function* (taskApi, { region }) {
  const { copyBackupsTo } = taskApi.database;
  if (copyBackupsTo === undefined) return;
  const others = otherBackupTargets(region, copyBackupsTo);
  if (copyBackupsTo === region) {
    yield {
      path: ["database", "copyBackupsTo"],
      allowed: `a region other than ${region}, where the database is`,
      fix: "use a second region or remove copyBackupsTo",
    };
  } else if (others) {
    yield {
      path: ["database", "copyBackupsTo"],
      allowed: `a region that RDS can copy backups to from ${region}: ${others.join(", ")}`,
      fix: "use another region or remove copyBackupsTo",
    };
  }
});

const poolsFit = taskApiRule([".tasks", ".database"], function* ({ tasks, database }) {
  const { instanceClass, connectionPool } = database;
  const largest = largestPool(instanceClass, tasks.max);
  const path = ["database", "connectionPool"];
  if (connectionPool.maxOpen > largest) {
    yield {
      path: [...path, "maxOpen"],
      allowed: `at most ${largest}: ${instanceClass} accepts about ${maxConnections(instanceClass)} connections, and a deployment can run ${tasks.max} old and ${tasks.max} new tasks at once`,
      fix: "lower maxOpen or tasks.max, or use a larger instanceClass",
    };
  }
  if (connectionPool.maxIdle > connectionPool.maxOpen) {
    yield {
      path: [...path, "maxIdle"],
      allowed: `at most ${connectionPool.maxOpen} (maxOpen)`,
      fix: "lower maxIdle",
    };
  }
});

const prodIsSafe = taskApiRule(["name", ".database", ".officeHours"], function* (taskApi, { name }) {
  if (name !== "prod") return;
  const { database, officeHours } = taskApi;
  if (!database.multiAz) {
    yield {
      path: ["database", "multiAz"],
      allowed: "true in prod",
      fix: "write multiAz: true: without a standby, the failure of an AZ requires a restore",
    };
  }
  if (officeHours) {
    yield {
      path: ["officeHours"],
      allowed: "no officeHours in prod",
      fix: "remove officeHours: they would stop production at night",
    };
  }
});

export const TASK_API_RULES: readonly Rule[] = [
  notEphemeral,
  ...serviceRules("taskApi", 100),
  ...networkRules("taskApi"),
  awsReachable,
  scaleInBelow,
  officeHoursSound,
  versionIsMajor,
  storageGrows,
  copiesElsewhere,
  poolsFit,
  prodIsSafe,
];
