import {
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  KeyAlgorithm,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  type CertificateSummary,
} from "@aws-sdk/client-acm";
import type { Clients } from "../aws/clients";
import { allPages } from "../aws/pages";
import { MINUTE } from "../engine/time";
import type { ResourceType } from "./resource-type";
import { arnHints, GONE, presentIf, readTags, removeOrNameBlockers, tagsFrom } from "./shared";

export const CERTIFICATE = "acm:certificate";

const certificate: ResourceType = {
  type: CERTIFICATE,
  terraform: ["aws_acm_certificate"],
  parts: ["aws_acm_certificate_validation"], // only waits for the certificate
  arns: ["certificate/"],
  after: ["elasticloadbalancing:load-balancer", "elasticloadbalancing:listener"],
  stuckMs: 20 * MINUTE,
  handler: ({ read, write }) => ({
    async *list(env) {
      const hints = arnHints(env, CERTIFICATE);
      if (hints.length === 0) return;
      for (const { CertificateArn: id, DomainName: name } of await allCertificates(read)) {
        if (!hints.includes(id!)) continue;
        const tags = await readTags(async () =>
          tagsFrom((await read.acm.send(new ListTagsForCertificateCommand({ CertificateArn: id }))).Tags),
        );
        if (tags) yield { type: CERTIFICATE, id: id!, arn: id, name, tags };
      }
    },
    look: ({ id }) => presentIf(() => read.acm.send(new DescribeCertificateCommand({ CertificateArn: id }))),
    remove: ({ id }) =>
      removeOrNameBlockers(
        async () => {
          await write.acm.send(new DeleteCertificateCommand({ CertificateArn: id }));
          return GONE;
        },
        ["ResourceInUseException"],
        async () => {
          const answer = await read.acm.send(new DescribeCertificateCommand({ CertificateArn: id }));
          return answer.Certificate?.InUseBy ?? [];
        },
      ),
  }),
};

/** Certificates. They have no name, so candidates come from the state and the tag index. */
export const acm: readonly ResourceType[] = [certificate];

/** With keys of every kind, because ACM's default lists only short RSA keys. */
export function allCertificates({ acm }: Pick<Clients, "acm">): Promise<CertificateSummary[]> {
  const Includes = { keyTypes: Object.values(KeyAlgorithm) };
  return allPages(async (NextToken) => {
    const page = await acm.send(new ListCertificatesCommand({ Includes, NextToken }));
    return { items: page.CertificateSummaryList, next: page.NextToken };
  });
}
