import { VpcEndpoint, type VpcEndpointConfig } from "@cdktf/provider-aws/lib/vpc-endpoint";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { FARGATE_SERVICES } from "../../contract/fargate";
import type { Names } from "../../contract/names";
import { policyDocument } from "../shared/policy-document";
import { SecurityGroup } from "./security-group";

/** Which AWS services get an interface endpoint in the private subnets. */
export type InterfaceEndpoints = "none" | "fargate";

export interface VpcEndpointsProps {
  readonly names: Names;
  readonly vpcId: string;
  readonly vpcCidr: string;
  /** Route tables that use the gateway endpoint for S3. */
  readonly routeTableIds: readonly string[];
  /** Subnets of the interface endpoints. */
  readonly subnetIds: readonly string[];
  readonly interfaceEndpoints: InterfaceEndpoints;
}

/**
 * VPC endpoints: a gateway endpoint for S3, which is free, and optional interface endpoints.
 *
 * Cost of the interface endpoints in us-east-1: $0.01 per hour per endpoint and availability zone, plus $0.01
 * per GB (https://aws.amazon.com/privatelink/pricing/). Seven endpoints in two zones cost $102 per month, more
 * than a NAT gateway.
 */
export class VpcEndpoints extends Construct {
  /** All endpoints and their ingress rule, for `dependsOn`. */
  public readonly dependables: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: VpcEndpointsProps) {
    super(scope, id);
    const { names, vpcId, routeTableIds } = props;
    const s3Config: VpcEndpointConfig = {
      vpcId,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${names.region}.s3`,
      routeTableIds: [...routeTableIds],
      policy: s3EndpointPolicy(names),
      tags: { Name: `${names.prefix}-s3` },
    };
    const s3 = new VpcEndpoint(this, "s3", s3Config);
    this.dependables = [s3, ...(props.interfaceEndpoints === "fargate" ? this.addFargate(props) : [])];
  }

  private addFargate(props: VpcEndpointsProps): readonly ITerraformDependable[] {
    const { names, vpcId, vpcCidr, subnetIds } = props;
    const securityGroup = new SecurityGroup(this, "security-group", {
      names,
      purpose: "vpc-endpoints",
      vpcId,
      description: "Interface endpoints of AWS services",
    });
    const rule = securityGroup.allowFrom("vpc", {
      description: "HTTPS from the VPC",
      port: 443,
      peer: { cidr: vpcCidr },
    });
    const endpoints = Object.entries(FARGATE_SERVICES).map(([key, service]) => {
      const config: VpcEndpointConfig = {
        vpcId,
        vpcEndpointType: "Interface",
        serviceName: `com.amazonaws.${names.region}.${service}`,
        subnetIds: [...subnetIds],
        securityGroupIds: [securityGroup.securityGroupId],
        // The service's usual host name resolves to the endpoint, so tasks need no changes.
        privateDnsEnabled: true,
        tags: { Name: `${names.prefix}-${key}` },
      };
      return new VpcEndpoint(this, key, config);
    });
    return [rule, ...endpoints];
  }
}

/**
 * Allows the buckets of this account and the AWS-owned bucket with ECR's image layers:
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms
 *
 * A compromised task cannot copy data to another account's bucket in this region. In return, public buckets
 * of other accounts in this region cannot be read either, even with a NAT gateway, because S3 traffic always
 * uses the endpoint. To read one, override the policy of the endpoint `s3`.
 */
function s3EndpointPolicy(names: Names): string {
  return policyDocument([
    {
      sid: "OwnAccount",
      principals: { AWS: ["*"] },
      actions: ["s3:*"],
      // Identity and bucket policies restrict access further.
      resources: ["*"],
      conditions: { StringEquals: { "aws:ResourceAccount": [names.accountId] } },
    },
    {
      sid: "EcrLayers",
      principals: { AWS: ["*"] },
      actions: ["s3:GetObject"],
      resources: [names.bucketArn(`prod-${names.region}-starport-layer-bucket`, "*")],
    },
  ]);
}
