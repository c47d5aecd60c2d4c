import { Construct } from "constructs";
import type { Names } from "../contract/names";
import type { SectionValues } from "../environments/systems";
import { AccessLogBucket } from "../modules/access-logs/access-log-bucket";
import { LoadBalancer } from "../modules/ecs/load-balancer";
import type { Networking } from "../modules/networking/networking";
import { AliasRecords } from "../modules/ssl/alias-records";
import { Certificate } from "../modules/ssl/certificate";

export interface EntranceProps {
  readonly names: Names;
  readonly networking: Networking;
  /** Construct that the load balancer lies in. */
  readonly ecs: Construct;
  readonly domain: SectionValues["domain"];
  readonly allowedCidrs: readonly string[];
  readonly logRetentionDays: number;
  readonly deletionProtection: boolean;
  /** Hears of a certificate that is not renewed. Default: nobody. */
  readonly alarmActions?: readonly string[];
}

/** A load balancer with its access logs and, with a domain, certificate and DNS records. */
export function entrance(stack: Construct, props: EntranceProps): LoadBalancer {
  const { names, networking, domain, logRetentionDays, deletionProtection } = props;
  const certificate =
    domain &&
    new Certificate(new Construct(stack, "ssl"), "certificate", {
      names,
      domainName: domain.name,
      subjectAlternativeNames: domain.subjectAlternativeNames,
      zones: domain.zones,
      alarmActions: props.alarmActions,
    });
  const loadBalancer = new LoadBalancer(props.ecs, "load-balancer", {
    names,
    vpcId: networking.vpcId,
    subnetIds: networking.publicSubnetIds,
    allowedCidrs: props.allowedCidrs,
    certificateArn: certificate?.certificateArn,
    accessLogs: new AccessLogBucket(stack, "access-logs", {
      names,
      retentionDays: logRetentionDays,
      forceDestroy: !deletionProtection,
    }),
    deletionProtection,
    dependsOn: networking.publicConnectivity,
  });
  if (certificate) {
    new AliasRecords(certificate.node.scope!, "alias-records", {
      dnsNames: certificate.dnsNames,
      loadBalancerDnsName: loadBalancer.dnsName,
      loadBalancerZoneId: loadBalancer.zoneId,
    });
  }
  return loadBalancer;
}
