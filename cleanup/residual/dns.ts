import {
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from "@aws-sdk/client-route-53";
import { allPages } from "../aws/pages";
import type { Lister } from "./evidence";

/**
 * Records that point to a load balancer with the environment's name. It is deleted by now, and its DNS name is not a proof,
 * because the zone may serve another account with a load balancer of the same name.
 */
export const listRecords: Lister = async ({ clients: { route53 }, names }) => {
  const zones = await allPages(async (Marker) => {
    const page = await route53.send(new ListHostedZonesCommand({ Marker }));
    return { items: page.HostedZones, next: page.IsTruncated ? page.NextMarker : undefined };
  });
  const { region } = names;
  const ours = new RegExp(
    `^(dualstack\\.)?(internal-)?${names.name("loadBalancer")}-[0-9a-f]+\\.${region}\\.elb\\.amazonaws\\.com(\\.cn)?\\.?$`,
    "i",
  );
  const found: { type: string; id: string; similar: boolean }[] = [];
  for (const { Id: HostedZoneId } of zones) {
    const records = await allPages<ResourceRecordSet>(async (token) => {
      const start = token === undefined ? {} : (JSON.parse(token) as object);
      const page = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId, ...start }));
      const next = JSON.stringify({
        StartRecordName: page.NextRecordName,
        StartRecordType: page.NextRecordType,
        StartRecordIdentifier: page.NextRecordIdentifier,
      });
      return { items: page.ResourceRecordSets, next: page.IsTruncated ? next : undefined };
    });
    for (const { Name, Type, AliasTarget, ResourceRecords } of records) {
      const targets = [AliasTarget?.DNSName, ...(ResourceRecords ?? []).map(({ Value }) => Value)];
      if (!targets.some((target) => ours.test(target ?? ""))) continue;
      const zone = HostedZoneId!.replace("/hostedzone/", "");
      found.push({ type: "route53:record", id: `${Type} ${Name} in zone ${zone}`, similar: true });
    }
  }
  return found;
};
