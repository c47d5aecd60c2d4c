import { Networking, type NetworkingProps } from "../../../modules/networking/networking";
import { testNames as names } from "../../support/names";
import { Template } from "../../support/template";

const base: NetworkingProps = {
  names,
  vpcCidr: "10.0.0.0/16",
  availabilityZones: ["a", "b"],
  natGateways: "single",
  flowLogRetentionDays: 30,
};
const synth = (props: Partial<NetworkingProps> = {}) =>
  Template.of((stack) => new Networking(stack, "networking", { ...base, ...props }));

/** Address without the hash that cdktf appends, for example `aws_subnet.networking_a_public-subnet`. */
const plain = (address: string) => address.replace(/_[0-9A-F]{8}$/, "");
/** Construct id and attribute of a reference: `${aws_vpc.networking_vpc_7065E1BC.id}` is `networking_vpc.id`. */
const target = (reference: string) => reference.replace(/^\$\{\w+\.([\w-]+)_[0-9A-F]{8}\.(\w+)\}$/, "$1.$2");
/** One attribute of all resources of a type, by construct id without the hash. */
const attributes = (template: Template, type: string, attribute: string) =>
  Object.fromEntries(
    Object.entries(template.byId(type)).map(([id, resource]) => [plain(id), resource[attribute]]),
  );
const references = (template: Template, type: string, attribute: string) =>
  Object.fromEntries(
    Object.entries(attributes(template, type, attribute)).map(([id, value]) => [id, target(value)]),
  );

const COMMON = {
  aws_cloudwatch_log_group: 1,
  aws_default_security_group: 1,
  aws_flow_log: 1,
  aws_iam_role: 1,
  aws_iam_role_policy: 1,
  aws_internet_gateway: 1,
  aws_vpc: 1,
  aws_vpc_endpoint: 1,
};
const TWO_ZONES = { aws_route_table: 4, aws_route_table_association: 6, aws_subnet: 6 };
const THREE_ZONES = { aws_route_table: 5, aws_route_table_association: 9, aws_subnet: 9 };

describe("resources", () => {
  it.each([
    ["none, two zones", { natGateways: "none" }, { ...COMMON, ...TWO_ZONES, aws_route: 1 }],
    [
      "single, two zones",
      { natGateways: "single" },
      { ...COMMON, ...TWO_ZONES, aws_route: 3, aws_eip: 1, aws_nat_gateway: 1 },
    ],
    [
      "onePerAz, three zones",
      { natGateways: "onePerAz", availabilityZones: ["a", "b", "c"] },
      { ...COMMON, ...THREE_ZONES, aws_route: 4, aws_eip: 3, aws_nat_gateway: 3 },
    ],
    [
      "regional, three zones",
      { natGateways: "regional", availabilityZones: ["a", "b", "c"] },
      { ...COMMON, ...THREE_ZONES, aws_route: 4, aws_nat_gateway: 1 },
    ],
    [
      "none with the fargate endpoints, two zones",
      { natGateways: "none", interfaceEndpoints: "fargate" },
      {
        ...COMMON,
        ...TWO_ZONES,
        aws_route: 1,
        aws_security_group: 1,
        aws_vpc_endpoint: 8,
        aws_vpc_security_group_ingress_rule: 1,
      },
    ],
  ] as const)("NAT %s", (_, props, counts) => expect(synth(props).counts()).toEqual(counts));

  it("each taggable resource has a name", () => {
    const untaggable = new Set(["aws_iam_role_policy", "aws_route", "aws_route_table_association"]);
    const template = synth({ interfaceEndpoints: "fargate" });
    const unnamed = Object.entries(template.json.resource ?? {})
      .filter(([type]) => !untaggable.has(type))
      .flatMap(([type, byId]) =>
        Object.entries(byId)
          .filter(([, { tags }]) => !/automock-test/.test(tags?.Name ?? ""))
          .map(([id]) => `${type}.${id}`),
      );
    expect(unnamed).toEqual([]);
  });

  it("belong to the VPC", () => {
    const template = synth({ interfaceEndpoints: "fargate" });
    const inVpc = [
      "aws_default_security_group",
      "aws_flow_log",
      "aws_internet_gateway",
      "aws_route_table",
      "aws_security_group",
      "aws_subnet",
      "aws_vpc_endpoint",
    ].flatMap((type) => template.all(type));
    expect(inVpc).toHaveLength(1 + 1 + 1 + 4 + 1 + 6 + 8);
    for (const { vpc_id } of inVpc) expect(target(vpc_id)).toBe("networking_vpc.id");
  });
});

describe("VPC", () => {
  const template = synth();

  it("resolves its own names and those of endpoints", () =>
    expect(template.sole("aws_vpc")).toMatchObject({
      cidr_block: "10.0.0.0/16",
      enable_dns_hostnames: true,
      enable_dns_support: true,
      tags: { Name: "automock-test" },
    }));

  it("removes the rules of the default security group", () => {
    const group = template.sole("aws_default_security_group");
    expect(group).not.toHaveProperty("ingress");
    expect(group).not.toHaveProperty("egress");
  });

  it("rejects an invalid subnet plan", () =>
    expect(() => synth({ availabilityZones: ["a"] })).toThrow(
      new Error(
        "1 availability zone(s) given: name at least 2, because a load balancer needs subnets in two",
      ),
    ));
});

describe("availability zones", () => {
  it("have one subnet per tier according to the plan, none with public addresses by default", () => {
    const template = synth({ availabilityZones: ["b", "a"] });
    expect(attributes(template, "aws_subnet", "cidr_block")).toEqual({
      "networking_a_private-subnet": "10.0.0.0/20",
      "networking_a_public-subnet": "10.0.128.0/21",
      "networking_a_isolated-subnet": "10.0.192.0/21",
      "networking_b_private-subnet": "10.0.16.0/20",
      "networking_b_public-subnet": "10.0.136.0/21",
      "networking_b_isolated-subnet": "10.0.200.0/21",
    });
    for (const [id, zone] of Object.entries(attributes(template, "aws_subnet", "availability_zone")))
      expect(zone).toBe(`us-east-1${id.split("_")[1]}`);
    for (const subnet of template.all("aws_subnet")) expect(subnet.map_public_ip_on_launch).toBe(false);
  });

  it("removing one zone does not change the others", () => {
    const three = synth({ natGateways: "onePerAz", availabilityZones: ["a", "b", "c"] });
    const two = synth({ natGateways: "onePerAz", availabilityZones: ["a", "c"] });
    const gone = three.addresses().filter((address) => !two.addresses().includes(address));
    expect(gone.map(plain)).toEqual([
      "aws_eip.networking_b_nat-eip",
      "aws_nat_gateway.networking_b_nat-gateway",
      "aws_route.networking_b_private-internet-route",
      "aws_route_table.networking_b_private-route-table",
      "aws_route_table_association.networking_b_isolated-route-table-association",
      "aws_route_table_association.networking_b_private-route-table-association",
      "aws_route_table_association.networking_b_public-route-table-association",
      "aws_subnet.networking_b_isolated-subnet",
      "aws_subnet.networking_b_private-subnet",
      "aws_subnet.networking_b_public-subnet",
    ]);
    const changed = Object.entries(two.json.resource ?? {}).flatMap(([type, byId]) =>
      Object.entries(byId)
        .filter(([id, resource]) => JSON.stringify(resource) !== JSON.stringify(three.byId(type)[id]))
        .map(([id]) => plain(`${type}.${id}`)),
    );
    // Its list of route tables gets shorter, which is an update in place.
    expect(changed).toEqual(["aws_vpc_endpoint.networking_endpoints_s3"]);
  });

  it("can be given in any order", () =>
    expect(synth({ availabilityZones: ["b", "c", "a"] }).json.resource).toEqual(
      synth({ availabilityZones: ["a", "b", "c"] }).json.resource,
    ));
});

describe("routes", () => {
  const subnetsToTables = {
    "networking_a_public-route-table-association": "networking_public-route-table.id",
    "networking_a_private-route-table-association": "networking_a_private-route-table.id",
    "networking_a_isolated-route-table-association": "networking_isolated-route-table.id",
    "networking_b_public-route-table-association": "networking_public-route-table.id",
    "networking_b_private-route-table-association": "networking_b_private-route-table.id",
    "networking_b_isolated-route-table-association": "networking_isolated-route-table.id",
  };

  it("each subnet has the route table of its tier, private subnets that of their zone", () => {
    const template = synth();
    expect(references(template, "aws_route_table_association", "route_table_id")).toEqual(subnetsToTables);
    for (const [id, subnet] of Object.entries(
      references(template, "aws_route_table_association", "subnet_id"),
    ))
      expect(subnet).toBe(`${id.replace("-route-table-association", "-subnet")}.id`);
  });

  it.each([
    ["none", {}],
    [
      "single",
      {
        "networking_a_private-internet-route": "networking_a_nat-gateway.id",
        "networking_b_private-internet-route": "networking_a_nat-gateway.id",
      },
    ],
    [
      "onePerAz",
      {
        "networking_a_private-internet-route": "networking_a_nat-gateway.id",
        "networking_b_private-internet-route": "networking_b_nat-gateway.id",
      },
    ],
    [
      "regional",
      {
        "networking_a_private-internet-route": "networking_nat-gateway.id",
        "networking_b_private-internet-route": "networking_nat-gateway.id",
      },
    ],
  ] as const)("NAT %s: private subnets go out as told, isolated ones never", (natGateways, expected) => {
    const template = synth({ natGateways });
    const { "networking_public-internet-route": toInternet, ...toNat } = attributes(
      template,
      "aws_route",
      "nat_gateway_id",
    );
    expect(toInternet).toBeUndefined();
    expect(Object.fromEntries(Object.entries(toNat).map(([id, nat]) => [id, target(nat)]))).toEqual(expected);

    const tables = references(template, "aws_route", "route_table_id");
    expect(tables).toEqual({
      "networking_public-internet-route": "networking_public-route-table.id",
      ...Object.fromEntries(
        Object.keys(expected).map((id) => [
          id,
          `${id.replace("private-internet-route", "private-route-table")}.id`,
        ]),
      ),
    });
    for (const route of template.all("aws_route")) expect(route.destination_cidr_block).toBe("0.0.0.0/0");
    expect(target(attributes(template, "aws_route", "gateway_id")["networking_public-internet-route"])).toBe(
      "networking_internet-gateway.id",
    );
  });
});

describe("NAT gateways", () => {
  it("single: in the first zone by letter, with its own address", () => {
    const template = synth({ availabilityZones: ["c", "b"] });
    const nat = template.sole("aws_nat_gateway");
    expect(target(nat.subnet_id)).toBe("networking_b_public-subnet.id");
    expect(target(nat.allocation_id)).toBe("networking_b_nat-eip.allocation_id");
    expect(nat.connectivity_type).toBe("public");
    expect(template.sole("aws_eip").domain).toBe("vpc");
  });

  it("onePerAz: in the public subnet of each zone", () =>
    expect(references(synth({ natGateways: "onePerAz" }), "aws_nat_gateway", "subnet_id")).toEqual({
      "networking_a_nat-gateway": "networking_a_public-subnet.id",
      "networking_b_nat-gateway": "networking_b_public-subnet.id",
    }));

  it.each(["single", "onePerAz", "regional"] as const)("%s: wait for the internet gateway", (natGateways) => {
    const template = synth({ natGateways });
    for (const resource of [...template.all("aws_nat_gateway"), ...template.all("aws_eip")])
      expect(resource.depends_on.map(plain)).toEqual(["aws_internet_gateway.networking_internet-gateway"]);
  });

  it("regional: has a VPC instead of a subnet and an address", () => {
    const nat = synth({ natGateways: "regional" }).sole("aws_nat_gateway");
    expect(
      Object.keys(nat)
        .filter((key) => key !== "//")
        .sort(),
    ).toEqual(["availability_mode", "connectivity_type", "depends_on", "tags", "vpc_id"]);
    expect(nat).toMatchObject({ availability_mode: "regional", connectivity_type: "public" });
  });

  it.each([
    ["none", undefined],
    ["single", undefined],
    ["onePerAz", undefined],
    ["regional", ">= 6.24.0, < 7.0.0"],
  ] as const)("%s: provider bound raised to %s", (natGateways, bound) => {
    const { version } = synth({ natGateways }).json.terraform.required_providers.aws;
    if (bound === undefined) expect(version).not.toMatch(/^>= 6/);
    else expect(version).toBe(bound);
  });

  it("zonal strategies use only arguments that provider 5.100.0 supports", () => {
    for (const natGateways of ["single", "onePerAz"] as const)
      for (const nat of synth({ natGateways }).all("aws_nat_gateway"))
        for (const gated of ["availability_mode", "availability_zone_address", "vpc_id"])
          expect(nat).not.toHaveProperty(gated);
  });
});

describe("wiring", () => {
  const template = synth({ interfaceEndpoints: "fargate" });
  const endpoints = (kind: string) =>
    template.all("aws_vpc_endpoint").filter(({ vpc_endpoint_type }) => vpc_endpoint_type === kind);

  it("the S3 endpoint is in every private route table and the isolated one", () =>
    expect(endpoints("Gateway").map(({ route_table_ids }) => route_table_ids.map(target))).toEqual([
      [
        "networking_a_private-route-table.id",
        "networking_b_private-route-table.id",
        "networking_isolated-route-table.id",
      ],
    ]));

  it("interface endpoints are in the private subnets and allow the VPC", () => {
    expect(endpoints("Interface")).toHaveLength(7);
    for (const { subnet_ids } of endpoints("Interface"))
      expect(subnet_ids.map(target)).toEqual([
        "networking_a_private-subnet.id",
        "networking_b_private-subnet.id",
      ]);
    expect(template.sole("aws_vpc_security_group_ingress_rule").cidr_ipv4).toBe("10.0.0.0/16");
  });

  it("flow logs have the given retention", () =>
    expect(template.sole("aws_cloudwatch_log_group").retention_in_days).toBe(30));
});
