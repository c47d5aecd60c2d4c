import { TerraformOutput } from "cdktf";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { Networking, type NetworkingProps } from "../../../modules/networking/networking";
import { testNames as names } from "../../support/names";
import { Template } from "../../support/template";

/** Synthesizes the outputs, and one resource that depends on each kind of connectivity. */
function outputs(props: Partial<NetworkingProps> = {}) {
  const template = Template.of((stack) => {
    const networking = new Networking(stack, "networking", {
      names,
      vpcCidr: "10.1.0.0/16",
      availabilityZones: ["b", "a"],
      natGateways: "single",
      flowLogRetentionDays: 30,
      ...props,
    });
    const values = {
      vpcId: networking.vpcId,
      vpcCidr: networking.vpcCidr,
      publicSubnetIds: networking.publicSubnetIds,
      privateSubnetIds: networking.privateSubnetIds,
      isolatedSubnetIds: networking.isolatedSubnetIds,
      flowLogGroupName: networking.flowLogGroupName,
    };
    for (const [id, value] of Object.entries(values)) new TerraformOutput(stack, id, { value });
    new Eip(stack, "public", { dependsOn: networking.publicConnectivity });
    new Eip(stack, "private", { dependsOn: networking.privateConnectivity });
  });
  const waits = (id: string): string[] =>
    template.byId("aws_eip")[id]!.depends_on.map((address: string) => address.replace(/_[0-9A-F]{8}$/, ""));
  return { template, waits };
}

const PUBLIC = [
  "aws_route.networking_public-internet-route",
  "aws_route_table_association.networking_a_public-route-table-association",
  "aws_route_table_association.networking_b_public-route-table-association",
];
const PRIVATE = [
  "aws_route_table_association.networking_a_private-route-table-association",
  "aws_route_table_association.networking_b_private-route-table-association",
  "aws_vpc_endpoint.networking_endpoints_s3",
];
const NAT_ROUTES = [
  "aws_route.networking_a_private-internet-route",
  "aws_route.networking_b_private-internet-route",
];

describe("networking outputs", () => {
  it("contain the VPC and the subnets of each tier, sorted by zone", () => {
    const { output = {} } = outputs().template.json;
    const values = Object.fromEntries(
      Object.entries(output).map(([id, { value }]) => [
        id,
        JSON.parse(JSON.stringify(value).replace(/_[0-9A-F]{8}\./g, ".")),
      ]),
    );
    expect(values).toEqual({
      vpcId: "${aws_vpc.networking_vpc.id}",
      vpcCidr: "10.1.0.0/16",
      publicSubnetIds: ["a", "b"].map((zone) => `\${aws_subnet.networking_${zone}_public-subnet.id}`),
      privateSubnetIds: ["a", "b"].map((zone) => `\${aws_subnet.networking_${zone}_private-subnet.id}`),
      isolatedSubnetIds: ["a", "b"].map((zone) => `\${aws_subnet.networking_${zone}_isolated-subnet.id}`),
      flowLogGroupName: "/automock-test/vpc-flow-logs",
    });
  });

  it("public connectivity is the route to the internet gateway", () =>
    expect(outputs().waits("public")).toEqual(PUBLIC));

  it.each(["single", "onePerAz", "regional"] as const)(
    "NAT %s: private connectivity is the route through the gateway",
    (natGateways) =>
      expect(outputs({ natGateways }).waits("private")).toEqual([...PUBLIC, ...NAT_ROUTES, ...PRIVATE]),
  );

  it("NAT none: private connectivity consists of the endpoints", () => {
    expect(outputs({ natGateways: "none" }).waits("private")).toEqual(PRIVATE);
    const fargate = outputs({ natGateways: "none", interfaceEndpoints: "fargate" }).waits("private");
    expect(fargate.slice(0, PRIVATE.length)).toEqual(PRIVATE);
    expect(fargate.slice(PRIVATE.length)).toEqual([
      "aws_vpc_security_group_ingress_rule.networking_endpoints_security-group_ingress_vpc",
      ...["ecr-api", "ecr-dkr", "kms", "logs", "secretsmanager", "ssm", "ssmmessages"].map(
        (key) => `aws_vpc_endpoint.networking_endpoints_${key}`,
      ),
    ]);
  });
});
