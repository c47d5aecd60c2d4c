import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { AccessLogBucket } from "../access-logs/access-log-bucket";
import { LoadBalancer } from "../ecs/load-balancer";
import type { Networking } from "../networking/networking";
import { AliasRecords } from "../ssl/alias-records";
import { Certificate } from "../ssl/certificate";

/** Names under which clients reach a service over HTTPS. */
export interface Domain {
  /** First name of the certificate, 64 characters at most. */
  readonly name: string;
  readonly subjectAlternativeNames: readonly string[];
  /** Names of the public hosted zones that hold all these names. */
  readonly zones: readonly string[];
}

export interface EntranceProps {
  readonly names: Names;
  readonly networking: Networking;
  /** @default plain HTTP under the name that AWS gives the load balancer */
  readonly domain?: Domain;
  /** IPv4 networks that may connect, at least one. */
  readonly allowedCidrs: readonly string[];
  /** Days for which access logs are kept. */
  readonly logRetentionDays: number;
  /** Guards the load balancer and its logs against deletion. */
  readonly deletionProtection: boolean;
  /** ARNs of topics that hear of a certificate that is not renewed. @default nobody hears of it */
  readonly alarmActions?: readonly string[];
}

/**
 * Where the requests come in: a load balancer with its access logs and, with a domain, a certificate and DNS
 * records.
 *
 * @throws Error when a name lies in none of the zones, or `allowedCidrs` is empty
 */
export class Entrance extends Construct {
  public readonly loadBalancer: LoadBalancer;
  /** Where clients begin, without a slash at the end (a token without a domain). */
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

/** A host that the certificate and the DNS records cover. A wildcard is not a host, but any label below it is. */
function hostOf({ name, subjectAlternativeNames }: Domain, names: Names): string {
  const host = [name, ...subjectAlternativeNames].find((one) => !one.startsWith("*."));
  return host ?? name.replace("*", names.prefix);
}
