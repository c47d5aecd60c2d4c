import type { Entity } from "./entity";

export interface Vpc extends Entity {
  readonly isDefault: boolean;
  readonly cidr: string;
}

export interface Subnet extends Entity {
  readonly vpcId: string;
  readonly zone: string;
}

export interface RouteTable extends Entity {
  readonly vpcId: string;
  readonly main: boolean;
  associations: { readonly id: string; readonly subnetId: string }[];
  routes: { readonly destination: string; readonly target: string }[];
}

export interface InternetGateway extends Entity {
  vpcId: string | undefined;
}

export interface NatGateway extends Entity {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly allocationId: string;
  readonly interfaceId: string;
  state: "available" | "deleting" | "deleted";
}

export interface Address extends Entity {
  readonly publicIp: string;
  associationId: string | undefined;
  interfaceId: string | undefined;
}

export interface VpcEndpoint extends Entity {
  readonly vpcId: string;
  readonly service: string;
  readonly type: "Gateway" | "Interface";
  readonly interfaceIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly routeTableIds: readonly string[];
  state: "available" | "deleting";
}

export interface NetworkInterface extends Entity {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  readonly interfaceType: string;
  readonly requesterManaged: boolean;
  readonly description: string;
  /** Mapped public address: it keeps the internet gateway attached. */
  readonly publicIp: string | undefined;
  status: "in-use" | "available";
}

export interface FlowLog extends Entity {
  readonly resourceId: string;
  readonly logGroup: string;
}

export interface SecurityGroupRule {
  readonly id: string;
  readonly egress: boolean;
  readonly protocol: string;
  readonly port: number;
  readonly cidr?: string;
  /** Another group that the rule refers to. */
  readonly group?: string;
}

export interface SecurityGroup extends Entity {
  readonly vpcId: string;
  readonly name: string;
  rules: SecurityGroupRule[];
}

export interface NetworkAcl extends Entity {
  readonly vpcId: string;
  readonly isDefault: boolean;
}
