import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway, type NatGatewayConfig } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable, type RouteTableConfig } from "@cdktf/provider-aws/lib/route-table";
import { Vpc, type VpcConfig } from "@cdktf/provider-aws/lib/vpc";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { requireAwsProvider } from "../shared/aws-provider";
import { AvailabilityZone } from "./availability-zone";
import { FlowLogs } from "./flow-logs";
import { subnetPlan } from "./subnet-plan";
import { VpcEndpoints, type InterfaceEndpoints } from "./vpc-endpoints";

/**
 * How the private subnets reach the internet.
 *
 * - `none`: not at all; pulling images and writing logs then requires `interfaceEndpoints: "fargate"`.
 * - `single`: one gateway in the first zone. If that zone fails, all zones lose internet access; traffic from
 *   the other zones is charged as cross-zone traffic.
 * - `onePerAz`: one gateway per zone, so a failure affects one zone only.
 * - `regional`: one gateway that AWS spreads over the zones in use. Requires hashicorp/aws 6.24.0.
 */
export type NatGateways = "none" | "single" | "onePerAz" | "regional";

/** First provider version whose `aws_nat_gateway` supports `availability_mode`. */
const REGIONAL_NAT_PROVIDER = "6.24.0";

export interface NetworkingProps {
  readonly names: Names;
  /** IPv4 network of the VPC, /16 to /22, for example `10.0.0.0/16`. */
  readonly vpcCidr: string;
  /** Letters of the availability zones: two or more, distinct, from a to f. */
  readonly availabilityZones: readonly string[];
  readonly natGateways: NatGateways;
  /** @default "none" */
  readonly interfaceEndpoints?: InterfaceEndpoints;
  /** Retention of the flow logs in days; a value that CloudWatch Logs supports, for example 30. */
  readonly flowLogRetentionDays: number;
}

/**
 * A VPC with three tiers of subnets in each availability zone: public for load balancers and NAT gateways,
 * private for tasks, isolated for databases (no route to or from the internet). It also creates an internet
 * gateway, the NAT gateways, endpoints and flow logs, and removes all rules from the default security group.
 *
 * Cost in us-east-1: $0.045 per hour and $0.045 per GB for a NAT gateway, plus $0.005 per hour for its public
 * address, so $36.50 per gateway and month of 730 hours (https://aws.amazon.com/vpc/pricing/). The VPC, its
 * internet gateway and the S3 endpoint are free. For the rest, see `VpcEndpoints` and `FlowLogs`.
 *
 * Not included: IPv6, peering, custom network ACLs.
 *
 * @throws Error if {@link subnetPlan} rejects the network or the zones
 *
 * @example
 * new Networking(this, "networking", { names, vpcCidr: "10.0.0.0/16", availabilityZones: ["a", "b"], natGateways: "single", flowLogRetentionDays: 30 });
 */
export class Networking extends Construct {
  /** Id of the VPC (a token). */
  public readonly vpcId: string;
  public readonly vpcCidr: string;
  /** Ids of the subnets of each tier (tokens), in the order of the zones' letters. */
  public readonly publicSubnetIds: string[];
  public readonly privateSubnetIds: string[];
  public readonly isolatedSubnetIds: string[];
  /** Name of the flow logs' log group, known at synth. */
  public readonly flowLogGroupName: string;
  /**
   * Resources that a public subnet needs to reach the internet. Put them in the `dependsOn` of a load
   * balancer: the subnet ids alone do not make it wait for the routes.
   */
  public readonly publicConnectivity: ITerraformDependable[];
  /** The same for private subnets; for the `dependsOn` of a service whose tasks pull an image at start. */
  public readonly privateConnectivity: ITerraformDependable[];

  private readonly props: NetworkingProps;

  constructor(scope: Construct, id: string, props: NetworkingProps) {
    super(scope, id);
    this.props = props;
    const { names, vpcCidr, availabilityZones, interfaceEndpoints = "none" } = props;
    const plans = subnetPlan(vpcCidr, availabilityZones);

    const vpcConfig: VpcConfig = {
      cidrBlock: vpcCidr,
      // The private DNS names of interface endpoints require both.
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: names.prefix },
    };
    this.vpcId = new Vpc(this, "vpc", vpcConfig).id;
    this.vpcCidr = vpcCidr;
    // Terraform adopts the group that AWS creates with the VPC and removes its rules, so a resource launched
    // without a security group has no network access.
    new DefaultSecurityGroup(this, "default-security-group", {
      vpcId: this.vpcId,
      tags: { Name: `${names.prefix}-default-unused` },
    });
    const internetGateway = new InternetGateway(this, "internet-gateway", {
      vpcId: this.vpcId,
      tags: { Name: names.prefix },
    });

    const publicRouteTableId = this.routeTable("public");
    const isolatedRouteTableId = this.routeTable("isolated");
    const publicRoute = new Route(this, "public-internet-route", {
      routeTableId: publicRouteTableId,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: internetGateway.id,
    });

    const zones = plans.map(
      (plan) =>
        new AvailabilityZone(this, plan.letter, {
          names,
          vpcId: this.vpcId,
          plan,
          publicRouteTableId,
          isolatedRouteTableId,
        }),
    );
    this.publicSubnetIds = zones.map(({ publicSubnetId }) => publicSubnetId);
    this.privateSubnetIds = zones.map(({ privateSubnetId }) => privateSubnetId);
    this.isolatedSubnetIds = zones.map(({ isolatedSubnetId }) => isolatedSubnetId);
    const natRoutes = this.routePrivateSubnets(zones, internetGateway);

    const endpoints = new VpcEndpoints(this, "endpoints", {
      names,
      vpcId: this.vpcId,
      vpcCidr,
      routeTableIds: [...zones.map(({ privateRouteTableId }) => privateRouteTableId), isolatedRouteTableId],
      subnetIds: this.privateSubnetIds,
      interfaceEndpoints,
    });
    this.publicConnectivity = [publicRoute, ...zones.map(({ publicAssociation }) => publicAssociation)];
    this.privateConnectivity = [
      // A NAT gateway reaches the internet through the public subnets.
      ...(natRoutes.length > 0 ? this.publicConnectivity : []),
      ...natRoutes,
      ...zones.map(({ privateAssociation }) => privateAssociation),
      ...endpoints.dependables,
    ];

    this.flowLogGroupName = new FlowLogs(this, "flow-logs", {
      names,
      vpcId: this.vpcId,
      retentionDays: props.flowLogRetentionDays,
    }).logGroupName;
  }

  /** Creates the NAT gateways and, in each zone, a default route to one of them. */
  private routePrivateSubnets(
    zones: readonly AvailabilityZone[],
    internetGateway: InternetGateway,
  ): readonly Route[] {
    switch (this.props.natGateways) {
      case "none":
        return [];
      case "single": {
        const shared = zones[0]!.addNatGateway(internetGateway);
        return zones.map((zone) => zone.routePrivateTo(shared));
      }
      case "onePerAz":
        return zones.map((zone) => zone.routePrivateTo(zone.addNatGateway(internetGateway)));
      case "regional": {
        const regional = this.regionalNatGateway(internetGateway);
        return zones.map((zone) => zone.routePrivateTo(regional));
      }
    }
  }

  /** AWS allocates its addresses and extends it to each zone that has workloads. */
  private regionalNatGateway(internetGateway: InternetGateway): NatGateway {
    requireAwsProvider(this, REGIONAL_NAT_PROVIDER);
    const config: NatGatewayConfig = {
      availabilityMode: "regional",
      connectivityType: "public",
      vpcId: this.vpcId,
      tags: { Name: `${this.props.names.prefix}-nat` },
      dependsOn: [internetGateway],
    };
    return new NatGateway(this, "nat-gateway", config);
  }

  private routeTable(tier: string): string {
    const config: RouteTableConfig = {
      vpcId: this.vpcId,
      tags: { Name: `${this.props.names.prefix}-${tier}` },
    };
    return new RouteTable(this, `${tier}-route-table`, config).id;
  }
}
