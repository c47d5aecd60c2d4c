import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { parseCidr } from "../../contract/cidr";
import type { Names } from "../../contract/names";
import { cidrKey, SecurityGroup } from "../networking/security-group";

/**
 * TLS 1.3 and 1.2 with forward secrecy and authenticated encryption only, plus hybrid post-quantum key
 * exchange for clients that offer it. AWS recommends it; the API's default is a policy of 2016.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
export const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

const HTTP = 80;
const HTTPS = 443;

export interface LoadBalancerProps {
  readonly names: Names;
  readonly vpcId: string;
  /** Public subnets, in at least two availability zones. */
  readonly subnetIds: readonly string[];
  /** IPv4 networks that may connect, at least one. */
  readonly allowedCidrs: readonly string[];
  /** Validated certificate. @default none: plain HTTP on port 80 */
  readonly certificateArn?: string;
  readonly accessLogs: {
    readonly bucketName: string;
    /** The bucket's policy: AWS writes a test object when the load balancer is created. */
    readonly ready: ITerraformDependable;
  };
  /** Protects the load balancer from deletion. Turning it off needs a separate apply before the deletion. */
  readonly deletionProtection: boolean;
  /** Resources that must exist first, for example `networking.publicConnectivity`. @default none */
  readonly dependsOn?: readonly ITerraformDependable[];
}

/**
 * A public application load balancer. Requests that match no listener rule get a 404. With a certificate it serves
 * HTTPS on port 443 and redirects from port 80; without one it serves HTTP on port 80.
 *
 * Cost: about $0.0225 per hour and $0.008 per LCU-hour in us-east-1
 * (https://aws.amazon.com/elasticloadbalancing/pricing/).
 *
 * @throws Error if `allowedCidrs` is empty or contains anything but IPv4 networks
 */
export class LoadBalancer extends Construct {
  /** ARN (a token). */
  public readonly loadBalancerArn: string;
  /** `app/<name>/<id>`, the `LoadBalancer` dimension of its metrics (a token). */
  public readonly arnSuffix: string;
  /** DNS name that AWS gave it (a token). */
  public readonly dnsName: string;
  /** Hosted zone of that DNS name, for alias records (a token). */
  public readonly zoneId: string;
  /** ARN of the listener that takes the traffic: rules belong to it (a token). */
  public readonly listenerArn: string;
  /** Scheme under which clients reach it. */
  public readonly scheme: "http" | "https";
  /** Its security group; services add where it may connect to. */
  public readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { names, certificateArn } = props;
    const cidrs = checkedCidrs(props.allowedCidrs);
    const name = names.name("loadBalancer");
    this.scheme = certificateArn === undefined ? "http" : "https";

    this.securityGroup = new SecurityGroup(this, "security-group", {
      names,
      purpose: "load-balancer",
      vpcId: props.vpcId,
      description: "Load balancer",
    });
    for (const port of certificateArn === undefined ? [HTTP] : [HTTP, HTTPS])
      for (const cidr of cidrs)
        this.securityGroup.allowFrom(`${port === HTTP ? "http" : "https"}-${cidrKey(cidr)}`, {
          description: ingressPurpose(port, certificateArn !== undefined),
          port,
          peer: { cidr },
        });
    const loadBalancer = new Lb(this, "load-balancer", {
      name,
      loadBalancerType: "application",
      internal: false,
      ipAddressType: "ipv4",
      subnets: [...props.subnetIds],
      securityGroups: [this.securityGroup.securityGroupId],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "strictest",
      enableDeletionProtection: props.deletionProtection,
      accessLogs: { bucket: props.accessLogs.bucketName, enabled: true },
      tags: { Name: name },
      dependsOn: [props.accessLogs.ready],
    });
    const http = new LbListener(this, "http", {
      loadBalancerArn: loadBalancer.arn,
      port: HTTP,
      protocol: "HTTP",
      defaultAction: certificateArn === undefined ? [notFound()] : [redirectToHttps()],
      tags: { Name: `${name}-http` },
    });
    const https =
      certificateArn === undefined
        ? undefined
        : new LbListener(this, "https", {
            loadBalancerArn: loadBalancer.arn,
            port: HTTPS,
            protocol: "HTTPS",
            sslPolicy: TLS_POLICY,
            certificateArn,
            defaultAction: [notFound()],
            tags: { Name: `${name}-https` },
          });
    this.loadBalancerArn = loadBalancer.arn;
    this.arnSuffix = loadBalancer.arnSuffix;
    this.dnsName = loadBalancer.dnsName;
    this.zoneId = loadBalancer.zoneId;
    this.listenerArn = (https ?? http).arn;
  }
}

function checkedCidrs(allowedCidrs: readonly string[]): readonly string[] {
  if (allowedCidrs.length === 0)
    throw new Error('allowedCidrs is empty; add at least one IPv4 network, for example "203.0.113.0/24"');
  allowedCidrs.forEach(parseCidr);
  return [...new Set(allowedCidrs)];
}

function ingressPurpose(port: number, certified: boolean): string {
  if (port === HTTPS) return "HTTPS from an allowed network";
  return certified ? "Redirect to HTTPS, for an allowed network" : "HTTP from an allowed network";
}

/** A default action that forwards would expose the service to paths without a rule. */
function notFound() {
  return {
    type: "fixed-response",
    fixedResponse: {
      contentType: "application/json",
      messageBody: '{"error":"not found"}',
      statusCode: "404",
    },
  };
}

function redirectToHttps() {
  return {
    type: "redirect",
    redirect: { port: String(HTTPS), protocol: "HTTPS", statusCode: "HTTP_301" },
  };
}
