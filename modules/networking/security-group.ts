import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import type { SecurityGroupConfig } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { formatCidr, parseCidr } from "../../contract/cidr";
import type { Names } from "../../contract/names";

/** The other end of a rule: an IPv4 network, another security group, or an AWS-managed prefix list. */
export type Peer =
  { readonly cidr: string } | { readonly securityGroup: SecurityGroup } | { readonly prefixListId: string };

/** One allowed connection. */
export interface Rule {
  /** Shown in the console. Allowed are letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`. */
  readonly description: string;
  /** Destination port. */
  readonly port: number;
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
  readonly peer: Peer;
}

export interface SecurityGroupProps {
  readonly names: Names;
  /** Part of the group's name, for example `alb`. */
  readonly purpose: string;
  readonly vpcId: string;
  /**
   * What uses the group. Do not change it later: AWS cannot update it, so Terraform would replace the group.
   * Same allowed characters as in a rule's description.
   */
  readonly description: string;
}

/**
 * A security group that allows no traffic in either direction until a rule is added. Free of charge.
 *
 * Each rule is a separate resource. Inline rules conflict with separate ones, and changing one rewrites all.
 * AWS generates the name from a prefix, so that a replacement can be created while network interfaces still
 * use the old group.
 *
 * @example
 * const alb = new SecurityGroup(this, "alb-security-group", { names, purpose: "alb", vpcId, description: "Load balancer" });
 * alb.allowFrom("office", { description: "HTTPS", port: 443, peer: { cidr: "192.0.2.0/24" } });
 */
export class SecurityGroup extends Construct {
  /** Id of the group (a token). */
  public readonly securityGroupId: string;

  private readonly name: string;
  private readonly ingress: Construct;
  private readonly egress: Construct;

  constructor(scope: Construct, id: string, props: SecurityGroupProps) {
    super(scope, id);
    const { names, purpose, vpcId, description } = props;
    this.name = names.name("securityGroup", purpose);
    const config: SecurityGroupConfig = {
      namePrefix: `${this.name}-`,
      description: checkedDescription(description),
      vpcId,
      tags: { Name: this.name },
      lifecycle: { createBeforeDestroy: true },
    };
    this.securityGroupId = new AwsSecurityGroup(this, "security-group", config).id;
    this.ingress = new Construct(this, "ingress");
    this.egress = new Construct(this, "egress");
  }

  /**
   * Allows connections from the peer to members of this group.
   *
   * @param id stable key, unique among the ingress rules of this group; for a network, use {@link cidrKey}
   */
  public allowFrom(id: string, rule: Rule): VpcSecurityGroupIngressRule {
    return new VpcSecurityGroupIngressRule(this.ingress, id, this.ruleConfig(`from-${id}`, rule));
  }

  /**
   * Allows connections from members of this group to the peer.
   *
   * @param id stable key, unique among the egress rules of this group; for a network, use {@link cidrKey}
   */
  public allowTo(id: string, rule: Rule): VpcSecurityGroupEgressRule {
    return new VpcSecurityGroupEgressRule(this.egress, id, this.ruleConfig(`to-${id}`, rule));
  }

  private ruleConfig(suffix: string, { description, port, protocol = "tcp", peer }: Rule) {
    return {
      securityGroupId: this.securityGroupId,
      description: checkedDescription(description),
      ipProtocol: protocol,
      fromPort: port,
      toPort: port,
      ...peerConfig(peer),
      tags: { Name: `${this.name}-${suffix}` },
    };
  }
}

/** Construct id for a network: `10.0.0.0/8` becomes `10-0-0-0-8`. */
export function cidrKey(cidr: string): string {
  return formatCidr(parseCidr(cidr)).replace(/[./]/g, "-");
}

function peerConfig(peer: Peer) {
  if ("cidr" in peer) return { cidrIpv4: formatCidr(parseCidr(peer.cidr)) };
  if ("securityGroup" in peer) return { referencedSecurityGroupId: peer.securityGroup.securityGroupId };
  return { prefixListId: peer.prefixListId };
}

/**
 * AWS rejects other characters only during the apply.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
function checkedDescription(description: string): string {
  if (/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/.test(description)) return description;
  throw new Error(
    `Security group description "${description}" is invalid: use 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*`,
  );
}
