import {
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
} from "@aws-sdk/client-acm";
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type RRType,
} from "@aws-sdk/client-route-53";
import type { Handler } from "../../core/ports";
import { classify } from "../../core/classify";
import { unlessNotFound } from "../errors";
import { allPages } from "../pages";
import { arnHints, GONE, hintsOf, MINUTES, readTags, SECONDS, tagsFrom, type HandlerFactory } from "./shared";

const CERTIFICATE = "acm:certificate";
const RECORD = "route53:record";

/** Certificates and DNS records. A certificate has no name of its own, a record no tags: both come by the state. */
export const certificates: HandlerFactory = ({ read, write }) => {
  const certificate: Handler = {
    type: CERTIFICATE,
    layer: "workload",
    after: ["elasticloadbalancing:load-balancer", "elasticloadbalancing:listener"],
    usualMs: 30 * SECONDS, // ACM hears late that the listener is gone
    stuckMs: 20 * MINUTES,
    async *list(env) {
      const hints = arnHints(env, CERTIFICATE);
      if (hints.length === 0) return;
      const all = await allPages(async (NextToken) => {
        const page = await read.acm.send(new ListCertificatesCommand({ NextToken }));
        return { items: page.CertificateSummaryList, next: page.NextToken };
      });
      for (const { CertificateArn: id, DomainName: name } of all) {
        if (!hints.includes(id!)) continue;
        const tags = await readTags(async () =>
          tagsFrom((await read.acm.send(new ListTagsForCertificateCommand({ CertificateArn: id }))).Tags),
        );
        if (tags) yield { type: CERTIFICATE, id: id!, arn: id, name, tags };
      }
    },
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.acm.send(new DescribeCertificateCommand({ CertificateArn: id })),
      );
      return found ? "present" : "absent";
    },
    async remove({ id }) {
      await write.acm.send(new DeleteCertificateCommand({ CertificateArn: id }));
      return GONE;
    },
  };

  const recordOf = async (id: string): Promise<ResourceRecordSet | undefined> => {
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
  };
  const record: Handler = {
    type: RECORD,
    layer: "workload",
    after: [],
    usualMs: 5 * SECONDS,
    stuckMs: 15 * MINUTES,
    async *list(env) {
      for (const id of hintsOf(env, RECORD)) {
        const found = await recordOf(id);
        if (found) yield { type: RECORD, id, name: found.Name, tags: {}, ...builtInRecord(found) };
      }
    },
    async look({ id }) {
      return (await recordOf(id)) ? "present" : "absent";
    },
    async remove({ id }) {
      const ResourceRecordSet = await recordOf(id); // AWS deletes only what is named with its exact values
      if (!ResourceRecordSet) return GONE;
      try {
        await write.route53.send(
          new ChangeResourceRecordSetsCommand({
            HostedZoneId: parseRecordId(id).zone,
            ChangeBatch: { Changes: [{ Action: "DELETE", ResourceRecordSet }] },
          }),
        );
      } catch (error) {
        // Gone or changed since it was read: the next look decides.
        if (error instanceof Error && error.name === "InvalidChangeBatch") {
          return (await recordOf(id)) ? classify(error) : GONE;
        }
        throw error;
      }
      return GONE;
    },
  };

  return [certificate, record];
};

/** Terraform's id of a record: `<zone>_<name>_<type>`, and `_<set identifier>` behind it where there is one. */
export function parseRecordId(id: string): { zone: string; name: string; type: RRType; set?: string } {
  const match = /^([A-Z0-9]+)_(.+)_([A-Z]+)(?:_(.*))?$/.exec(id);
  if (!match) throw new Error(`"${id}" is no record id of Terraform's, which reads <zone>_<name>_<type>`);
  const [, zone, name, type, set] = match;
  return { zone: zone!, name: name!, type: type as RRType, ...(set && { set }) };
}

/** Route 53 writes names with a dot behind, and `*` as `\052`. */
function normalized(name: string | undefined): string {
  return (name ?? "").toLowerCase().replace(/\\052/g, "*").replace(/\.$/, "");
}

function builtInRecord({ Type }: ResourceRecordSet) {
  return Type === "NS" || Type === "SOA" ? { builtIn: `${Type} record of its zone` } : {};
}
