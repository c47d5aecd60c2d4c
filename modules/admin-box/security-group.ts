import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { AdminNames } from "../../contract/admin-box";

export interface BoxSecurityGroupProps {
  readonly names: AdminNames;
  /** @default the default VPC of the region */
  readonly vpcId?: string;
  /** What boxes may connect to beside HTTPS and DNS, by a stable name. */
  readonly reaches: Readonly<Record<string, { readonly securityGroupId: string; readonly port: number }>>;
}

/** Session Manager and package sources are HTTPS; names are resolved over both protocols. */
const OUT = [
  { key: "https", protocol: "tcp", port: 443 },
  { key: "dns-tcp", protocol: "tcp", port: 53 },
  { key: "dns-udp", protocol: "udp", port: 53 },
] as const;

/**
 * The security group of the boxes: no rule lets anyone in. Out go HTTPS and DNS, and what the settings name: those
 * groups get a rule that lets boxes in.
 */
export class BoxSecurityGroup extends Construct {
  /** Id (a token). */
  public readonly securityGroupId: string;

  constructor(scope: Construct, id: string, { names, vpcId, reaches }: BoxSecurityGroupProps) {
    super(scope, id);
    const name = names.names.name("securityGroup", "box");
    this.securityGroupId = new AwsSecurityGroup(this, "security-group", {
      namePrefix: `${name}-`,
      description: "Admin boxes: nothing comes in",
      vpcId,
      tags: { Name: name },
      lifecycle: { createBeforeDestroy: true },
    }).id;
    const egress = new Construct(this, "egress");
    const own = { securityGroupId: this.securityGroupId };
    for (const { key, protocol, port } of OUT) {
      new VpcSecurityGroupEgressRule(egress, key, {
        ...own,
        description: `${key} to anywhere`,
        ipProtocol: protocol,
        fromPort: port,
        toPort: port,
        cidrIpv4: "0.0.0.0/0",
        tags: { Name: `${name}-to-${key}` },
      });
    }
    const ingress = new Construct(this, "reached");
    for (const [key, { securityGroupId, port }] of Object.entries(reaches)) {
      const ports = { ipProtocol: "tcp", fromPort: port, toPort: port };
      const tags = { Name: `${name}-to-${key}` };
      new VpcSecurityGroupEgressRule(egress, key, {
        ...own,
        ...ports,
        description: `Admin boxes to ${key}`,
        referencedSecurityGroupId: securityGroupId,
        tags,
      });
      new VpcSecurityGroupIngressRule(ingress, key, {
        ...ports,
        securityGroupId,
        description: `Admin boxes to ${key}`,
        referencedSecurityGroupId: this.securityGroupId,
        tags,
      });
    }
  }
}
