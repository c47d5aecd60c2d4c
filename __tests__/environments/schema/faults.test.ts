import { formatFault } from "../../../contract/fault";
import { faultsOf, show } from "../../../environments/schema/faults";
import { prod } from "../../../environments/prod";
import { environmentSchema } from "../../../environments/schema/schema";
import { ephemeralInput } from "../../support/environments";
import { spoil } from "../../support/spoil";

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
    ["name", "PR_1", "name", "lowercase letters, digits and single hyphens, starting with a letter, at most 16 characters", "use an allowed value"],
    ["name", "a".repeat(17), "name", "lowercase letters, digits and single hyphens, starting with a letter, at most 16 characters", "use an allowed value"],
    ["name", "a--b", "name", "lowercase letters, digits and single hyphens, starting with a letter, at most 16 characters", "use an allowed value"],
    ["owner", undefined, "owner", `team or person to contact, ${TAG_VALUE}`, "add it"],
    ["owner", "a\nb", "owner", `team or person to contact, ${TAG_VALUE}`, "use an allowed value"],
    ["costCenter", "R&D", "costCenter", `cost center to charge, ${TAG_VALUE}`, "use an allowed value"],
    ["accountId", 123456789012, "accountId", 'an AWS account id: a string of 12 digits, for example "111122223333"', 'write "123456789012"'],
    ["region", "us-east", "region", "an AWS region such as us-east-1", "use an allowed value"],
    ["ttlHours", "4h", "ttlHours", "time to live in whole hours, 1 to 168, only for ephemeral environments", "write only the number: 4"],
    ["ttlHours", 1.25, "ttlHours", "time to live in whole hours, 1 to 168, only for ephemeral environments", "use an allowed value"],
    ["ttlHours", 0, "ttlHours", "time to live in whole hours, 1 to 168, only for ephemeral environments", "use an allowed value"],
    ["ttlHours", 169, "ttlHours", "time to live in whole hours, 1 to 168, only for ephemeral environments", "use an allowed value"],
    ["locking", "none", "locking", 'state lock: "both", "dynamodb" (table) or "s3" (lock file)', "use an allowed value"],
    ["automock.logRetentionDays", 31, "automock.logRetentionDays", "log retention in days, one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653", "use an allowed value"],
    ["automock.network.vpcCidr", "10.0.0.1/16", "automock.network.vpcCidr", "the VPC's IPv4 network, /16 to /22, for example 10.0.0.0/16", "write 10.0.0.0/16"],
    ["automock.network.vpcCidr", "10.0.0.0", "automock.network.vpcCidr", "the VPC's IPv4 network, /16 to /22, for example 10.0.0.0/16", "use an allowed value"],
    ["automock.network.availabilityZones", ["a"], "automock.network.availabilityZones", '2 to 6 different AZ letters, for example ["a", "b"]', "use an allowed value"],
    ["automock.network.natGateways", "two", "automock.network.natGateways", '"none", "single" (about $33 per month), "onePerAz" (about $33 per month for each AZ) or "regional" (needs hashicorp/aws >= 6.24.0)', "use an allowed value"],
    ["iam", { path: "delivery" }, "iam.path", 'path of the roles, starting and ending with a slash, for example "/delivery/"; by default "/"', "use an allowed value"],
    ["iam", { permissionsBoundaryArn: "company" }, "iam.permissionsBoundaryArn", "ARN of the policy that every role must carry; by default one that the bootstrap stack creates", "use an allowed value"],
    ["iam", { permissionsBoundaryArn: "arn:aws:iam::999999999999:policy/company" }, "iam.permissionsBoundaryArn", "a policy of the account 123456789012 or of AWS", "name the policy of that account"],
    ["automock.imageVersion", "latest", "automock.imageVersion", "an exact MockServer version, X.Y.Z, 9.0.0 or newer", "use an allowed value"],
    ["automock.imageDigest", "sha256:12", "automock.imageDigest", "digest of the image, sha256:<64 hex digits>", "use an allowed value"],
    ["automock.size", "huge", "automock.size", '"small" (256/512), "medium" (512/1024), "large" (1024/2048), "xlarge" (2048/4096), or a pair { cpuUnits, memoryMiB } that Fargate runs', "use an allowed value"],
    ["automock.tasks.max", 201, "automock.tasks.max", "maximum number of tasks, 1 to 200", "use an allowed value"],
    ["automock.capacity", { spotAfter: -1 }, "automock.capacity.spotAfter", "number of on-demand tasks before Spot is used, 0 to 200", "use an allowed value"],
    ["automock.deployment", { strategy: "linear", bakeMinutes: 5, stepPercent: 2, stepBakeMinutes: 5 }, "automock.deployment.stepPercent", "percent of traffic shifted in each step, 3 to 100", "use an allowed value"],
    ["automock.deployment", { strategy: "bigBang" }, "automock.deployment.strategy", '{ strategy: "rolling" } (circuit breaker and rollback), or "blueGreen", "canary", "linear" with bake times in minutes (these need hashicorp/aws >= 6.21.0)', "use an allowed value"],
    ["automock.apiAllowedCidrs", [], "automock.apiAllowedCidrs", "1 to 20 IPv4 networks that may call the mocks, each /8 to /32; 0.0.0.0/0 is allowed with a domain", "use an allowed value"],
    ["automock.domain", { name: `${"a".repeat(60)}.example.com`, zones: ["example.com"] }, "automock.domain.name", "a lowercase domain name, at most 64 characters (ACM's limit for the first name)", "use an allowed value"],
    ["automock.waf", { requestsPer5Minutes: 9 }, "automock.waf.requestsPer5Minutes", "requests that one address may send in 5 minutes, 10 to 2000000000", "use an allowed value"],
    ["automock.waf", {}, "automock.waf.requestsPer5Minutes", "requests that one address may send in 5 minutes, 10 to 2000000000", "add it"],
    ["automock.scaling", { scaleInPercent: "40%" }, "automock.scaling.scaleInPercent", "load in percent below which tasks are removed, 1 to 99", "write only the number: 40"],
  ])("%s %j", (field, given, path, allowed, fix) => {
    const shown = path.startsWith(`${field}.`)
      ? (given as Record<string, unknown>)[path.slice(field.length + 1)]
      : given;
    expect(faultsIn(spoil(ephemeralInput, field, given))).toEqual([[path, show(shown), allowed, fix].join(" | ")]);
  }); // prettier-ignore

  it.each([
    ["cn-north-1", "aws-cn, China"],
    ["us-gov-west-1", "aws-us-gov, GovCloud"],
    ["eusc-de-east-1", "aws-eusc, European Sovereign Cloud"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["eu-isoe-west-1", "aws-iso-e"],
    ["us-isof-south-1", "aws-iso-f"],
    ["xx-north-1", "unknown"],
  ])("region %s of another partition is refused: %s", (region, partition) =>
    expect(faultsIn(spoil(ephemeralInput, "region", region))).toEqual([
      `region | "${region}" (partition ${partition}) | a region of the partition aws, such as us-east-1; no other partition is supported | use a region of the partition aws`,
    ]),
  );

  it.each(["us-west-2", "eu-south-2", "ap-southeast-7", "il-central-1", "mx-central-1", "me-central-1"])(
    "region %s is allowed",
    (region) => expect(faultsIn(spoil(ephemeralInput, "region", region))).toEqual([]),
  );

  it.each([
    ["memory", "remove it"],
    ["ttlHour", 'did you mean "ttlHours"?'],
    ["notification", 'did you mean "notifications"?'],
  ])("unknown key %s: %s", (key, fix) =>
    expect(faultsIn(spoil(ephemeralInput, key, 1))).toEqual([
      `${key} | "${key}" (unknown key) | one of name, owner, costCenter, accountId, region, ttlHours, locking, deletionProtection, notifications, delivery, iam, automock, taskApi, admin | ${fix}`,
    ]),
  );

  it("lists the kinds of trust", () =>
    expect(faultsIn(spoil(prod, "delivery", { apply: { kind: "gitlab" } }))).toEqual([
      'delivery.apply.kind | "gitlab" | who may apply the stacks of this environment: { kind: "gitHub", repository, environment }, { kind: "serviceAccount", oidcIssuer, namespace, serviceAccount } or { kind: "role", roleArn, externalId } | use an allowed value',
    ]));

  it("lists the known keys of the object with an unknown key", () =>
    expect(faultsIn(spoil(ephemeralInput, "automock.size", { cpuUnits: 256, memory: 512 }))).toEqual([
      "automock.size.memoryMiB | nothing | memory in MiB | add it",
      'automock.size.memory | "memory" (unknown key) | one of cpuUnits, memoryMiB | did you mean "memoryMiB"?',
    ]));
});

describe("several fields", () => {
  it.each([
    ["tasks min over max", spoil(ephemeralInput, "automock.tasks", { min: 5, max: 4 }),
      "automock.tasks.max | 4 | a whole number from 5 (tasks.min) to 200 | raise tasks.max or lower tasks.min"],
    ["more on demand than tasks", spoil(ephemeralInput, "automock.capacity", { spotAfter: 5 }),
      'automock.capacity.spotAfter | 5 | a whole number from 0 to 4 (tasks.max) | lower spotAfter or set capacity: "onDemand"'],
    ["impossible size", spoil(ephemeralInput, "automock.size", { cpuUnits: 256, memoryMiB: 4096 }),
      'automock.size | {"cpuUnits":256,"memoryMiB":4096} | Fargate does not support 4096 MiB with 256 CPU units; allowed with 256 units: 512, 1024, 2048 MiB | use an allowed pair'],
    ["unsafe MockServer", spoil(ephemeralInput, "automock.imageVersion", "7.4.0"),
      'automock.imageVersion | "7.4.0" | MockServer 7.4.0 allows remote code execution (GHSA-7pwj-xvc2-hfpc); use 9.0.0 or newer, 9.1.0 is recommended | use 9.1.0'],
    ["falling steps", spoil(ephemeralInput, "automock.scaling", { cpuSteps: [{ atLeast: 70, changePercent: 1 }, { atLeast: 60, changePercent: 1 }] }),
      "automock.scaling.cpuSteps.1.atLeast | 60 | more than 70, the previous step | sort the steps in ascending order"],
    ["step over 100 %", spoil(ephemeralInput, "automock.scaling", { memorySteps: [{ atLeast: 100, changePercent: 1 }] }),
      "automock.scaling.memorySteps.0.atLeast | 100 | percent of memory at which the step starts, 1 to 99 | use an allowed value"],
    ["scale in above scale out", spoil(ephemeralInput, "automock.scaling", { scaleInPercent: 80, memorySteps: [{ atLeast: 90, changePercent: 1 }] }),
      "automock.scaling.scaleInPercent | 80 | less than 70 percent, the first of cpuSteps | lower scaleInPercent: tasks would be added and removed at the same load"],
    ["ingress-allow-list-default: API open without a domain", spoil(ephemeralInput, "automock.apiAllowedCidrs", ["0.0.0.0/0"]),
      'automock.apiAllowedCidrs.0 | "0.0.0.0/0" | a network from /8 to /32 | list the networks of the callers; 0.0.0.0/0 is allowed only with a domain (HTTPS)'],
    ["half the internet, even with a domain", spoil(withDomain, "automock.apiAllowedCidrs", ["128.0.0.0/1"]),
      'automock.apiAllowedCidrs.0 | "128.0.0.0/1" | a network from /8 to /32 | list the networks of the callers; 0.0.0.0/0 is allowed only with a domain (HTTPS)'],
    ["control plane open, even with a domain", spoil(withDomain, "automock.controlPlaneAllowedCidrs", ["0.0.0.0/0"]),
      'automock.controlPlaneAllowedCidrs.0 | "0.0.0.0/0" | a network from /8 to /32 | list only the networks that manage expectations; the control plane can stop MockServer'],
    ["one network in another", spoil(ephemeralInput, "automock.apiAllowedCidrs", ["10.0.0.0/8", "10.1.0.0/16"]),
      'automock.apiAllowedCidrs.1 | "10.1.0.0/16" | networks that do not overlap; this one is inside 10.0.0.0/8 | remove one of them'],
    ["a network twice", spoil(ephemeralInput, "automock.apiAllowedCidrs", ["10.0.0.0/8", "10.0.0.0/8"]),
      'automock.apiAllowedCidrs.1 | "10.0.0.0/8" | networks that do not overlap; this one is inside 10.0.0.0/8 | remove one of them'],
    ["a name without zone", spoil(withDomain, "automock.domain.subjectAlternativeNames", ["*.notexample.com"]),
      'automock.domain.subjectAlternativeNames.0 | "*.notexample.com" | a name in one of the zones example.com | add the hosted zone that holds *.notexample.com to domain.zones, or remove the name'],
    ["an AZ twice", spoil(ephemeralInput, "automock.network.availabilityZones", ["a", "b", "a"]),
      'automock.network.availabilityZones.2 | "a" | each AZ letter once | remove the repeated letter'],
    ["no way to the images", spoil(ephemeralInput, "automock.network.natGateways", "none"),
      'automock.network.natGateways | "none" | "single", "onePerAz" or "regional" where AutoMock runs | write natGateways: "single": the images come from public.ecr.aws, which has no VPC endpoint'],
    ["VPC too large", spoil(ephemeralInput, "automock.network.vpcCidr", "10.0.0.0/15"),
      'automock.network.vpcCidr | "10.0.0.0/15" | a network from /16 (the largest VPC that AWS allows) to /22 (the smallest with large enough subnets for a load balancer) | use /16 unless addresses are scarce'],
    ["VPC too small", spoil(ephemeralInput, "automock.network.vpcCidr", "10.0.0.0/23"),
      'automock.network.vpcCidr | "10.0.0.0/23" | a network from /16 (the largest VPC that AWS allows) to /22 (the smallest with large enough subnets for a load balancer) | use /16 unless addresses are scarce'],
    ["protected and ephemeral", spoil(ephemeralInput, "deletionProtection", true),
      "deletionProtection | true | false in an environment with ttlHours | write deletionProtection: false, or remove ttlHours"],
    ["a pipeline for what goes by itself", spoil(ephemeralInput, "delivery", { apply: { kind: "role", roleArn: "a", externalId: "b" } }),
      'delivery | {"apply":{"kind":"role","roleArn":"a","externalId":"b"}} | no delivery in an environment with ttlHours: its roles would outlive it | remove delivery or ttlHours'],
    ["a firewall that the reaper would leave", spoil(ephemeralInput, "automock.waf", { requestsPer5Minutes: 2000 }),
      'automock.waf | {"requestsPer5Minutes":2000} | no waf in an environment with ttlHours | remove waf and list the callers\' networks in apiAllowedCidrs'],
    ["the mails' time zone where none are sent", spoil(prod, "notifications", { timeZone: "Europe/Berlin" }),
      'notifications.timeZone | "Europe/Berlin" | only in an environment with ttlHours: the messages about its end show local times | remove it'],
    ["the mails' time zone in lower case", spoil(ephemeralInput, "notifications", { timeZone: "europe/berlin" }),
      'notifications.timeZone | "europe/berlin" | an IANA time zone such as Europe/Berlin or America/New_York | did you mean "Europe/Berlin"?'],
    ["prod with a TTL", spoil(spoil(prod, "deletionProtection", true), "ttlHours", 4),
      "ttlHours | 4 | no ttlHours in prod: the reaper never deletes an environment of this name | remove ttlHours, or give the environment another name"],
    ["prod without protection", spoil(prod, "deletionProtection", false),
      "deletionProtection | false | true in prod | write deletionProtection: true"],
    ["prod with one NAT gateway", spoil(prod, "automock.network.natGateways", "single"),
      'automock.network.natGateways | "single" | "onePerAz" or "regional" in prod | write natGateways: "onePerAz": with one gateway, the failure of its AZ cuts off every AZ'],
    ["prod on Spot", spoil(prod, "automock.capacity", { spotAfter: 10 }),
      'automock.capacity | {"spotAfter":10} | "onDemand" in prod | write capacity: "onDemand": Spot tasks get only two minutes of notice'],
  ])("%s", (_, value, fault) => expect(faultsIn(value)).toContain(fault)); // prettier-ignore

  it.each([
    ["no system", spoil(spoil(prod, "automock", undefined), "taskApi", undefined),
      "automock | nothing | at least one of automock, taskApi, admin in an environment | add one of them"],
    ["nothing that a TTL may end", spoil(ephemeralInput, "automock", undefined),
      "automock | nothing | automock, in an environment with ttlHours | add automock or remove ttlHours"],
    ["two systems in one network", spoil(prod, "taskApi.network.vpcCidr", "10.0.128.0/20"),
      "taskApi.network.vpcCidr | \"10.0.128.0/20\" | a network that does not overlap 10.0.0.0/16, automock's | give each system its own VPC network, for example 10.100.0.0/16"],
  ])("%s is the only fault", (_, value, fault) => expect(faultsIn(value)).toEqual([fault])); // prettier-ignore

  it.each(["automock", "taskApi"])("an environment does not need %s", (section) =>
    expect(faultsIn(spoil(prod, section, undefined))).toEqual([]),
  );

  it("reports exactly one fault for one error", () => {
    expect(faultsIn(spoil(ephemeralInput, "automock.tasks", { min: 5, max: 4 }))).toHaveLength(1);
    expect(faultsIn(withDomain)).toEqual([]);
    expect(faultsIn(spoil(withDomain, "automock.apiAllowedCidrs", ["0.0.0.0/0"]))).toEqual([]);
    expect(faultsIn(spoil(ephemeralInput, "automock.imageVersion", "9.0.0"))).toEqual([]);
  });

  it("reports faults of single fields and between fields together", () => {
    const value = { ...spoil(ephemeralInput, "automock.tasks", { min: 5, max: 4 }), owner: "", surprise: 1 };
    expect(faultsIn(value).map((fault) => fault.split(" | ")[0])).toEqual([
      "owner",
      "surprise",
      "automock.tasks.max",
    ]);
  });

  it("skips rules across fields if a field is invalid", () =>
    expect(faultsIn(spoil(ephemeralInput, "automock.tasks", { min: 5, max: "4" }))).toHaveLength(1));
});

it("formats a fault in four lines", () =>
  expect(formatFault({ where: "f.json: a.b", given: "1", allowed: "2", fix: "3" })).toBe(
    "f.json: a.b\n  given:   1\n  allowed: 2\n  fix:     3",
  ));

it.each([
  [undefined, "nothing"],
  ["x", '"x"'],
  ["x".repeat(100), `"${"x".repeat(76)}...`],
])("shows %j", (value, text) => expect(show(value)).toBe(text));
