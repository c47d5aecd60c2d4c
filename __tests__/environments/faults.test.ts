import { formatFault } from "../../contract/fault";
import { faultsOf, show } from "../../environments/faults";
import { prod } from "../../environments/prod";
import { environmentSchema } from "../../environments/schema";
import { ephemeralInput } from "../support/environments";
import { spoil } from "../support/spoil";

const TAG_VALUE = "1 to 128 characters: letters, digits, spaces and + - = . _ : / @";

/** Each fault as `path | given | allowed | fix`. */
function faultsIn(value: unknown): string[] {
  const result = environmentSchema.safeParse(value);
  return result.success
    ? []
    : faultsOf("file", value, result.error.issues).map(({ path, given, allowed, fix }) =>
        [path, given, allowed, fix].join(" | "),
      );
}

const withDomain = spoil(ephemeralInput, "automock.domain", {
  name: "a.example.com",
  zones: ["example.com"],
});

describe("one field", () => {
  it.each([
    ["name", "PR_1", "name", "lower-case letters, digits and single hyphens, starting with a letter, 16 characters at most", "write one of the allowed values"],
    ["name", "a".repeat(17), "name", "lower-case letters, digits and single hyphens, starting with a letter, 16 characters at most", "write one of the allowed values"],
    ["name", "a--b", "name", "lower-case letters, digits and single hyphens, starting with a letter, 16 characters at most", "write one of the allowed values"],
    ["owner", undefined, "owner", `team or person to ask, ${TAG_VALUE}`, "add it"],
    ["owner", "a\nb", "owner", `team or person to ask, ${TAG_VALUE}`, "write one of the allowed values"],
    ["costCenter", "R&D", "costCenter", `who pays, ${TAG_VALUE}`, "write one of the allowed values"],
    ["accountId", 123456789012, "accountId", 'an AWS account id: a string of 12 digits, for example "111122223333"', 'write "123456789012"'],
    ["region", "us-east", "region", "an AWS region such as us-east-1", "write one of the allowed values"],
    ["ttlHours", "4h", "ttlHours", "time to live in whole hours, 1 to 168, in ephemeral environments only", "write the number alone: 4"],
    ["ttlHours", 1.25, "ttlHours", "time to live in whole hours, 1 to 168, in ephemeral environments only", "write one of the allowed values"],
    ["ttlHours", 0, "ttlHours", "time to live in whole hours, 1 to 168, in ephemeral environments only", "write one of the allowed values"],
    ["ttlHours", 169, "ttlHours", "time to live in whole hours, 1 to 168, in ephemeral environments only", "write one of the allowed values"],
    ["locking", "none", "locking", 'state lock: "both", "dynamodb" (table) or "s3" (lock file)', "write one of the allowed values"],
    ["automock.logRetentionDays", 31, "automock.logRetentionDays", "days that logs are kept, one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653", "write one of the allowed values"],
    ["automock.network.vpcCidr", "10.0.0.1/16", "automock.network.vpcCidr", "the VPC's IPv4 network, /16 to /22, for example 10.0.0.0/16", "write 10.0.0.0/16"],
    ["automock.network.vpcCidr", "10.0.0.0", "automock.network.vpcCidr", "the VPC's IPv4 network, /16 to /22, for example 10.0.0.0/16", "write one of the allowed values"],
    ["automock.network.availabilityZones", ["a"], "automock.network.availabilityZones", '2 to 6 different AZ letters, for example ["a", "b"]', "write one of the allowed values"],
    ["automock.network.natGateways", "two", "automock.network.natGateways", '"none", "single" (about $33 per month), "onePerAz" (that for each AZ) or "regional" (needs hashicorp/aws >= 6.24.0)', "write one of the allowed values"],
    ["automock.imageVersion", "latest", "automock.imageVersion", "an exact MockServer version, X.Y.Z, 7.4.1 or newer", "write one of the allowed values"],
    ["automock.imageDigest", "sha256:12", "automock.imageDigest", "digest of the image, sha256:<64 hex digits>", "write one of the allowed values"],
    ["automock.size", "huge", "automock.size", '"small" (256/512), "medium" (512/1024), "large" (1024/2048), "xlarge" (2048/4096), or a pair { cpuUnits, memoryMiB } that Fargate runs', "write one of the allowed values"],
    ["automock.tasks.max", 201, "automock.tasks.max", "most running tasks, 1 to 200", "write one of the allowed values"],
    ["automock.capacity", { spotAfter: -1 }, "automock.capacity.spotAfter", "tasks on demand before Spot, 0 to 200", "write one of the allowed values"],
    ["automock.deployment", { strategy: "linear", bakeMinutes: 5, stepPercent: 2, stepBakeMinutes: 5 }, "automock.deployment.stepPercent", "percent of the traffic moved with each step, 3 to 100", "write one of the allowed values"],
    ["automock.deployment", { strategy: "bigBang" }, "automock.deployment.strategy", '{ strategy: "rolling" } (circuit breaker and rollback), or "blueGreen", "canary", "linear" with bake times in minutes (these need hashicorp/aws >= 6.21.0)', "write one of the allowed values"],
    ["automock.apiAllowedCidrs", [], "automock.apiAllowedCidrs", "1 to 20 IPv4 networks that may call the mocks, each /8 to /32; with a domain also 0.0.0.0/0", "write one of the allowed values"],
    ["automock.domain", { name: `${"a".repeat(60)}.example.com`, zones: ["example.com"] }, "automock.domain.name", "a domain name in lower case, 64 characters at most (ACM's limit for the first name)", "write one of the allowed values"],
    ["automock.scaling", { scaleInPercent: "40%" }, "automock.scaling.scaleInPercent", "load in percent under which tasks are removed, 1 to 99", "write the number alone: 40"],
  ])("%s %j", (field, given, path, allowed, fix) => {
    const shown = path.startsWith(`${field}.`)
      ? (given as Record<string, unknown>)[path.slice(field.length + 1)]
      : given;
    expect(faultsIn(spoil(ephemeralInput, field, given))).toEqual([[path, show(shown), allowed, fix].join(" | ")]);
  }); // prettier-ignore

  it.each([
    ["memory", "remove it"],
    ["ttlHour", 'did you mean "ttlHours"?'],
    ["notification", 'did you mean "notifications"?'],
  ])("unknown key %s: %s", (key, fix) =>
    expect(faultsIn(spoil(ephemeralInput, key, 1))).toEqual([
      `${key} | "${key}" (a key that does not exist) | one of name, owner, costCenter, accountId, region, ttlHours, locking, deletionProtection, notifications, delivery, automock, taskApi | ${fix}`,
    ]),
  );

  it("says who may be trusted to apply", () =>
    expect(faultsIn(spoil(prod, "delivery", { apply: { kind: "gitlab" } }))).toEqual([
      'delivery.apply.kind | "gitlab" | who may apply the stacks of this environment: { kind: "gitHub", repository, environment }, { kind: "serviceAccount", oidcIssuer, namespace, serviceAccount } or { kind: "role", roleArn, externalId } | write one of the allowed values',
    ]));

  it("names the keys of the object that the unknown key is in", () =>
    expect(faultsIn(spoil(ephemeralInput, "automock.size", { cpuUnits: 256, memory: 512 }))).toEqual([
      "automock.size.memoryMiB | nothing | memory in MiB | add it",
      'automock.size.memory | "memory" (a key that does not exist) | one of cpuUnits, memoryMiB | did you mean "memoryMiB"?',
    ]));
});

describe("several fields", () => {
  it.each([
    ["tasks min over max", spoil(ephemeralInput, "automock.tasks", { min: 5, max: 4 }),
      "automock.tasks.max | 4 | a whole number from 5 (tasks.min) to 200 | raise tasks.max or lower tasks.min"],
    ["more on demand than tasks", spoil(ephemeralInput, "automock.capacity", { spotAfter: 5 }),
      'automock.capacity.spotAfter | 5 | a whole number from 0 to 4 (tasks.max) | lower spotAfter, or write capacity: "onDemand"'],
    ["impossible size", spoil(ephemeralInput, "automock.size", { cpuUnits: 256, memoryMiB: 4096 }),
      'automock.size | {"cpuUnits":256,"memoryMiB":4096} | Fargate does not run 256 CPU units with 4096 MiB; allowed with 256 units are 512, 1024, 2048 MiB | take a pair of the list'],
    ["unsafe MockServer", spoil(ephemeralInput, "automock.imageVersion", "7.4.0"),
      'automock.imageVersion | "7.4.0" | MockServer 7.4.0 can be made to run foreign code (GHSA-7pwj-xvc2-hfpc); use 7.4.1 or newer, best 9.1.0 | take 9.1.0'],
    ["falling steps", spoil(ephemeralInput, "automock.scaling", { cpuSteps: [{ atLeast: 70, changePercent: 1 }, { atLeast: 60, changePercent: 1 }] }),
      "automock.scaling.cpuSteps.1.atLeast | 60 | more than 70, the step before | write the steps from the lowest to the highest"],
    ["step over 100 %", spoil(ephemeralInput, "automock.scaling", { memorySteps: [{ atLeast: 100, changePercent: 1 }] }),
      "automock.scaling.memorySteps.0.atLeast | 100 | percent of memory from which the step applies, 1 to 99 | write one of the allowed values"],
    ["scale in above scale out", spoil(ephemeralInput, "automock.scaling", { scaleInPercent: 80, memorySteps: [{ atLeast: 90, changePercent: 1 }] }),
      "automock.scaling.scaleInPercent | 80 | less than 70 percent, the first of cpuSteps | lower scaleInPercent: tasks would be added and removed at the same load"],
    ["ingress-allow-list-default: API open without a domain", spoil(ephemeralInput, "automock.apiAllowedCidrs", ["0.0.0.0/0"]),
      'automock.apiAllowedCidrs.0 | "0.0.0.0/0" | a network from /8 to /32 | list the networks of the callers; 0.0.0.0/0 is possible only with a domain, over HTTPS'],
    ["half the internet, even with a domain", spoil(withDomain, "automock.apiAllowedCidrs", ["128.0.0.0/1"]),
      'automock.apiAllowedCidrs.0 | "128.0.0.0/1" | a network from /8 to /32 | list the networks of the callers; 0.0.0.0/0 is possible only with a domain, over HTTPS'],
    ["control plane open, even with a domain", spoil(withDomain, "automock.controlPlaneAllowedCidrs", ["0.0.0.0/0"]),
      'automock.controlPlaneAllowedCidrs.0 | "0.0.0.0/0" | a network from /8 to /32 | list the networks of those who manage expectations; the control plane can stop MockServer'],
    ["one network in another", spoil(ephemeralInput, "automock.apiAllowedCidrs", ["10.0.0.0/8", "10.1.0.0/16"]),
      'automock.apiAllowedCidrs.1 | "10.1.0.0/16" | networks that do not overlap; this one lies in 10.0.0.0/8 | remove one of the two'],
    ["a network twice", spoil(ephemeralInput, "automock.apiAllowedCidrs", ["10.0.0.0/8", "10.0.0.0/8"]),
      'automock.apiAllowedCidrs.1 | "10.0.0.0/8" | networks that do not overlap; this one lies in 10.0.0.0/8 | remove one of the two'],
    ["a name without zone", spoil(withDomain, "automock.domain.subjectAlternativeNames", ["*.notexample.com"]),
      'automock.domain.subjectAlternativeNames.0 | "*.notexample.com" | a name in one of the zones example.com | add the hosted zone that holds *.notexample.com to domain.zones, or take the name out'],
    ["an AZ twice", spoil(ephemeralInput, "automock.network.availabilityZones", ["a", "b", "a"]),
      'automock.network.availabilityZones.2 | "a" | each AZ letter once | remove the repeated letter'],
    ["no way to the images", spoil(ephemeralInput, "automock.network.natGateways", "none"),
      'automock.network.natGateways | "none" | "single", "onePerAz" or "regional" where AutoMock runs | write natGateways: "single": the images come from public.ecr.aws, which has no VPC endpoint'],
    ["VPC too large", spoil(ephemeralInput, "automock.network.vpcCidr", "10.0.0.0/15"),
      'automock.network.vpcCidr | "10.0.0.0/15" | a network from /16 (the largest VPC that AWS makes) to /22 (the smallest that gives a load balancer the subnets it needs) | take /16 unless addresses are scarce'],
    ["VPC too small", spoil(ephemeralInput, "automock.network.vpcCidr", "10.0.0.0/23"),
      'automock.network.vpcCidr | "10.0.0.0/23" | a network from /16 (the largest VPC that AWS makes) to /22 (the smallest that gives a load balancer the subnets it needs) | take /16 unless addresses are scarce'],
    ["protected and ephemeral", spoil(ephemeralInput, "deletionProtection", true),
      "deletionProtection | true | false in an environment with ttlHours | write deletionProtection: false, or remove ttlHours"],
    ["a pipeline for what goes by itself", spoil(ephemeralInput, "delivery", { apply: { kind: "role", roleArn: "a", externalId: "b" } }),
      'delivery | {"apply":{"kind":"role","roleArn":"a","externalId":"b"}} | no delivery in an environment with ttlHours: its roles would outlive it | remove delivery, or ttlHours'],
    ["prod with a TTL", spoil(spoil(prod, "deletionProtection", true), "ttlHours", 4),
      "ttlHours | 4 | no ttlHours in prod: it must never delete itself | remove ttlHours, or give the environment another name"],
    ["prod without protection", spoil(prod, "deletionProtection", false),
      "deletionProtection | false | true in prod | write deletionProtection: true"],
    ["prod with one NAT gateway", spoil(prod, "automock.network.natGateways", "single"),
      'automock.network.natGateways | "single" | "onePerAz" or "regional" in prod | write natGateways: "onePerAz": with one gateway the failure of an AZ takes the egress of all'],
    ["prod on Spot", spoil(prod, "automock.capacity", { spotAfter: 10 }),
      'automock.capacity | {"spotAfter":10} | "onDemand" in prod | write capacity: "onDemand": Spot tasks are stopped with two minutes notice'],
  ])("%s", (_, value, fault) => expect(faultsIn(value)).toContain(fault)); // prettier-ignore

  it.each([
    ["no system", spoil(spoil(prod, "automock", undefined), "taskApi", undefined),
      "automock | nothing | at least one of automock, taskApi in an environment | add one of them"],
    ["nothing that a TTL may end", spoil(ephemeralInput, "automock", undefined),
      "automock | nothing | automock, in an environment with ttlHours | add automock, or remove ttlHours"],
    ["two systems in one network", spoil(prod, "taskApi.network.vpcCidr", "10.0.128.0/20"),
      "taskApi.network.vpcCidr | \"10.0.128.0/20\" | a network that does not overlap 10.0.0.0/16, automock's | give each system a VPC network of its own, for example 10.100.0.0/16"],
  ])("%s is the only fault", (_, value, fault) => expect(faultsIn(value)).toEqual([fault])); // prettier-ignore

  it.each(["automock", "taskApi"])("an environment may be without %s", (section) =>
    expect(faultsIn(spoil(prod, section, undefined))).toEqual([]),
  );

  it("finds each of them and no other where only one thing is wrong", () => {
    expect(faultsIn(spoil(ephemeralInput, "automock.tasks", { min: 5, max: 4 }))).toHaveLength(1);
    expect(faultsIn(withDomain)).toEqual([]);
    expect(faultsIn(spoil(withDomain, "automock.apiAllowedCidrs", ["0.0.0.0/0"]))).toEqual([]);
    expect(faultsIn(spoil(ephemeralInput, "automock.imageVersion", "7.4.1"))).toEqual([]);
  });

  it("shows faults of single fields and between fields at once", () => {
    const value = { ...spoil(ephemeralInput, "automock.tasks", { min: 5, max: 4 }), owner: "", surprise: 1 };
    expect(faultsIn(value).map((fault) => fault.split(" | ")[0])).toEqual([
      "owner",
      "surprise",
      "automock.tasks.max",
    ]);
  });

  it("does not look between fields that are wrong in themselves", () =>
    expect(faultsIn(spoil(ephemeralInput, "automock.tasks", { min: 5, max: "4" }))).toHaveLength(1));
});

it("says a fault in four lines", () =>
  expect(formatFault({ where: "f.json: a.b", given: "1", allowed: "2", fix: "3" })).toBe(
    "f.json: a.b\n  given:   1\n  allowed: 2\n  fix:     3",
  ));

it.each([
  [undefined, "nothing"],
  ["x", '"x"'],
  ["x".repeat(100), `"${"x".repeat(76)}...`],
])("shows %j", (value, text) => expect(show(value)).toBe(text));
