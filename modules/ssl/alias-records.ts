import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { DnsName } from "./certificate";

export interface AliasRecordsProps {
  /** Names to point at the load balancer, wildcards included; see `Certificate.dnsNames`. */
  readonly dnsNames: readonly DnsName[];
  /** DNS name of the load balancer. */
  readonly loadBalancerDnsName: string;
  /** Id of the AWS hosted zone that contains the load balancer's DNS name. */
  readonly loadBalancerZoneId: string;
}

/**
 * One alias A record per name, pointing at an Application Load Balancer. There are no AAAA records because the
 * load balancer has IPv4 addresses only. The apply fails if a record already exists, because someone else is
 * using the name.
 *
 * Cost: queries for aliases to a load balancer are free.
 */
export class AliasRecords extends Construct {
  constructor(scope: Construct, id: string, props: AliasRecordsProps) {
    super(scope, id);
    for (const { name, zoneId } of props.dnsNames)
      new Route53Record(this, name, {
        zoneId,
        name,
        type: "A",
        alias: {
          name: props.loadBalancerDnsName,
          zoneId: props.loadBalancerZoneId,
          // There is only one target, which Route 53 would return even if it were unhealthy.
          evaluateTargetHealth: false,
        },
      });
  }
}
