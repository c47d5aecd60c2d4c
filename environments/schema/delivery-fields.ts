import { z } from "zod";

const KINDS =
  '{ kind: "gitHub", repository, environment }, { kind: "serviceAccount", oidcIssuer, namespace, serviceAccount } or { kind: "role", roleArn, externalId }';

/** Who may assume a role of a pipeline. */
export const trust = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("gitHub"),
    repository: z
      .string()
      .min(1)
      .describe("repository as in the token's sub claim: owner@<id>/name@<id>, or owner/name without ids"),
    environment: z.string().min(1).describe("GitHub environment, for example infrastructure-prod"),
  }),
  z.strictObject({
    kind: z.literal("serviceAccount"),
    oidcIssuer: z.string().min(1).describe("OpenID Connect issuer of the EKS cluster, without https://"),
    namespace: z.string().min(1).describe("namespace of the pod"),
    serviceAccount: z.string().min(1).describe("service account of the pod"),
  }),
  z.strictObject({
    kind: z.literal("role"),
    roleArn: z.string().min(1).describe("ARN of the role that may assume this one"),
    externalId: z.string().min(1).describe("external id that the role must pass, 2 to 1224 characters"),
  }),
]);

/**
 * Who may assume the plan and apply roles of the bootstrap stack.
 *
 * @default no roles
 */
export const delivery = z
  .strictObject({
    plan: trust
      .optional()
      .describe(`who may plan every stack in the account, needed once per account: ${KINDS}`),
    apply: trust.describe(`who may apply the stacks of this environment: ${KINDS}`),
  })
  .describe("who may assume the plan and apply roles of the bootstrap stack: { plan, apply }");

type Trust = z.infer<typeof trust>;

/** Whether two trusts name the same identity. An external id is not a secret, so it does not distinguish identities. */
export function isSameTrust(a: Trust, b: Trust): boolean {
  const who = (one: Trust) => JSON.stringify({ ...one, externalId: undefined });
  return who(a) === who(b);
}
