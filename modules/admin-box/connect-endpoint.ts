import { Ec2InstanceConnectEndpoint } from "@cdktf/provider-aws/lib/ec2-instance-connect-endpoint";
import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { SSH_PORT, type AdminNames } from "../../contract/admin-box";

export interface ConnectEndpointProps {
  readonly names: AdminNames;
  readonly vpcId: string;
  readonly subnetId: string;
  /** Security group of the boxes. */
  readonly boxSecurityGroupId: string;
}

/**
 * The endpoint of EC2 Instance Connect, through which a shell opens when Session Manager's agent is late. Boxes accept
 * SSH from this endpoint alone. Free of charge; traffic from another zone costs $0.01 per GB.
 */
export class ConnectEndpoint extends Construct {
  /** ARN (a token). */
  public readonly endpointArn: string;

  constructor(scope: Construct, id: string, props: ConnectEndpointProps) {
    super(scope, id);
    const { names, vpcId, subnetId, boxSecurityGroupId } = props;
    const name = names.names.name("securityGroup", "connect");
    const securityGroupId = new AwsSecurityGroup(this, "security-group", {
      namePrefix: `${name}-`,
      description: "EC2 Instance Connect: out to admin boxes, nothing comes in",
      vpcId,
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    }).id;
    const ssh = { ipProtocol: "tcp", fromPort: SSH_PORT, toPort: SSH_PORT };
    new VpcSecurityGroupEgressRule(this, "to-boxes", {
      ...ssh,
      securityGroupId,
      description: "SSH to admin boxes",
      referencedSecurityGroupId: boxSecurityGroupId,
      tags: { Name: `${name}-to-boxes` },
    });
    new VpcSecurityGroupIngressRule(this, "from-endpoint", {
      ...ssh,
      securityGroupId: boxSecurityGroupId,
      description: "SSH from EC2 Instance Connect",
      referencedSecurityGroupId: securityGroupId,
      tags: { Name: `${name}-to-boxes` },
    });
    this.endpointArn = new Ec2InstanceConnectEndpoint(this, "endpoint", {
      subnetId,
      securityGroupIds: [securityGroupId],
      // Otherwise boxes would see the person's address, and their security group would have to let it in.
      preserveClientIp: false,
      tags: { Name: names.names.prefix },
    }).arn;
  }
}
