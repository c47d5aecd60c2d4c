import { environmentSchema } from "../../../environments/schema/schema";
import { faultsOf } from "../../../environments/schema/faults";
import { prod } from "../../../environments/prod";
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

const vpc = (vpcCidr: string) => spoil(ephemeralInput, "automock.network.vpcCidr", vpcCidr);

describe("the range of a VPC", () => {
  it.each(["127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "0.0.0.0/16", "8.8.0.0/16", "172.32.0.0/16"])(
    "%s is refused",
    (network) =>
      expect(faultsIn(vpc(network))).toEqual([
        "automock.network.vpcCidr | a private network, in one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 | use an unused network in 10.0.0.0/8, for example 10.100.0.0/16",
      ]),
  );

  it.each(["10.9.0.0/16", "172.31.0.0/16", "192.168.0.0/20", "100.64.0.0/16"])("%s is accepted", (network) =>
    expect(faultsIn(vpc(network))).toEqual([]),
  );
});

describe("addresses for the tasks", () => {
  const sized = (vpcCidr: string, max: number, rest: object = {}) => {
    const value = spoil(vpc(vpcCidr), "automock.tasks", { min: 1, max });
    return spoil(value, "automock.network", { ...value.automock.network, ...rest });
  };

  it("a /22 in two zones has 118, enough for 59 tasks during a deployment", () => {
    expect(faultsIn(sized("10.9.0.0/22", 59))).toEqual([]);
    expect(faultsIn(sized("10.9.0.0/22", 60))).toEqual([
      "automock.network.vpcCidr | a network with addresses for 60 tasks (tasks.max), twice that many during a deployment; a /22 in 2 AZs has room for 59 | use a /21, or lower tasks.max to 59",
    ]);
    expect(faultsIn(sized("10.9.0.0/22", 200))).toEqual([
      "automock.network.vpcCidr | a network with addresses for 200 tasks (tasks.max), twice that many during a deployment; a /22 in 2 AZs has room for 59 | use a /20, or lower tasks.max to 59",
    ]);
  });

  it("a third zone adds some, interface endpoints use some", () => {
    expect(faultsIn(sized("10.9.0.0/22", 88, { availabilityZones: ["a", "b", "c"] }))).toEqual([]);
    expect(faultsIn(sized("10.9.0.0/22", 52, { interfaceEndpoints: "fargate" }))).toEqual([]);
    expect(faultsIn(sized("10.9.0.0/22", 53, { interfaceEndpoints: "fargate" }))).toHaveLength(1);
  });
});

describe("zones of the region", () => {
  const inZones = (region: string, availabilityZones: string[]) =>
    spoil({ ...ephemeralInput, region }, "automock.network.availabilityZones", availabilityZones);

  it.each([
    ["us-east-1", ["e", "f"]],
    ["ap-northeast-1", ["a", "c"]],
    ["ca-central-1", ["a", "d"]],
    ["eu-south-2", ["b", "c"]],
  ])("%s has %j", (region, zones) => expect(faultsIn(inZones(region, zones))).toEqual([]));

  it("rejects a zone that the region does not have", () =>
    expect(faultsIn(inZones("eu-west-1", ["a", "d"]))).toEqual([
      "automock.network.availabilityZones.1 | an AZ of eu-west-1: a, b, c | use one of these letters or remove it",
    ]));
});

describe("allowed callers", () => {
  const PRIVATE =
    "at least one public network: the load balancer faces the internet and sees public addresses | list the public addresses that the callers use, for example those of their NAT gateways";

  it.each(["apiAllowedCidrs", "controlPlaneAllowedCidrs"])(
    "%s must not contain only private networks",
    (key) => {
      expect(faultsIn(spoil(ephemeralInput, `automock.${key}`, ["10.0.0.0/8", "192.168.0.0/16"]))).toEqual([
        `automock.${key} | ${PRIVATE}`,
      ]);
      expect(faultsIn(spoil(ephemeralInput, `automock.${key}`, ["10.0.0.0/8", "203.0.113.0/24"]))).toEqual(
        [],
      );
    },
  );

  const hosts = (count: number, third: number) =>
    Array.from({ length: count }, (_, i) => `203.0.${third}.${i}/32`);
  const lists = (input: typeof ephemeralInput, api: string[], control: string[]) =>
    spoil(spoil(input, "automock.apiAllowedCidrs", api), "automock.controlPlaneAllowedCidrs", control);
  const withDomain = spoil(ephemeralInput, "automock.domain", {
    name: "a.example.com",
    zones: ["example.com"],
  });

  it("must fit in a security group: 60 rules, two per network with a domain", () => {
    expect(faultsIn(lists(ephemeralInput, hosts(20, 113), hosts(20, 114)))).toEqual([]);
    expect(faultsIn(lists(withDomain, hosts(20, 113), hosts(10, 114)))).toEqual([]);
    expect(faultsIn(lists(withDomain, hosts(20, 113), hosts(20, 113)))).toEqual([]);
    expect(faultsIn(lists(withDomain, hosts(20, 113), hosts(11, 114)))).toEqual([
      "automock.apiAllowedCidrs | 30 different networks in apiAllowedCidrs and controlPlaneAllowedCidrs together, not 31: a security group has 60 rules, and each network needs two, for HTTP and HTTPS | combine adjacent networks into larger ones, or use the same networks in both lists",
    ]);
  });
});

describe("copies of backups", () => {
  const copied = (region: string, copyBackupsTo: string) =>
    faultsIn(spoil({ ...prod, region }, "taskApi.database.copyBackupsTo", copyBackupsTo)).filter((fault) =>
      fault.startsWith("taskApi.database"),
    );

  it.each([
    ["us-east-1", "us-west-2"],
    ["eu-central-1", "eu-west-3"],
    ["eu-south-2", "eu-central-1"],
  ])("%s to %s", (from, to) => expect(copied(from, to)).toEqual([]));

  it("rejects regions that RDS does not copy between", () =>
    expect(copied("eu-west-2", "us-west-2")).toEqual([
      "taskApi.database.copyBackupsTo | a region that RDS can copy backups to from eu-west-2: eu-central-1, eu-north-1, eu-west-1, eu-west-3, us-east-1 | use another region or remove copyBackupsTo",
    ]));

  it("rejects another partition", () => {
    const fault =
      "taskApi.database.copyBackupsTo | a region of the partition aws, such as us-east-1; no other partition is supported | use a region of the partition aws";
    expect(copied("us-east-1", "us-gov-west-1")).toEqual([fault]);
    expect(copied("eu-south-2", "us-gov-west-1")).toEqual([fault]);
  });
});
