import { z } from "zod";

const KINDS =
  '{ kind: "gitHub", repository, environment }, { kind: "serviceAccount", oidcIssuer, namespace, serviceAccount } or { kind: "role", roleArn, externalId }';

const trust = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("gitHub"),
    repository: z
      .string()
      .min(1)
      .describe("repository as in the token's sub: owner@<id>/name@<id>, or owner/name without ids"),
    environment: z.string().min(1).describe("environment of the repository, for example infrastructure-prod"),
  }),
  z.strictObject({
    kind: z.literal("serviceAccount"),
    oidcIssuer: z.string().min(1).describe("OpenID issuer of the EKS cluster without https://"),
    namespace: z.string().min(1).describe("namespace of the pod"),
    serviceAccount: z.string().min(1).describe("service account of the pod"),
  }),
  z.strictObject({
    kind: z.literal("role"),
    roleArn: z.string().min(1).describe("ARN of the role that may assume this one"),
    externalId: z.string().min(1).describe("what that role must name, 2 to 1224 characters"),
  }),
]);

/** Who may plan and apply by roles that the bootstrap stack makes. Nobody, when it is left out. */
export const delivery = z
  .strictObject({
    plan: trust
      .optional()
      .describe(`who may plan every stack of the account; once per account is enough: ${KINDS}`),
    apply: trust.describe(`who may apply the stacks of this environment: ${KINDS}`),
  })
  .describe("who may plan and apply by roles of the bootstrap stack: { plan, apply }");

type Trust = z.infer<typeof trust>;

/** Whether two roles would be assumed by the same one. An external id is no secret, so it tells nobody apart. */
export function isSameTrust(a: Trust, b: Trust): boolean {
  const who = (one: Trust) => JSON.stringify({ ...one, externalId: undefined });
  return who(a) === who(b);
}
