import { faultsOf } from "../../environments/faults";
import { prod } from "../../environments/prod";
import { environmentSchema } from "../../environments/schema";
import { staging } from "../../environments/staging";
import { ephemeralInput } from "../support/environments";
import { spoil } from "../support/spoil";

/** Each fault as `path | allowed | fix`. */
function faultsIn(value: unknown): string[] {
  const result = environmentSchema.safeParse(value);
  return result.success
    ? []
    : faultsOf("file", value, result.error.issues).map(({ path, allowed, fix }) =>
        [path, allowed, fix].join(" | "),
      );
}

it("an environment may have no Task API, and no subscribers", () => {
  const { taskApi, notifications } = environmentSchema.parse(ephemeralInput);
  expect(taskApi).toBeUndefined();
  expect(notifications).toEqual({ emails: [], webhooks: {} });
});

it("what may be left out has a default", () => {
  const { taskApi } = environmentSchema.parse(spoil(prod, "taskApi.logRetentionDays", undefined));
  expect(taskApi?.logRetentionDays).toBe(30);
  expect(taskApi?.scaling).toEqual({
    cpuPercent: 70,
    memoryPercent: 80,
    changePercent: 50,
    scaleInPercent: 40,
  });
});

it.each([
  ["notifications.emails", ["nobody"], "notifications.emails.0 | an e-mail address | write one of the allowed values"],
  ["notifications.webhooks", { chat: "http://x.example.com" }, "notifications.webhooks.chat | an https URL without a secret in it | write one of the allowed values"],
  ["taskApi.image", "latest", 'taskApi.image | a tag (not "latest") or digest in the repository of the environment; left out until the first image is pushed, and no task runs | write one of the allowed values'],
  ["taskApi.tasks.max", 101, "taskApi.tasks.max | most running tasks, 1 to 100 | write one of the allowed values"],
  ["taskApi.tasks.min", 4, "taskApi.tasks.max | a whole number from 4 (tasks.min) to 100 | raise tasks.max or lower tasks.min"],
  ["taskApi.size", { cpuUnits: 256, memoryMiB: 4096 }, "taskApi.size | Fargate does not run 256 CPU units with 4096 MiB; allowed with 256 units are 512, 1024, 2048 MiB | take a pair of the list"],
  ["taskApi.scaling.scaleInPercent", 80, "taskApi.scaling.scaleInPercent | less than 80 percent, where tasks are added | lower scaleInPercent: tasks would be added and removed at the same load"],
  ["taskApi.officeHours.endHour", 8, "taskApi.officeHours.endHour | an hour after 8 (startHour) | raise endHour or lower startHour; hours over midnight are not possible"],
  ["taskApi.officeHours.timeZone", "Berlin", "taskApi.officeHours.timeZone | an IANA time zone such as Europe/Berlin or America/New_York | look the name up at https://www.iana.org/time-zones"],
  ["taskApi.network.vpcCidr", "10.1.128.0/20", "taskApi.network.vpcCidr | a network that does not overlap 10.1.0.0/16, automock's | give each system a VPC network of its own, for example 10.100.0.0/16"],
  ["taskApi.network.vpcCidr", "10.101.0.0/24", "taskApi.network.vpcCidr | a network from /16 (the largest VPC that AWS makes) to /22 (the smallest that gives a load balancer the subnets it needs) | take /16 unless addresses are scarce"],
  ["taskApi.network.availabilityZones", ["a", "a"], "taskApi.network.availabilityZones.1 | each AZ letter once | remove the repeated letter"],
  ["taskApi.network.natGateways", "none", 'taskApi.network.natGateways | a NAT gateway, or interfaceEndpoints: "fargate" | choose one: without either the tasks get neither image nor secret'],
  ["taskApi.apiAllowedCidrs", ["0.0.0.0/0"], "taskApi.apiAllowedCidrs.0 | a network from /8 to /32 | list the networks of the callers; 0.0.0.0/0 is possible only with a domain, over HTTPS"],
  ["taskApi.domain", { name: "a.example.org", zones: ["example.com"] }, "taskApi.domain.name | a name in one of the zones example.com | add the hosted zone that holds a.example.org to domain.zones, or take the name out"],
  ["taskApi.database.majorVersion", "15.3", 'taskApi.database.majorVersion | PostgreSQL "15.3" pins a minor version, which RDS retires and then refuses to create or restore; write the major alone, one of 15, 16, 17, and RDS installs the minors in the maintenance window | write one of 15, 16, 17'],
  ["taskApi.database.maxAllocatedStorageGiB", 21, "taskApi.database.maxAllocatedStorageGiB | at least 22 GiB, 10 percent above allocatedStorageGiB | raise maxAllocatedStorageGiB: a full disk stops the database"],
  ["taskApi.database.copyBackupsTo", "us-east-1", "taskApi.database.copyBackupsTo | another region than us-east-1, where the database is | name a second region, or remove copyBackupsTo"],
  ["taskApi.database.connectionPool.maxOpen", 25, "taskApi.database.connectionPool.maxOpen | at most 11: db.t3.micro takes about 79 connections, and a deployment runs 3 tasks twice | lower maxOpen or tasks.max, or take a larger instanceClass"],
  ["taskApi.database.connectionPool.maxIdle", 9, "taskApi.database.connectionPool.maxIdle | at most 8 (maxOpen) | lower maxIdle"],
])("staging with %s %j", (path, given, fault) =>
  expect(faultsIn(spoil(staging, path, given))).toEqual([fault]),
); // prettier-ignore

it("a database that grows, copies and sleeps nowhere is no fault: both files are right", () => {
  expect(faultsIn(prod)).toEqual([]);
  expect(faultsIn(staging)).toEqual([]);
});

it.each([
  ["taskApi.network.natGateways", "single", 'taskApi.network.natGateways | "onePerAz" or "regional" in prod | write natGateways: "onePerAz": with one gateway the failure of an AZ takes the egress of all'],
  ["taskApi.database.multiAz", false, "taskApi.database.multiAz | true in prod | write multiAz: true: without a standby the failure of an AZ means a restore"],
  ["taskApi.officeHours", { timeZone: "UTC", startHour: 1, endHour: 2 }, "taskApi.officeHours | no officeHours in prod | remove officeHours: production would be off at night"],
  ["taskApi.database.connectionPool", { maxOpen: 25, maxIdle: 10 }, "taskApi.database.connectionPool.maxOpen | at most 9: db.t3.small takes about 192 connections, and a deployment runs 10 tasks twice | lower maxOpen or tasks.max, or take a larger instanceClass"],
])("prod with %s %j", (path, given, fault) =>
  expect(faultsIn(spoil(prod, path, given))).toEqual([fault]),
); // prettier-ignore

it("an ephemeral environment has no Task API", () =>
  expect(faultsIn({ ...ephemeralInput, taskApi: staging.taskApi })).toEqual([
    "taskApi | no taskApi in an environment with ttlHours: its database would be deleted with it | remove taskApi, or ttlHours",
  ]));

describe("time zones are written as in the IANA database", () => {
  const zoned = (timeZone: string) => faultsIn(spoil(staging, "taskApi.officeHours.timeZone", timeZone));

  it.each([
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/Argentina/Buenos_Aires",
    "America/Port-au-Prince",
    "UTC",
  ])("%s", (name) => expect(zoned(name)).toEqual([]));

  it.each([
    ["europe/berlin", 'did you mean "Europe/Berlin"?'],
    ["EUROPE/BERLIN", 'did you mean "Europe/Berlin"?'],
    ["utc", 'did you mean "UTC"?'],
    ["+05:00", "look the name up at https://www.iana.org/time-zones"],
    ["asia/KOLKATA", expect.stringMatching(/^did you mean "Asia\/(Calcutta|Kolkata)"\?$/)],
  ])("%s is refused", (name, fix) =>
    expect(zoned(name).map((fault) => fault.split(" | ").at(-1))).toEqual([fix]),
  );
});
