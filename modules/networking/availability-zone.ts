import { Eip, type EipConfig } from "@cdktf/provider-aws/lib/eip";
import type { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway, type NatGatewayConfig } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet, type SubnetConfig } from "@cdktf/provider-aws/lib/subnet";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import type { ZonePlan } from "./subnet-plan";

export interface AvailabilityZoneProps {
  readonly names: Names;
  readonly vpcId: string;
  readonly plan: ZonePlan;
  readonly publicRouteTableId: string;
  readonly isolatedRouteTableId: string;
}

/**
 * The subnets of one availability zone (public, private, isolated) and the route table of the private one.
 * Use the zone's letter as the construct id, so that the Terraform addresses do not depend on the other zones.
 */
export class AvailabilityZone extends Construct {
  /** Ids of the subnets (tokens). */
  public readonly publicSubnetId: string;
  public readonly privateSubnetId: string;
  public readonly isolatedSubnetId: string;
  /** Id of the private subnet's route table (a token). */
  public readonly privateRouteTableId: string;
  /** Route table associations, for `dependsOn`. */
  public readonly publicAssociation: RouteTableAssociation;
  public readonly privateAssociation: RouteTableAssociation;

  private readonly props: AvailabilityZoneProps;

  constructor(scope: Construct, id: string, props: AvailabilityZoneProps) {
    super(scope, id);
    this.props = props;
    const { plan, vpcId } = props;

    this.publicSubnetId = this.subnet("public", plan.publicCidr);
    this.privateSubnetId = this.subnet("private", plan.privateCidr);
    this.isolatedSubnetId = this.subnet("isolated", plan.isolatedCidr);

    this.privateRouteTableId = new RouteTable(this, "private-route-table", {
      vpcId,
      tags: { Name: this.nameOf("private") },
    }).id;
    this.publicAssociation = this.associate("public", this.publicSubnetId, props.publicRouteTableId);
    this.privateAssociation = this.associate("private", this.privateSubnetId, this.privateRouteTableId);
    this.associate("isolated", this.isolatedSubnetId, props.isolatedRouteTableId);
  }

  /** Adds a NAT gateway with an Elastic IP to the public subnet. For the cost, see `Networking`. */
  public addNatGateway(internetGateway: InternetGateway): NatGateway {
    const tags = { Name: this.nameOf("nat") };
    const eip: EipConfig = { domain: "vpc", tags, dependsOn: [internetGateway] };
    const config: NatGatewayConfig = {
      allocationId: new Eip(this, "nat-eip", eip).allocationId,
      connectivityType: "public",
      subnetId: this.publicSubnetId,
      tags,
      // Without an internet gateway in the VPC, AWS creates the NAT gateway and then reports it as failed.
      dependsOn: [internetGateway],
    };
    return new NatGateway(this, "nat-gateway", config);
  }

  /** Routes internet traffic of the private subnet through a NAT gateway, in this zone or another. */
  public routePrivateTo(natGateway: NatGateway): Route {
    return new Route(this, "private-internet-route", {
      routeTableId: this.privateRouteTableId,
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: natGateway.id,
    });
  }

  private nameOf(purpose: string): string {
    return `${this.props.names.prefix}-${purpose}-${this.props.plan.letter}`;
  }

  private subnet(tier: string, cidrBlock: string): string {
    const { vpcId, names, plan } = this.props;
    const config: SubnetConfig = {
      vpcId,
      cidrBlock,
      availabilityZone: `${names.region}${plan.letter}`,
      // Off in the public subnet too: the load balancer requests its public addresses itself.
      mapPublicIpOnLaunch: false,
      tags: { Name: this.nameOf(tier) },
    };
    return new Subnet(this, `${tier}-subnet`, config).id;
  }

  private associate(tier: string, subnetId: string, routeTableId: string): RouteTableAssociation {
    return new RouteTableAssociation(this, `${tier}-route-table-association`, { subnetId, routeTableId });
  }
}
