import { Names } from "../../../contract/names";
import { PipelineRole, type PipelineRoleProps } from "../../../modules/iam/pipeline-role";
import type { PipelineTrust } from "../../../modules/iam/pipeline-trust";
import { evaluate } from "../../support/iam-evaluator/evaluate";
import type { Policy, Request, Statement } from "../../support/iam-evaluator/policy";
import { Template } from "../../support/template";

const names = new Names({
  system: "task-api",
  environment: "prod",
  accountId: "111122223333",
  region: "us-east-1",
});
const REPOSITORY = names.arn("ecr", "repository/task-api-prod");
const STAGING = "arn:aws:ecr:us-east-1:444455556666:repository/task-api-staging";
const SERVICE = names.arn("ecs", "service/task-api-prod/task-api-prod-task-api");
const REVISION = names.arn("ecs", "task-definition/task-api-prod-task-api:12");
const TASK_ROLE = names.iamArn("role/task-api-prod-task");
const EXECUTION_ROLE = names.iamArn("role/task-api-prod-execution");
const ISSUER = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";

const TRUSTS = {
  serviceAccount: {
    kind: "serviceAccount",
    oidcIssuer: ISSUER,
    namespace: "jenkins",
    serviceAccount: "task-api-production",
  },
  gitHub: { kind: "gitHub", repository: "acme@123/automock-infra@456", environment: "task-api-prod" },
  role: { kind: "role", roleArn: "arn:aws:iam::444455556666:role/jenkins", externalId: "task-api-prod" },
} satisfies Record<string, PipelineTrust>;

function synthesized(trust: PipelineTrust, changes: Partial<PipelineRoleProps> = {}): Template {
  return Template.of((stack) => {
    new PipelineRole(stack, "pipeline", {
      names,
      trust,
      repositoryArn: REPOSITORY,
      sourceRepositoryArns: [STAGING],
      clusterName: "task-api-prod",
      serviceName: "task-api-prod-task-api",
      taskFamily: "task-api-prod-task-api",
      taskRoleArns: [TASK_ROLE, EXECUTION_ROLE],
      ...changes,
    });
  });
}

const trustOf = (template: Template) =>
  JSON.parse(template.sole("aws_iam_role").assume_role_policy as string) as Policy;
const policyOf = (template: Template) =>
  JSON.parse(template.sole("aws_iam_role_policy").policy as string) as Policy;

describe("trust", () => {
  const webIdentity = (issuer: string, subject: string) => ({
    Sid: "AssumedByPipeline",
    Effect: "Allow",
    Principal: { Federated: [`arn:aws:iam::111122223333:oidc-provider/${issuer}`] },
    Action: ["sts:AssumeRoleWithWebIdentity"],
    Condition: { StringEquals: { [`${issuer}:aud`]: ["sts.amazonaws.com"], [`${issuer}:sub`]: [subject] } },
  });

  it.each([
    [
      "serviceAccount",
      "pipeline-pod",
      webIdentity(ISSUER, "system:serviceaccount:jenkins:task-api-production"),
    ],
    [
      "gitHub",
      "pipeline-github",
      webIdentity(
        "token.actions.githubusercontent.com",
        "repo:acme@123/automock-infra@456:environment:task-api-prod",
      ),
    ],
    [
      "role",
      "pipeline",
      {
        Sid: "AssumedByPipeline",
        Effect: "Allow",
        Principal: { AWS: ["arn:aws:iam::444455556666:role/jenkins"] },
        Action: ["sts:AssumeRole"],
        Condition: { StringEquals: { "sts:ExternalId": ["task-api-prod"] } },
      },
    ],
  ] as const)("%s", (kind, purpose, statement) => {
    const template = synthesized(TRUSTS[kind]);
    expect(trustOf(template).Statement).toEqual([statement]);
    expect(template.sole("aws_iam_role")).toMatchObject({
      name: `task-api-prod-${purpose}`,
      description: "Brings images into the service task-api-prod-task-api",
      max_session_duration: 3600,
    });
    expect(JSON.stringify(trustOf(template))).not.toContain("SourceIp");
  });

  /** Whether the trust policy allows a caller with this context. The principal must match exactly. */
  function letsIn(trust: PipelineTrust, action: string, context: Request["context"]): boolean {
    const { Statement } = trustOf(synthesized(trust));
    const withResource = Statement.map((one): Statement => ({ ...one, Resource: "*" }));
    return evaluate([{ Statement: withResource }], { action, resource: "role", context }).kind === "allowed";
  }

  describe.each([
    [
      "serviceAccount",
      ISSUER,
      "system:serviceaccount:jenkins:task-api-production",
      [
        "system:serviceaccount:jenkins:task-api-build",
        "system:serviceaccount:jenkins:default",
        "system:serviceaccount:other:task-api-production",
        "system:serviceaccount:jenkins:task-api-production2",
      ],
    ],
    [
      "gitHub",
      "token.actions.githubusercontent.com",
      "repo:acme@123/automock-infra@456:environment:task-api-prod",
      [
        "repo:acme@123/automock-infra@456:environment:task-api-staging",
        "repo:acme@123/automock-infra@456:ref:refs/heads/main",
        "repo:acme@123/automock-infra@456:pull_request",
        "repo:acme@9/automock-infra@456:environment:task-api-prod",
        "repo:acme/automock-infra:environment:task-api-prod",
      ],
    ],
  ] as const)("a token for %s", (kind, issuer, subject, strangers) => {
    // prettier-ignore
    const action = "sts:AssumeRoleWithWebIdentity";
    const token = (sub: string, aud = "sts.amazonaws.com") => ({
      [`${issuer}:aud`]: aud,
      [`${issuer}:sub`]: sub,
    });

    it("with the right subject and audience is accepted", () =>
      expect(letsIn(TRUSTS[kind], action, token(subject))).toBe(true));

    it.each(strangers)("of %s is rejected", (stranger) =>
      expect(letsIn(TRUSTS[kind], action, token(stranger))).toBe(false),
    );

    it("for another audience or without a subject is rejected", () => {
      expect(letsIn(TRUSTS[kind], action, token(subject, "api.example.com"))).toBe(false);
      expect(letsIn(TRUSTS[kind], action, { [`${issuer}:aud`]: "sts.amazonaws.com" })).toBe(false);
      expect(letsIn(TRUSTS[kind], "sts:AssumeRole", token(subject))).toBe(false);
    });
  });

  it("another role must always send the external id", () => {
    const action = "sts:AssumeRole";
    expect(letsIn(TRUSTS.role, action, { "sts:ExternalId": "task-api-prod" })).toBe(true);
    expect(
      letsIn(TRUSTS.role, action, { "sts:ExternalId": "task-api-prod", "aws:SourceIp": "203.0.113.9" }),
    ).toBe(true);
    expect(letsIn(TRUSTS.role, action, { "sts:ExternalId": "task-api-staging" })).toBe(false);
    expect(letsIn(TRUSTS.role, action, {})).toBe(false);
  });

  it("repository ids are optional", () =>
    expect(
      JSON.stringify(trustOf(synthesized({ ...TRUSTS.gitHub, repository: "acme/automock-infra" }))),
    ).toContain('"repo:acme/automock-infra:environment:task-api-prod"'));

  it.each([
    [
      { ...TRUSTS.serviceAccount, oidcIssuer: `https://${ISSUER}` },
      `oidcIssuer is "https://${ISSUER}"; write host and path without https://, as \`aws eks describe-cluster\` shows it`,
    ],
    [{ ...TRUSTS.serviceAccount, namespace: "*" }, 'namespace is "*"; write the name of one namespace'],
    [
      { ...TRUSTS.serviceAccount, serviceAccount: "jenkins-*" },
      'serviceAccount is "jenkins-*"; write the name of one service account',
    ],
    [
      { ...TRUSTS.gitHub, repository: "acme/*" },
      'repository is "acme/*"; write one repository, "owner@<id>/name@<id>" or "owner/name"',
    ],
    [
      { ...TRUSTS.gitHub, repository: "acme@123/automock-infra" },
      'repository is "acme@123/automock-infra"; write one repository',
    ],
    [
      { ...TRUSTS.gitHub, environment: "*" },
      'environment is "*"; write the name of one environment, of letters, digits, dots, hyphens and underscores',
    ],
    [
      { ...TRUSTS.role, roleArn: "arn:aws:iam::444455556666:root" },
      'roleArn is "arn:aws:iam::444455556666:root"; write the ARN of one role, not of an account',
    ],
    [
      { ...TRUSTS.role, externalId: "x" },
      'externalId is "x"; write 2 to 1224 letters, digits and characters of _+=,.@:/-',
    ],
  ] satisfies [PipelineTrust, string][])("rejects %j", (trust, message) =>
    // prettier-ignore
    expect(() => synthesized(trust)).toThrow(`pipeline role: ${message}`),
  );

  it("reports all faults at once", () =>
    expect(() => synthesized({ ...TRUSTS.serviceAccount, namespace: "", serviceAccount: "A" })).toThrow(
      'pipeline role: namespace is ""; write the name of one namespace\npipeline role: serviceAccount is "A"; write the name of one service account',
    ));
});

describe("permissions", () => {
  const template = synthesized(TRUSTS.serviceAccount);

  it("are exactly these", () => {
    expect(policyOf(template).Statement).toEqual([
      { Sid: "LogInToRegistry", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
      {
        Sid: "PushImages",
        Effect: "Allow",
        Action: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ],
        Resource: [REPOSITORY],
      },
      {
        Sid: "PullTestedImages",
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: [STAGING],
      },
      { Sid: "ReadRevisions", Effect: "Allow", Action: ["ecs:DescribeTaskDefinition"], Resource: ["*"] },
      {
        Sid: "RegisterRevisions",
        Effect: "Allow",
        Action: ["ecs:RegisterTaskDefinition"],
        Resource: [names.arn("ecs", "task-definition/task-api-prod-task-api:*")],
      },
      {
        Sid: "TagNewRevisions",
        Effect: "Allow",
        Action: ["ecs:TagResource"],
        Resource: [names.arn("ecs", "task-definition/task-api-prod-task-api:*")],
        Condition: { StringEquals: { "ecs:CreateAction": ["RegisterTaskDefinition"] } },
      },
      {
        Sid: "DeployService",
        Effect: "Allow",
        Action: ["ecs:DescribeServices", "ecs:UpdateService"],
        Resource: [SERVICE],
      },
      {
        Sid: "PassTaskRoles",
        Effect: "Allow",
        Action: ["iam:PassRole"],
        Resource: [TASK_ROLE, EXECUTION_ROLE],
        Condition: { StringEquals: { "iam:PassedToService": ["ecs-tasks.amazonaws.com"] } },
      },
    ]);
    expect(template.counts()).toEqual({
      aws_iam_role: 1,
      aws_iam_role_policies_exclusive: 1,
      aws_iam_role_policy: 1,
      aws_iam_role_policy_attachments_exclusive: 1,
    });
  });

  it("staging, which promotes no images, cannot pull", () => {
    const sids = policyOf(synthesized(TRUSTS.role, { sourceRepositoryArns: undefined })).Statement.map(
      ({ Sid }) => Sid,
    );
    expect(sids).not.toContain("PullTestedImages");
    expect(sids).toHaveLength(7);
  });

  const decide = (action: string, resource: string, context: Request["context"] = {}) =>
    evaluate([policyOf(template)], { action, resource, context }).kind;
  const toTasks = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };

  /** The calls of a deployment, in order. */
  it.each([
    ["ecr:GetAuthorizationToken", "*", {}],
    ["ecr:BatchGetImage", STAGING, {}],
    ["ecr:GetDownloadUrlForLayer", STAGING, {}],
    ["ecr:PutImage", REPOSITORY, {}],
    ["ecs:DescribeServices", SERVICE, {}],
    ["ecs:DescribeTaskDefinition", "*", {}],
    ["ecs:RegisterTaskDefinition", REVISION, {}],
    ["ecs:TagResource", REVISION, { "ecs:CreateAction": "RegisterTaskDefinition" }],
    ["iam:PassRole", TASK_ROLE, toTasks],
    ["iam:PassRole", EXECUTION_ROLE, toTasks],
    ["ecs:UpdateService", SERVICE, {}],
  ] as const)("allow %s on %s", (action, resource, context) =>
    expect(decide(action, resource, context)).toBe("allowed"),
  );

  it.each([
    ["ecr:PutImage", STAGING, {}],
    ["ecr:PutImage", names.arn("ecr", "repository/other"), {}],
    ["ecr:BatchDeleteImage", REPOSITORY, {}],
    ["ecr:PutImageTagMutability", REPOSITORY, {}],
    ["ecr:SetRepositoryPolicy", REPOSITORY, {}],
    ["ecs:UpdateService", names.arn("ecs", "service/task-api-prod/other"), {}],
    ["ecs:UpdateService", names.arn("ecs", "service/automock-prod/task-api-prod-task-api"), {}],
    ["ecs:DeleteService", SERVICE, {}],
    ["ecs:ExecuteCommand", names.arn("ecs", "task/task-api-prod/1"), {}],
    ["ecs:RunTask", REVISION, {}],
    ["ecs:RegisterTaskDefinition", names.arn("ecs", "task-definition/task-api-prod-task-api2:1"), {}],
    ["ecs:TagResource", REVISION, {}],
    ["ecs:TagResource", SERVICE, { "ecs:CreateAction": "RegisterTaskDefinition" }],
    ["iam:PassRole", TASK_ROLE, { "iam:PassedToService": "ec2.amazonaws.com" }],
    ["iam:PassRole", TASK_ROLE, {}],
    ["iam:PassRole", names.iamArn("role/admin"), toTasks],
    ["iam:PutRolePolicy", TASK_ROLE, {}],
    ["secretsmanager:GetSecretValue", names.arn("secretsmanager", "secret:rds!db-1"), {}],
    [
      "s3:GetObject",
      "arn:aws:s3:::automock-tfstate-111122223333-us-east-1/task-api/prod/terraform.tfstate",
      {},
    ],
    ["rds:ModifyDBInstance", names.arn("rds", "db:task-api-prod"), {}],
    ["sts:AssumeRole", TASK_ROLE, {}],
  ] as const)("do not allow %s on %s %j", (action, resource, context) =>
    expect(decide(action, resource, context)).toBe("implicitlyDenied"),
  );
});
