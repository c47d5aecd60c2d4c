import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { AccessLogBucket } from "../access-logs/access-log-bucket";
import { LoadBalancer } from "../ecs/load-balancer";
import type { Networking } from "../networking/networking";
import { AliasRecords } from "../ssl/alias-records";
import { Certificate } from "../ssl/certificate";
import { Firewall, type FirewallProps } from "../waf/firewall";

/** Domain names of a service, served over HTTPS. */
export interface Domain {
  /** First name of the certificate, at most 64 characters. */
  readonly name: string;
  readonly subjectAlternativeNames: readonly string[];
  /** Public hosted zones of all these names. */
  readonly zones: readonly string[];
}

export interface EntranceProps {
  readonly names: Names;
  readonly networking: Networking;
  /** @default plain HTTP at the load balancer's own DNS name */
  readonly domain?: Domain;
  /** IPv4 networks that may connect, at least one. */
  readonly allowedCidrs: readonly string[];
  /** Limits how fast one address may send requests. @default no firewall */
  readonly waf?: Pick<FirewallProps, "requestsPer5Minutes">;
  /** Retention of the access logs. */
  readonly logRetentionDays: number;
  /** Protects the load balancer and its logs from deletion. */
  readonly deletionProtection: boolean;
  /** ARNs of topics to notify if a certificate is not renewed. @default none */
  readonly alarmActions?: readonly string[];
}

/**
 * A load balancer with access logs and, if there is a domain, a certificate and DNS records; with a firewall where one
 * is asked for.
 *
 * @throws Error if a name is in none of the zones, or `allowedCidrs` is empty
 */
export class Entrance extends Construct {
  public readonly loadBalancer: LoadBalancer;
  /** Base URL without a trailing slash (a token if there is no domain). */
  public readonly url: string;

  constructor(scope: Construct, id: string, props: EntranceProps) {
    super(scope, id);
    const { names, networking, domain, deletionProtection } = props;
    const certificate =
      domain &&
      new Certificate(this, "certificate", {
        names,
        domainName: domain.name,
        subjectAlternativeNames: domain.subjectAlternativeNames,
        zones: domain.zones,
        alarmActions: props.alarmActions,
      });
    this.loadBalancer = new LoadBalancer(this, "load-balancer", {
      names,
      vpcId: networking.vpcId,
      subnetIds: networking.publicSubnetIds,
      allowedCidrs: props.allowedCidrs,
      certificateArn: certificate?.certificateArn,
      accessLogs: new AccessLogBucket(this, "access-logs", {
        names,
        retentionDays: props.logRetentionDays,
        forceDestroy: !deletionProtection,
      }),
      deletionProtection,
      dependsOn: networking.publicConnectivity,
    });
    if (props.waf) {
      new Firewall(this, "firewall", {
        ...props.waf,
        names,
        loadBalancerArn: this.loadBalancer.loadBalancerArn,
      });
    }
    if (certificate) {
      new AliasRecords(this, "alias-records", {
        dnsNames: certificate.dnsNames,
        loadBalancerDnsName: this.loadBalancer.dnsName,
        loadBalancerZoneId: this.loadBalancer.zoneId,
      });
    }
    const host = domain ? hostOf(domain, names) : this.loadBalancer.dnsName;
    this.url = `${this.loadBalancer.scheme}://${host}`;
  }
}

/** A host that certificate and DNS records cover. In a wildcard name, `*` is replaced by a label. */
function hostOf({ name, subjectAlternativeNames }: Domain, names: Names): string {
  const host = [name, ...subjectAlternativeNames].find((one) => !one.startsWith("*."));
  return host ?? name.replace("*", names.prefix);
}
