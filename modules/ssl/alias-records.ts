import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { DnsName } from "./certificate";

export interface AliasRecordsProps {
  /** Names to point at the load balancer, wildcards included; see `Certificate.dnsNames`. */
  readonly dnsNames: readonly DnsName[];
  /** DNS name of the load balancer. */
  readonly loadBalancerDnsName: string;
  /** Id of the hosted zone that AWS keeps the load balancer's name in (not one of ours). */
  readonly loadBalancerZoneId: string;
}

/**
 * An A alias per name that points at an Application Load Balancer. There is no AAAA, because the load
 * balancer has IPv4 addresses only. A record that exists already is not overwritten: the apply fails, since
 * the name is in use by someone else.
 *
 * Cost: queries of aliases to a load balancer are free.
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
          // There is one target: with nothing healthy behind it Route 53 would answer with it anyway.
          evaluateTargetHealth: false,
        },
      });
  }
}
