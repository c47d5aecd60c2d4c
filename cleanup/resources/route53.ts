import { DescribeCertificateCommand, type CertificateSummary } from "@aws-sdk/client-acm";
import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type RRType,
} from "@aws-sdk/client-route-53";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import { classify } from "../engine/classify";
import type { EnvScope } from "../engine/resource";
import { allCertificates, CERTIFICATE } from "./acm";
import { candidateLoadBalancers, LOAD_BALANCER } from "./elb";
import type { ResourceType } from "./resource-type";
import { arnHints, GONE, hintsOf, presentIf } from "./shared";

const RECORD = "route53:record";

/** Certificates by the value of the record that proves them, as {@link normalized}. */
type Validations = ReadonlyMap<string, ReadonlySet<string>>;

const record: ResourceType = {
  type: RECORD,
  terraform: ["aws_route53_record"],
  arns: [],
  handler: ({ read, write }) => ({
    async *list(env) {
      const hints = hintsOf(env, RECORD);
      const inState = new Map<string, ResourceRecordSet>();
      // By whole zone, so that environments that are deleted at the same time share the answer.
      const recordsOfZone = new Map<string, ResourceRecordSet[]>();
      const zoneRecords = async (zone: string) => {
        const records = recordsOfZone.get(zone) ?? (await unlessNotFound(() => recordsOf(read, zone))) ?? [];
        recordsOfZone.set(zone, records);
        return records;
      };
      for (const id of hints) {
        const { zone, name, type, set } = parseRecordId(id);
        const found = (await zoneRecords(zone)).find(
          (one) =>
            one.Type === type && one.SetIdentifier === set && normalized(one.Name) === normalized(name),
        );
        if (found) inState.set(id, found);
      }
      const own = arnHints(env, CERTIFICATE);
      const validations = await validationsOf(read, own, [...inState.values()].flatMap(provenName));
      for (const [id, found] of inState) {
        const users = [...(validations.get(targetOf(found) ?? "") ?? [])];
        const other = users.find((arn) => !own.includes(arn));
        const needed = other === undefined ? {} : { neededBy: `${CERTIFICATE} ${other}` };
        yield { type: RECORD, id, name: found.Name, tags: {}, ...builtInRecord(found), ...needed };
      }
      const owners = await targets(read, env, validations);
      if (owners.size === 0) return;
      const zones = await allPages(async (Marker) => {
        const page = await read.route53.send(new ListHostedZonesCommand({ Marker }));
        return { items: page.HostedZones, next: page.IsTruncated ? page.NextMarker : undefined };
      });
      for (const { Id } of zones) {
        const zone = Id!.replace("/hostedzone/", "");
        for (const found of await zoneRecords(zone)) {
          const partOf = owners.get(targetOf(found) ?? "");
          const id = recordId(zone, found);
          if (partOf !== undefined && !hints.includes(id))
            yield { type: RECORD, id, name: found.Name, tags: {}, partOf };
        }
      }
    },
    look: ({ id }) => presentIf(() => recordOf(read, id)),
    async remove({ id }) {
      const ResourceRecordSet = await recordOf(read, id); // AWS deletes only what is named with its exact values
      if (!ResourceRecordSet) return GONE;
      try {
        await write.route53.send(
          new ChangeResourceRecordSetsCommand({
            HostedZoneId: parseRecordId(id).zone,
            ChangeBatch: { Changes: [{ Action: "DELETE", ResourceRecordSet }] },
          }),
        );
      } catch (error) {
        // Deleted or changed since it was read: the next look decides.
        if (error instanceof Error && error.name === "InvalidChangeBatch") {
          return (await recordOf(read, id)) ? classify(error) : GONE;
        }
        throw error;
      }
      return GONE;
    },
  }),
};

/**
 * DNS records. They have no tags: besides those of the state, the environment's are those that point at its load
 * balancer or prove a certificate of its own alone. They go first, as long as there is something to prove it by. One
 * that proves another's certificate as well stays, even if the state has it: without it that one is not renewed.
 */
export const route53: readonly ResourceType[] = [record];

async function recordOf(read: Clients, id: string): Promise<ResourceRecordSet | undefined> {
  const { zone: HostedZoneId, name, type, set } = parseRecordId(id);
  const page = await unlessNotFound(() =>
    read.route53.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId,
        StartRecordName: name,
        StartRecordType: type,
        StartRecordIdentifier: set,
        MaxItems: 1,
      }),
    ),
  );
  const [first] = page?.ResourceRecordSets ?? [];
  const same =
    first?.Type === type && first?.SetIdentifier === set && normalized(first?.Name) === normalized(name);
  return same ? first : undefined;
}

/** Targets of records, in their notation, with the environment's resource behind each. */
async function targets(
  read: Clients,
  env: EnvScope,
  validations: Validations,
): Promise<ReadonlyMap<string, string>> {
  const own = arnHints(env, CERTIFICATE);
  const sole = [...validations].flatMap(([target, [arn, ...more]]) =>
    more.length === 0 && own.includes(arn!) ? [[target, `${CERTIFICATE} ${arn}`] as const] : [],
  );
  const balancers = await candidateLoadBalancers(read, env);
  return new Map([
    ...balancers.map(({ arn, dnsName }) => [normalized(dnsName), `${LOAD_BALANCER} ${arn}`] as const),
    ...sole,
  ]);
}

/** ACM asks for the same record for every certificate of a name. `names`: what records of the state are for. */
async function validationsOf(
  read: Clients,
  own: readonly string[],
  names: readonly string[],
): Promise<Validations> {
  const users = new Map<string, Set<string>>();
  if (own.length === 0 && names.length === 0) return users;
  const all = await allCertificates(read);
  const ours = all.filter(({ CertificateArn: arn }) => own.includes(arn!)).flatMap(namesOf);
  ours.push(...names);
  for (const { CertificateArn: arn, ...summary } of all) {
    const whole = !summary.HasAdditionalSubjectAlternativeNames;
    if (whole && !namesOf(summary).some((name) => ours.includes(name))) continue;
    const found = await unlessNotFound(() =>
      read.acm.send(new DescribeCertificateCommand({ CertificateArn: arn })),
    );
    for (const { ResourceRecord } of found?.Certificate?.DomainValidationOptions ?? []) {
      const target = normalized(ResourceRecord?.Value);
      users.set(target, (users.get(target) ?? new Set()).add(arn!));
    }
  }
  return users;
}

async function recordsOf(read: Clients, HostedZoneId: string): Promise<ResourceRecordSet[]> {
  return allPages(async (token) => {
    const start = token === undefined ? {} : (JSON.parse(token) as object);
    const page = await read.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId, ...start }));
    const { NextRecordName, NextRecordType, NextRecordIdentifier } = page;
    const next = JSON.stringify({
      StartRecordName: NextRecordName,
      StartRecordType: NextRecordType,
      StartRecordIdentifier: NextRecordIdentifier,
    });
    return { items: page.ResourceRecordSets, next: page.IsTruncated ? next : undefined };
  });
}

/** Names for which a certificate requires a record. A wildcard requires that of its parent. */
function namesOf({ DomainName, SubjectAlternativeNameSummaries }: CertificateSummary): string[] {
  return [DomainName, ...(SubjectAlternativeNameSummaries ?? [])].map((name) =>
    normalized(name).replace(/^\*\./, ""),
  );
}

/** `_<token>.<name>` may prove a certificate for the name. */
function provenName({ Name, Type }: ResourceRecordSet): string[] {
  const [, name] = /^_[^.]+\.(.+)$/.exec(normalized(Name)) ?? [];
  return Type === "CNAME" && name !== undefined ? [name] : [];
}

/** Target of an alias or of a CNAME with one value. */
function targetOf({ AliasTarget, Type, ResourceRecords }: ResourceRecordSet): string | undefined {
  if (AliasTarget) return normalized(AliasTarget.DNSName).replace(/^dualstack\./, "");
  const [only, ...more] = Type === "CNAME" ? (ResourceRecords ?? []) : [];
  return only && more.length === 0 ? normalized(only.Value) : undefined;
}

/** Terraform's id of a record: `<zone>_<name>_<type>`, with `_<set identifier>` if there is one. */
export function parseRecordId(id: string): { zone: string; name: string; type: RRType; set?: string } {
  const match = /^([A-Z0-9]+)_(.+)_([A-Z]+)(?:_(.*))?$/.exec(id);
  if (!match) throw new Error(`"${id}" is not a Terraform record id, which reads <zone>_<name>_<type>`);
  const [, zone, name, type, set] = match;
  return { zone: zone!, name: name!, type: type as RRType, ...(set && { set }) };
}

function recordId(zone: string, { Name, Type, SetIdentifier }: ResourceRecordSet): string {
  const id = `${zone}_${normalized(Name)}_${Type}`;
  return SetIdentifier === undefined ? id : `${id}_${SetIdentifier}`;
}

/** Route 53 writes names with a final dot, and `*` as `\052`. */
function normalized(name: string | undefined): string {
  return (name ?? "").toLowerCase().replace(/\\052/g, "*").replace(/\.$/, "");
}

function builtInRecord({ Type }: ResourceRecordSet) {
  return Type === "NS" || Type === "SOA" ? { builtIn: `${Type} record of its zone` } : {};
}
