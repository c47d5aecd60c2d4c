import { overlaps, parseCidr } from "../contract/cidr";
import {
  largestPool,
  maxConnections,
  POSTGRES_MAJOR_VERSIONS,
  postgresVersionFault,
} from "../contract/postgres";
import type { Environment } from "./fields";
import type { CrossFieldFault, Rule } from "./rule";
import {
  allowListNarrow,
  namesHaveZones,
  sizeRuns,
  tasksInOrder,
  vpcSize,
  zonesDistinct,
} from "./section-rules";

type TaskApi = NonNullable<Environment["taskApi"]>;

/** RDS refuses to grow the storage by less. */
const LEAST_STORAGE_GROWTH = 1.1;

/** A rule of the Task API, skipped where an environment has none. */
function taskApiRule(
  reads: readonly string[],
  check: (taskApi: TaskApi, environment: Environment) => Iterable<CrossFieldFault>,
): Rule {
  return {
    reads: reads.map((field) => (field.startsWith(".") ? `taskApi${field}` : field)),
    *check(environment) {
      if (environment.taskApi) yield* check(environment.taskApi, environment);
    },
  };
}

const notEphemeral = taskApiRule(["ttlHours"], function* (_, { ttlHours }) {
  if (ttlHours !== undefined) {
    yield {
      path: ["taskApi"],
      allowed: "no taskApi in an environment with ttlHours: its database would be deleted with it",
      mend: "remove taskApi, or ttlHours",
    };
  }
});

const ownNetwork = taskApiRule([".network.vpcCidr", "network.vpcCidr"], function* (taskApi, { network }) {
  if (overlaps(parseCidr(taskApi.network.vpcCidr), parseCidr(network.vpcCidr))) {
    yield {
      path: ["taskApi", "network", "vpcCidr"],
      allowed: `a network that does not overlap ${network.vpcCidr}, AutoMock's`,
      mend: "give the Task API a VPC network of its own, for example 10.100.0.0/16",
    };
  }
});

const awsReachable = taskApiRule([".network"], function* ({ network }) {
  if (network.natGateways === "none" && network.interfaceEndpoints === "none") {
    yield {
      path: ["taskApi", "network", "natGateways"],
      allowed: 'a NAT gateway, or interfaceEndpoints: "fargate"',
      mend: "choose one: without either the tasks get neither image nor secret",
    };
  }
});

const scaleInBelow = taskApiRule([".scaling"], function* ({ scaling }) {
  const least = Math.min(scaling.cpuPercent, scaling.memoryPercent);
  if (scaling.scaleInPercent >= least) {
    yield {
      path: ["taskApi", "scaling", "scaleInPercent"],
      allowed: `less than ${least} percent, where tasks are added`,
      mend: "lower scaleInPercent: tasks would be added and removed at the same load",
    };
  }
});

const officeHoursSound = taskApiRule([".officeHours"], function* ({ officeHours }) {
  if (!officeHours) return;
  if (officeHours.startHour >= officeHours.endHour) {
    yield {
      path: ["taskApi", "officeHours", "endHour"],
      allowed: `an hour after ${officeHours.startHour} (startHour)`,
      mend: "raise endHour or lower startHour; hours over midnight are not possible",
    };
  }
  if (!isTimeZone(officeHours.timeZone)) {
    yield {
      path: ["taskApi", "officeHours", "timeZone"],
      allowed: "an IANA time zone such as Europe/Berlin or America/New_York",
      mend: "look the name up at https://www.iana.org/time-zones",
    };
  }
});

const versionIsMajor = taskApiRule([".database.majorVersion"], function* ({ database }) {
  const fault = postgresVersionFault(database.majorVersion);
  if (fault !== undefined) {
    yield {
      path: ["taskApi", "database", "majorVersion"],
      allowed: fault,
      mend: `write one of ${POSTGRES_MAJOR_VERSIONS.join(", ")}`,
    };
  }
});

const storageGrows = taskApiRule([".database"], function* ({ database }) {
  const least = Math.ceil(database.allocatedStorageGiB * LEAST_STORAGE_GROWTH);
  if (database.maxAllocatedStorageGiB < least) {
    yield {
      path: ["taskApi", "database", "maxAllocatedStorageGiB"],
      allowed: `at least ${least} GiB, 10 percent above allocatedStorageGiB`,
      mend: "raise maxAllocatedStorageGiB: a full disk stops the database",
    };
  }
});

const copiesElsewhere = taskApiRule([".database.copyBackupsTo", "region"], function* (taskApi, { region }) {
  if (taskApi.database.copyBackupsTo === region) {
    yield {
      path: ["taskApi", "database", "copyBackupsTo"],
      allowed: `another region than ${region}, where the database is`,
      mend: "name a second region, or remove copyBackupsTo",
    };
  }
});

const poolsFit = taskApiRule([".tasks", ".database"], function* ({ tasks, database }) {
  const { instanceClass, connectionPool } = database;
  const largest = largestPool(instanceClass, tasks.max);
  const path = ["taskApi", "database", "connectionPool"];
  if (connectionPool.maxOpen > largest) {
    yield {
      path: [...path, "maxOpen"],
      allowed: `at most ${largest}: ${instanceClass} takes about ${maxConnections(instanceClass)} connections, and a deployment runs ${tasks.max} tasks twice`,
      mend: "lower maxOpen or tasks.max, or take a larger instanceClass",
    };
  }
  if (connectionPool.maxIdle > connectionPool.maxOpen) {
    yield {
      path: [...path, "maxIdle"],
      allowed: `at most ${connectionPool.maxOpen} (maxOpen)`,
      mend: "lower maxIdle",
    };
  }
});

const prodIsSafe = taskApiRule(["name", ".network.natGateways", ".database"], function* (taskApi, { name }) {
  if (name !== "prod") return;
  const { network, database, officeHours } = taskApi;
  if (network.natGateways === "single") {
    yield {
      path: ["taskApi", "network", "natGateways"],
      allowed: '"onePerAz" or "regional" in prod',
      mend: 'write natGateways: "onePerAz": with one gateway the failure of an AZ takes the egress of all',
    };
  }
  if (!database.multiAz) {
    yield {
      path: ["taskApi", "database", "multiAz"],
      allowed: "true in prod",
      mend: "write multiAz: true: without a standby the failure of an AZ means a restore",
    };
  }
  if (officeHours) {
    yield {
      path: ["taskApi", "officeHours"],
      allowed: "no officeHours in prod",
      mend: "remove officeHours: production would be off at night",
    };
  }
});

export const TASK_API_RULES: readonly Rule[] = [
  notEphemeral,
  tasksInOrder("taskApi", 100),
  sizeRuns("taskApi"),
  allowListNarrow("taskApi", "apiAllowedCidrs", {
    openOverHttps: true,
    mend: "list the networks of the callers; 0.0.0.0/0 is possible only with a domain, over HTTPS",
  }),
  namesHaveZones("taskApi"),
  zonesDistinct(["taskApi", "network"], ({ taskApi }) => taskApi?.network),
  vpcSize(["taskApi", "network"], ({ taskApi }) => taskApi?.network),
  ownNetwork,
  awsReachable,
  scaleInBelow,
  officeHoursSound,
  versionIsMajor,
  storageGrows,
  copiesElsewhere,
  poolsFit,
  prodIsSafe,
];

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
