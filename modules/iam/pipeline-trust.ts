import { refuseFaults } from "../shared/faults";
import type { Names } from "../../contract/names";
import type { PolicyStatement } from "../shared/policy-document";

/** A pod of an EKS cluster, by its service account (IRSA). */
export interface ServiceAccountTrust {
  readonly kind: "serviceAccount";
  /**
   * OpenID issuer of the cluster without `https://`, for example
   * `oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE`. The account must have it as an
   * identity provider with the audience `sts.amazonaws.com`.
   */
  readonly oidcIssuer: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** A job of GitHub Actions that runs in one environment of one repository. */
export interface GitHubTrust {
  readonly kind: "gitHub";
  /**
   * Repository as it stands in the token's `sub`: `owner@<owner id>/name@<repository id>`. Repositories created
   * before July 2026 that have not switched have no ids in it: `owner/name`.
   * Source: https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
   */
  readonly repository: string;
  /** Environment of the repository; its protection rules decide who gets this far. */
  readonly environment: string;
}

/** Another role, for example in the account where Jenkins runs. */
export interface AssumedByTrust {
  readonly kind: "role";
  /** ARN of that role, written out. */
  readonly roleArn: string;
  /** What the other side must name with its request, 2 to 1224 characters. It is no secret. */
  readonly externalId: string;
}

export type PipelineTrust = ServiceAccountTrust | GitHubTrust | AssumedByTrust;

const GITHUB_ISSUER = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";

/** Last part of the role's name. A role that several could assume would hide in the logs which of them did. */
export const PIPELINE_PURPOSE: Readonly<Record<PipelineTrust["kind"], string>> = {
  serviceAccount: "pipeline-pod",
  gitHub: "pipeline-github",
  role: "pipeline",
};

/**
 * The one statement of the role's trust. Everything is compared in full: a `sub` with a wildcard would let in
 * other pods, branches and pull requests. Where the request comes from is not compared: AWS sees the public
 * address of the caller, or none through an endpoint, so a private network in `aws:SourceIp` shuts out everybody.
 *
 * Sources: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 *
 * @throws Error naming every malformed part
 */
export function pipelineTrust(trust: PipelineTrust, names: Names): PolicyStatement {
  refuseFaults("pipeline role", faults(trust));
  switch (trust.kind) {
    case "serviceAccount":
      return webIdentity(
        names,
        trust.oidcIssuer,
        `system:serviceaccount:${trust.namespace}:${trust.serviceAccount}`,
      );
    case "gitHub":
      return webIdentity(names, GITHUB_ISSUER, `repo:${trust.repository}:environment:${trust.environment}`);
    case "role":
      return {
        sid: "AssumedByPipeline",
        actions: ["sts:AssumeRole"],
        principals: { AWS: [trust.roleArn] },
        conditions: { StringEquals: { "sts:ExternalId": [trust.externalId] } },
      };
  }
}

function webIdentity(names: Names, issuer: string, subject: string): PolicyStatement {
  return {
    sid: "AssumedByPipeline",
    actions: ["sts:AssumeRoleWithWebIdentity"],
    principals: { Federated: [names.iamArn(`oidc-provider/${issuer}`)] },
    conditions: { StringEquals: { [`${issuer}:aud`]: [AUDIENCE], [`${issuer}:sub`]: [subject] } },
  };
}

const KUBERNETES_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

function faults(trust: PipelineTrust): readonly string[] {
  switch (trust.kind) {
    case "serviceAccount":
      return [
        ...fault("oidcIssuer", trust.oidcIssuer, /^[a-z0-9.-]+(\/[A-Za-z0-9._-]+)*$/, "host and path without https://, as `aws eks describe-cluster` shows it"), // prettier-ignore
        ...fault("namespace", trust.namespace, KUBERNETES_NAME, "the name of one namespace"),
        ...fault("serviceAccount", trust.serviceAccount, KUBERNETES_NAME, "the name of one service account"),
      ];
    case "gitHub":
      return [
        ...fault("repository", trust.repository, /^[A-Za-z0-9-]+(@\d+\/[A-Za-z0-9._-]+@\d+|\/[A-Za-z0-9._-]+)$/, 'one repository, "owner@<id>/name@<id>" or "owner/name"'), // prettier-ignore
        ...fault("environment", trust.environment, /^[A-Za-z0-9._-]{1,255}$/, "the name of one environment, of letters, digits, dots, hyphens and underscores"), // prettier-ignore
      ];
    case "role":
      return [
        ...fault("roleArn", trust.roleArn, /^arn:aws(-cn|-us-gov)?:iam::\d{12}:role\/[\w+=,.@/-]+$/, "the ARN of one role, not of an account"), // prettier-ignore
        ...fault("externalId", trust.externalId, /^[\w+=,.@:/-]{2,1224}$/, "2 to 1224 letters, digits and characters of _+=,.@:/-"), // prettier-ignore
      ];
  }
}

function fault(name: string, value: string, allowed: RegExp, advice: string): readonly string[] {
  return allowed.test(value) ? [] : [`${name} is "${value}"; write ${advice}`];
}
