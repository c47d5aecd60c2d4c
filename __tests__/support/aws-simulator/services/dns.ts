import type * as acm from "@aws-sdk/client-acm";
import type * as route53 from "@aws-sdk/client-route-53";
import { anywhere, operation, type Call, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { tagList } from "../world/entity";
import type { Certificate, HostedZone, RecordSet } from "../world/platform";
import type { World } from "../world/world";

/** Certificates and DNS. */

function certificateOf(world: World, arn: string | undefined): Certificate {
  const certificate = world.certificates.where((c) => c.arn === arn)[0];
  if (!certificate) {
    throw new AwsError("ResourceNotFoundException", `Could not find certificate ${arn}.`);
  }
  return certificate;
}

export const ACM: Operations = {
  ListCertificates: operation<acm.ListCertificatesCommandInput, acm.ListCertificatesCommandOutput>(
    anywhere("acm:ListCertificates"),
    (input, { world }) => {
      // Unless asked, only these.
      const kinds: readonly string[] = input.Includes?.keyTypes ?? ["RSA_1024", "RSA_2048"];
      const { items, next } = pageOf(
        world,
        world.certificates.where(({ keyAlgorithm }) => kinds.includes(keyAlgorithm)),
        (c) => c.id,
        input.NextToken,
        input.MaxItems,
      );
      return {
        CertificateSummaryList: items.map((c) => ({
          CertificateArn: c.arn,
          DomainName: c.domain,
          SubjectAlternativeNameSummaries: [c.domain],
        })),
        NextToken: next,
      };
    },
  ),
  DescribeCertificate: operation<acm.DescribeCertificateCommandInput, acm.DescribeCertificateCommandOutput>(
    (input) => ({ action: "acm:DescribeCertificate", resource: input.CertificateArn ?? "*" }),
    (input, { world }) => {
      const certificate = certificateOf(world, input.CertificateArn);
      const users = world.listeners.where((l) => l.certificateArn === certificate.arn);
      return {
        Certificate: {
          CertificateArn: certificate.arn,
          DomainName: certificate.domain,
          DomainValidationOptions: [
            {
              DomainName: certificate.domain,
              ResourceRecord: {
                Name: `${certificate.validation.name}.`,
                Type: "CNAME",
                Value: `${certificate.validation.value}.`,
              },
            },
          ],
          InUseBy: [...new Set(users.map((l) => l.loadBalancerArn))],
        },
      };
    },
  ),
  ListTagsForCertificate: operation<
    acm.ListTagsForCertificateCommandInput,
    acm.ListTagsForCertificateCommandOutput
  >(
    (input) => ({ action: "acm:ListTagsForCertificate", resource: input.CertificateArn ?? "*" }),
    (input, { world }) => ({ Tags: tagList(certificateOf(world, input.CertificateArn).tags) }),
  ),
  DeleteCertificate: operation<acm.DeleteCertificateCommandInput, acm.DeleteCertificateCommandOutput>(
    (input, world) => ({
      action: "acm:DeleteCertificate",
      resource: input.CertificateArn ?? "*",
      tags: world.certificates.where((c) => c.arn === input.CertificateArn)[0]?.tags ?? {},
    }),
    (input, { world, now }) => {
      const certificate = certificateOf(world, input.CertificateArn);
      const used = world.listeners.some((l) => l.certificateArn === certificate.arn);
      if (used || certificate.inUseUntil > now) {
        throw new AwsError("ResourceInUseException", `Certificate ${certificate.arn} is in use.`);
      }
      world.certificates.delete(certificate.id);
      return {};
    },
  ),
};

const bare = (id: string | undefined) => (id ?? "").replace("/hostedzone/", "");

function zoneOf(world: World, id: string | undefined): HostedZone {
  const zone = world.hostedZones.get(bare(id));
  if (!zone) throw new AwsError("NoSuchHostedZone", `No hosted zone found with ID: ${bare(id)}`, 404);
  return zone;
}

const shapeZone = (zone: HostedZone): route53.HostedZone => ({
  Id: `/hostedzone/${zone.id}`,
  Name: zone.name,
  CallerReference: zone.id,
});

function shapeRecord(record: RecordSet): route53.ResourceRecordSet {
  if (record.alias) {
    const { dnsName, zoneId } = record.alias;
    return {
      Name: record.name,
      Type: record.type as route53.RRType,
      AliasTarget: { DNSName: dnsName, HostedZoneId: zoneId, EvaluateTargetHealth: true },
    };
  }
  return {
    Name: record.name,
    Type: record.type as route53.RRType,
    TTL: record.ttl,
    ResourceRecords: record.values.map((Value) => ({ Value })),
  };
}

export const ROUTE_53: Operations = {
  ListHostedZones: operation<route53.ListHostedZonesCommandInput, route53.ListHostedZonesCommandOutput>(
    anywhere("route53:ListHostedZones"),
    (input, { world }) => {
      const { items, next } = pageOf(
        world,
        world.hostedZones.all(),
        (z) => z.id,
        input.Marker,
        input.MaxItems,
      );
      return {
        HostedZones: items.map(shapeZone),
        IsTruncated: next !== undefined,
        NextMarker: next,
        Marker: input.Marker,
        MaxItems: input.MaxItems ?? 100,
      };
    },
  ),
  GetHostedZone: operation<route53.GetHostedZoneCommandInput, route53.GetHostedZoneCommandOutput>(
    (input, world) => ({
      action: "route53:GetHostedZone",
      resource: world.arn("route53", `hostedzone/${bare(input.Id)}`),
    }),
    (input, { world }) => ({ HostedZone: shapeZone(zoneOf(world, input.Id)) }),
  ),
  ListResourceRecordSets: operation<
    route53.ListResourceRecordSetsCommandInput,
    route53.ListResourceRecordSetsCommandOutput
  >(
    (input, world) => ({
      action: "route53:ListResourceRecordSets",
      resource: world.arn("route53", `hostedzone/${bare(input.HostedZoneId)}`),
    }),
    (input, { world }) => {
      const zone = zoneOf(world, input.HostedZoneId);
      const key = (r: RecordSet) => `${r.name} ${r.type}`;
      const from = `${input.StartRecordName ?? ""} ${input.StartRecordType ?? ""}`;
      const found = world.records
        .where((r) => r.zoneId === zone.id && key(r) >= from.trimEnd())
        .sort((a, b) => (key(a) < key(b) ? -1 : 1));
      const size = Math.min(world.pageSize, input.MaxItems ?? 300);
      const next = found[size];
      return {
        ResourceRecordSets: found.slice(0, size).map(shapeRecord),
        IsTruncated: next !== undefined,
        ...(next && { NextRecordName: next.name, NextRecordType: next.type as route53.RRType }),
        MaxItems: size,
      };
    },
  ),
  ListTagsForResource: operation<
    route53.ListTagsForResourceCommandInput,
    route53.ListTagsForResourceCommandOutput
  >(
    (input, world) => ({
      action: "route53:ListTagsForResource",
      resource: world.arn("route53", `hostedzone/${bare(input.ResourceId)}`),
    }),
    (input, { world }) => ({
      ResourceTagSet: {
        ResourceType: "hostedzone",
        ResourceId: input.ResourceId,
        Tags: tagList(zoneOf(world, input.ResourceId).tags),
      },
    }),
  ),
  ChangeResourceRecordSets: operation<
    route53.ChangeResourceRecordSetsCommandInput,
    route53.ChangeResourceRecordSetsCommandOutput
  >(
    (input, world) => {
      const changes = input.ChangeBatch?.Changes ?? [];
      const each = (read: (change: route53.Change) => string | undefined) =>
        changes.map((change) => read(change) ?? "");
      return {
        action: "route53:ChangeResourceRecordSets",
        resource: world.arn("route53", `hostedzone/${bare(input.HostedZoneId)}`),
        context: {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": each((c) =>
            c.ResourceRecordSet?.Name?.toLowerCase().replace(/\.$/, ""),
          ),
          "route53:ChangeResourceRecordSetsActions": each((c) => c.Action),
          "route53:ChangeResourceRecordSetsRecordTypes": each((c) => c.ResourceRecordSet?.Type),
        },
      };
    },
    (input, call) => {
      zoneOf(call.world, input.HostedZoneId);
      const records = (input.ChangeBatch?.Changes ?? []).map((change) =>
        recordToDelete(change, input.HostedZoneId, call),
      );
      for (const record of records) call.world.records.delete(record.id);
      return { ChangeInfo: { Id: "C1", Status: "PENDING", SubmittedAt: new Date(call.now) } };
    },
  ),
};

/** A record goes only when every value is named exactly. */
function recordToDelete(change: route53.Change, zoneId: string | undefined, { world }: Call): RecordSet {
  const wanted = change.ResourceRecordSet!;
  const invalid = (why: string) =>
    new AwsError("InvalidChangeBatch", `Tried to delete resource record set ${why}`);
  if (change.Action !== "DELETE") throw new AwsError("InvalidInput", "only deletions are simulated");
  const found = world.records.where(
    (r) => r.zoneId === bare(zoneId) && r.name === wanted.Name && r.type === wanted.Type,
  )[0];
  if (!found) throw invalid(`[name='${wanted.Name}', type='${wanted.Type}'] but it was not found`);
  const shape = shapeRecord(found);
  const same =
    JSON.stringify([shape.TTL, shape.ResourceRecords, shape.AliasTarget]) ===
    JSON.stringify([wanted.TTL, wanted.ResourceRecords, wanted.AliasTarget]);
  if (!same) throw invalid("but the values provided do not match the current values");
  if (found.type === "NS" || found.type === "SOA") {
    throw new AwsError("InvalidChangeBatch", "A HostedZone must contain at least one NS and one SOA record");
  }
  return found;
}
