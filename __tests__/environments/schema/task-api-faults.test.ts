import { faultsOf } from "../../../environments/schema/faults";
import { prod } from "../../../environments/prod";
import { environmentSchema } from "../../../environments/schema/schema";
import { staging } from "../../../environments/staging";
import { ephemeralInput } from "../../support/environments";
import { spoil } from "../../support/spoil";

/** Each fault as `path | allowed | fix`. */
function faultsIn(value: unknown): string[] {
  const result = environmentSchema.safeParse(value);
  return result.success
    ? []
    : faultsOf("file", value, result.error.issues).map(({ path, allowed, fix }) =>
        [path, allowed, fix].join(" | "),
      );
}

it("Task API and notifications are optional", () => {
  const { taskApi, notifications } = environmentSchema.parse(ephemeralInput);
  expect(taskApi).toBeUndefined();
  expect(notifications).toEqual({ emails: [], webhooks: {} });
});

it("optional fields have defaults", () => {
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
  ["notifications.emails", ["nobody"], "notifications.emails.0 | an email address | use an allowed value"],
  ["notifications.webhooks", { chat: "http://x.example.com" }, "notifications.webhooks.chat | an https URL without a secret in it | use an allowed value"],
  ["taskApi.image", "latest", 'taskApi.image | a tag (not "latest") or digest in the ECR repository of this environment; omit it until the first image is pushed (no tasks run until then) | use an allowed value'],
  ["taskApi.tasks.max", 101, "taskApi.tasks.max | maximum number of tasks, 1 to 100 | use an allowed value"],
  ["taskApi.tasks.min", 4, "taskApi.tasks.max | a whole number from 4 (tasks.min) to 100 | raise tasks.max or lower tasks.min"],
  ["taskApi.size", { cpuUnits: 256, memoryMiB: 4096 }, "taskApi.size | Fargate does not support 4096 MiB with 256 CPU units; allowed with 256 units: 512, 1024, 2048 MiB | use an allowed pair"],
  ["taskApi.scaling.scaleInPercent", 80, "taskApi.scaling.scaleInPercent | less than 80 percent, the level at which tasks are added | lower scaleInPercent: tasks would be added and removed at the same load"],
  ["taskApi.officeHours.endHour", 8, "taskApi.officeHours.endHour | an hour after 8 (startHour) | raise endHour or lower startHour; office hours cannot span midnight"],
  ["taskApi.officeHours.timeZone", "Berlin", "taskApi.officeHours.timeZone | an IANA time zone such as Europe/Berlin or America/New_York | look up the name at https://www.iana.org/time-zones"],
  ["taskApi.network.vpcCidr", "10.1.128.0/20", "taskApi.network.vpcCidr | a network that does not overlap 10.1.0.0/16, automock's | give each system its own VPC network, for example 10.100.0.0/16"],
  ["taskApi.network.vpcCidr", "10.101.0.0/24", "taskApi.network.vpcCidr | a network from /16 (the largest VPC that AWS allows) to /22 (the smallest with large enough subnets for a load balancer) | use /16 unless addresses are scarce"],
  ["taskApi.network.availabilityZones", ["a", "a"], "taskApi.network.availabilityZones.1 | each AZ letter once | remove the repeated letter"],
  ["taskApi.network.natGateways", "none", 'taskApi.network.natGateways | a NAT gateway, or interfaceEndpoints: "fargate" | choose one; without either, tasks cannot get their image or secrets'],
  ["taskApi.apiAllowedCidrs", ["0.0.0.0/0"], "taskApi.apiAllowedCidrs.0 | a network from /8 to /32 | list the networks of the callers; 0.0.0.0/0 is allowed only with a domain (HTTPS)"],
  ["taskApi.domain", { name: "a.example.org", zones: ["example.com"] }, "taskApi.domain.name | a name in one of the zones example.com | add the hosted zone that holds a.example.org to domain.zones, or remove the name"],
  ["taskApi.database.majorVersion", "15.3", 'taskApi.database.majorVersion | PostgreSQL "15.3" pins a minor version, which RDS later retires and can then no longer create or restore; use a major version, one of 15, 16, 17, and RDS installs minor versions in the maintenance window | write one of 15, 16, 17'],
  ["taskApi.database.maxAllocatedStorageGiB", 21, "taskApi.database.maxAllocatedStorageGiB | at least 22 GiB, 10 percent above allocatedStorageGiB | raise maxAllocatedStorageGiB: the database stops when its disk is full"],
  ["taskApi.database.copyBackupsTo", "us-east-1", "taskApi.database.copyBackupsTo | a region other than us-east-1, where the database is | use a second region or remove copyBackupsTo"],
  ["taskApi.database.connectionPool.maxOpen", 25, "taskApi.database.connectionPool.maxOpen | at most 11: db.t3.micro accepts about 79 connections, and a deployment can run 3 old and 3 new tasks at once | lower maxOpen or tasks.max, or use a larger instanceClass"],
  ["taskApi.database.connectionPool.maxIdle", 9, "taskApi.database.connectionPool.maxIdle | at most 8 (maxOpen) | lower maxIdle"],
])("staging with %s %j", (path, given, fault) =>
  expect(faultsIn(spoil(staging, path, given))).toEqual([fault]),
); // prettier-ignore

it("prod and staging are valid", () => {
  expect(faultsIn(prod)).toEqual([]);
  expect(faultsIn(staging)).toEqual([]);
});

it.each([
  ["taskApi.network.natGateways", "single", 'taskApi.network.natGateways | "onePerAz" or "regional" in prod | write natGateways: "onePerAz": with one gateway, the failure of its AZ cuts off every AZ'],
  ["taskApi.database.multiAz", false, "taskApi.database.multiAz | true in prod | write multiAz: true: without a standby, the failure of an AZ requires a restore"],
  ["taskApi.officeHours", { timeZone: "UTC", startHour: 1, endHour: 2 }, "taskApi.officeHours | no officeHours in prod | remove officeHours: they would stop production at night"],
  ["taskApi.database.connectionPool", { maxOpen: 25, maxIdle: 10 }, "taskApi.database.connectionPool.maxOpen | at most 9: db.t3.small accepts about 192 connections, and a deployment can run 10 old and 10 new tasks at once | lower maxOpen or tasks.max, or use a larger instanceClass"],
])("prod with %s %j", (path, given, fault) =>
  expect(faultsIn(spoil(prod, path, given))).toEqual([fault]),
); // prettier-ignore

it("an ephemeral environment has no Task API", () =>
  expect(faultsIn({ ...ephemeralInput, taskApi: staging.taskApi })).toEqual([
    "taskApi | no taskApi in an environment with ttlHours: its database would be deleted with it | remove taskApi or ttlHours",
  ]));

describe("time zones must be IANA names", () => {
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
    ["+05:00", "look up the name at https://www.iana.org/time-zones"],
    ["asia/KOLKATA", expect.stringMatching(/^did you mean "Asia\/(Calcutta|Kolkata)"\?$/)],
  ])("%s is rejected", (name, fix) =>
    expect(zoned(name).map((fault) => fault.split(" | ").at(-1))).toEqual([fix]),
  );
});
