import { reaperNames } from "../../../contract/reaper";
import { ApplyRole } from "../../../modules/iam/apply-role";
import type { PipelineTrust } from "../../../modules/iam/pipeline-trust";
import { PlanRole } from "../../../modules/iam/plan-role";
import { evaluate } from "../../support/iam-evaluator/evaluate";
import type { Policy, Request } from "../../support/iam-evaluator/policy";
import { Template } from "../../support/template";

const ACCOUNT = "111122223333";
const { names } = reaperNames(ACCOUNT, "us-east-1");
const TRUST: PipelineTrust = { kind: "gitHub", repository: "acme/infra", environment: "infrastructure-prod" };

function policies(template: Template): Record<string, Policy> {
  const found = template.all("aws_iam_role_policy");
  return Object.fromEntries(
    found.map(({ name, policy }) => [name as string, JSON.parse(policy as string) as Policy]),
  );
}
const everything: Policy = { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/automock-bootstrap-us-east-1-boundary-prod`;

/** The part of AWS's PowerUserAccess that these tests need. */
const powerUser: Policy = {
  Statement: [{ Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" }],
};

describe("PlanRole", () => {
  const template = Template.of((stack) => {
    new PlanRole(stack, "plan", { names, trust: TRUST, environment: "prod" });
  });

  it("is ReadOnlyAccess with denials, for one hour, for the trusted principals", () => {
    expect(template.sole("aws_iam_role")).toMatchObject({
      name: "automock-bootstrap-us-east-1-plan-prod",
      description: "Plans the stacks of the account; writes nothing and reads no secret",
      max_session_duration: 3600,
    });
    expect(template.sole("aws_iam_role_policy_attachment").policy_arn).toBe(
      "arn:aws:iam::aws:policy/ReadOnlyAccess",
    );
    const trust = JSON.parse(template.sole("aws_iam_role").assume_role_policy as string) as Policy;
    expect(trust.Statement).toHaveLength(1);
    expect(trust.Statement[0]!.Condition).toEqual({
      StringEquals: {
        "token.actions.githubusercontent.com:aud": ["sts.amazonaws.com"],
        "token.actions.githubusercontent.com:sub": ["repo:acme/infra:environment:infrastructure-prod"],
      },
    });
  });

  const decide = (action: string) =>
    evaluate([everything, ...Object.values(policies(template))], { action, resource: "*", context: {} });

  it("has only Deny statements of its own", () => {
    const statements = Object.values(policies(template)).flatMap(({ Statement }) => Statement);
    expect(statements.map(({ Sid, Effect }) => [Sid, Effect])).toEqual([
      ["NoSecrets", "Deny"],
      ["NoLogs", "Deny"],
      ["NoApiKeys", "Deny"],
      ["NoOtherFunctions", "Deny"],
      ["NoData", "Deny"],
      ["NoDirectDecryption", "Deny"],
      ["NoOtherBuckets", "Deny"],
      ["NoOtherTables", "Deny"],
    ]);
  });

  it.each([
    ["secretsmanager:GetSecretValue", "NoSecrets"],
    ["secretsmanager:BatchGetSecretValue", "NoSecrets"],
    ["ssm:GetParameter", "NoSecrets"],
    ["ssm:GetParameters", "NoSecrets"],
    ["ssm:GetParametersByPath", "NoSecrets"],
    ["ssm:GetParameterHistory", "NoSecrets"],
    ["kms:Decrypt", "NoDirectDecryption"],
    ["ec2:GetPasswordData", "NoSecrets"],
    ["logs:GetLogEvents", "NoLogs"],
    ["logs:FilterLogEvents", "NoLogs"],
    ["logs:StartQuery", "NoLogs"],
    ["rds:DownloadDBLogFilePortion", "NoLogs"],
  ])("is denied %s", (action, by) => expect(decide(action)).toEqual({ kind: "denied", by }));

  const table = (name: string) => `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${name}`;
  const on = (action: string, resource: string) =>
    evaluate([everything, ...Object.values(policies(template))], { action, resource, context: {} });

  it.each([
    ["s3:GetObject", `arn:aws:s3:::automock-tfstate-${ACCOUNT}-us-east-1/task-api/prod/terraform.tfstate`],
    ["s3:GetObject", `arn:aws:s3:::automock-prod-config-${ACCOUNT}-us-east-1/expectations.json`],
    ["dynamodb:GetItem", table(`automock-tflock-${ACCOUNT}-us-east-1`)],
    ["dynamodb:GetItem", table(`automock-environments-${ACCOUNT}-us-east-1`)],
  ])("is allowed %s on %s, which a plan needs", (action, resource) =>
    expect(on(action, resource).kind).toBe("allowed"),
  );

  it.each([
    ["s3:GetObject", "arn:aws:s3:::customers/list.csv"],
    ["s3:GetObjectVersion", "arn:aws:s3:::customers/list.csv"],
    ["s3:GetObject", `arn:aws:s3:::task-api-prod-access-logs-${ACCOUNT}-us-east-1/x`],
    ["s3:GetObject", `arn:aws:s3:::automock-prod-config-${ACCOUNT}-us-east-1/other.json`],
    ["dynamodb:GetItem", table("customers")],
    ["dynamodb:Scan", table("customers")],
    ["dynamodb:Query", `${table("customers")}/index/by-name`],
    ["sqs:ReceiveMessage", `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`],
  ])("is denied %s on %s", (action, resource) =>
    expect(on(action, resource)).toEqual({ kind: "denied", by: "NoData" }),
  );

  it.each([
    "s3:ListBucket",
    "s3:GetBucketPolicy",
    "dynamodb:DescribeTable",
    "sqs:GetQueueAttributes",
    "secretsmanager:DescribeSecret",
    "logs:DescribeLogGroups",
    "ec2:DescribeVpcs",
    "iam:GetRole",
  ])("is not refused %s, which a plan needs", (action) => expect(decide(action).kind).toBe("allowed"));
});

describe("ApplyRole", () => {
  const template = Template.of((stack) => {
    new ApplyRole(stack, "apply", {
      names,
      trust: TRUST,
      environment: "prod",
      systems: ["automock", "task-api"],
      boundaryArn: BOUNDARY,
      domainNames: ["mocks.example.com", "*.mocks.example.com"],
    });
  });
  const decide = (action: string, resource: string, context: Request["context"] = {}) =>
    evaluate([powerUser, ...Object.values(policies(template))], { action, resource, context });
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const BUCKET = `arn:aws:s3:::automock-tfstate-${ACCOUNT}-us-east-1`;
  const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/automock-tflock-${ACCOUNT}-us-east-1`;
  const tagged = (environment: string) => ({ "aws:ResourceTag/automock:environment": environment });

  it("is PowerUserAccess plus the roles of its environment, for two hours", () => {
    expect(template.sole("aws_iam_role")).toMatchObject({
      name: "automock-bootstrap-us-east-1-apply-prod",
      description: "Applies the stacks of prod",
      max_session_duration: 7200,
    });
    expect(template.sole("aws_iam_role_policy_attachment").policy_arn).toBe(
      "arn:aws:iam::aws:policy/PowerUserAccess",
    );
    expect(Object.keys(policies(template)).sort()).toEqual(["never", "roles"]);
    // AWS limit for all inline policies of a role, without whitespace.
    const length = template.all("aws_iam_role_policy").map(({ policy }) => (policy as string).length);
    expect(length.reduce((a, b) => a + b)).toBeLessThan(10_240);
  });

  describe("roles", () => {
    it.each(["automock-prod-task", "task-api-prod-execution"])("manages %s", (name) =>
      expect(decide("iam:UpdateAssumeRolePolicy", role(name))).toEqual({
        kind: "allowed",
        by: "ManageRoles",
      }),
    );

    it.each([
      "automock-staging-task",
      "automock-bootstrap-us-east-1-apply-prod",
      "automock-bootstrap-us-east-1-plan-prod",
      "automock-bootstrap-us-east-1-cleanup",
      "admin",
    ])("does not touch %s", (name) => {
      for (const action of [
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:DeleteRole",
        "iam:PassRole",
      ]) {
        const context = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
        expect([action, decide(action, role(name), context).kind]).toEqual([action, "implicitlyDenied"]);
      }
    });

    it("passes them only to services that the stacks use", () => {
      const pass = (service: string) =>
        decide("iam:PassRole", role("automock-prod-task"), { "iam:PassedToService": service }).kind;
      for (const service of ["ecs-tasks", "ecs", "monitoring.rds", "vpc-flow-logs"]) {
        expect([service, pass(`${service}.amazonaws.com`)]).toEqual([service, "allowed"]);
      }
      for (const service of ["lambda", "ec2", "cloudformation"]) {
        expect([service, pass(`${service}.amazonaws.com`)]).toEqual([service, "implicitlyDenied"]);
      }
    });

    it("creates service-linked roles only for services that the stacks use", () => {
      const create = (service: string) =>
        decide("iam:CreateServiceLinkedRole", role(`aws-service-role/${service}/x`), { "iam:AWSServiceName": service }); // prettier-ignore
      expect(create("ecs.amazonaws.com").kind).toBe("allowed");
      expect(create("support.amazonaws.com").kind).toBe("implicitlyDenied");
    });

    it("creates no users and no policies", () => {
      for (const action of ["iam:CreateUser", "iam:CreateAccessKey", "iam:CreatePolicyVersion"])
        expect(decide(action, "*").kind).toBe("implicitlyDenied");
    });
  });

  it("can change its own environment and untagged resources, but not other environments or the bootstrap stack", () => {
    const instance = `arn:aws:rds:us-east-1:${ACCOUNT}:db:x`;
    expect(decide("rds:DeleteDBInstance", instance, tagged("prod")).kind).toBe("allowed");
    expect(decide("rds:DeleteDBInstance", instance).kind).toBe("allowed");
    for (const other of ["staging", "shared", "pr-7"]) {
      expect(decide("rds:DeleteDBInstance", instance, tagged(other))).toEqual({
        kind: "denied",
        by: "NotOtherEnvironments",
      });
    }
    const reaper = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:automock-bootstrap-us-east-1-reaper`;
    expect(decide("lambda:UpdateFunctionCode", reaper, tagged("shared")).kind).toBe("denied");
  });

  describe("states and buckets", () => {
    const KEY = "automock/prod/terraform.tfstate";
    it.each([
      ["s3:PutObject", `${BUCKET}/${KEY}`],
      ["s3:GetObject", `${BUCKET}/task-api/prod/terraform.tfstate`],
      ["s3:PutObject", `${BUCKET}/${KEY}.tflock`],
      ["s3:DeleteObject", `${BUCKET}/${KEY}.tflock`],
      ["s3:ListBucket", BUCKET],
      ["s3:CreateBucket", `arn:aws:s3:::automock-prod-config-${ACCOUNT}-us-east-1`],
      ["s3:PutObject", `arn:aws:s3:::task-api-prod-access-logs-${ACCOUNT}-us-east-1/x`],
    ])("may %s %s", (action, resource) => expect(decide(action, resource).kind).toBe("allowed"));

    it.each([
      ["s3:PutObject", `${BUCKET}/automock/staging/terraform.tfstate`],
      ["s3:GetObject", `${BUCKET}/automock/staging/terraform.tfstate`],
      ["s3:PutObject", `${BUCKET}/bootstrap/shared/terraform.tfstate`],
      ["s3:DeleteObjectVersion", `${BUCKET}/bootstrap/shared/terraform.tfstate`],
      ["s3:DeleteBucket", BUCKET],
      ["s3:PutBucketPolicy", BUCKET],
      ["s3:PutLifecycleConfiguration", BUCKET],
      ["s3:PutObject", `arn:aws:s3:::automock-staging-config-${ACCOUNT}-us-east-1/expectations.json`],
    ])("may not %s %s", (action, resource) =>
      expect(decide(action, resource)).toEqual({ kind: "denied", by: "NotOtherBuckets" }),
    );
  });

  describe("locks", () => {
    const lock = (id: string) => `automock-tfstate-${ACCOUNT}-us-east-1/${id}`;
    const on = (action: string, key?: string) =>
      decide(action, TABLE, { ...tagged("shared"), ...(key && { "dynamodb:LeadingKeys": [key] }) }).kind;

    it("locks and unlocks its own state, and writes its digest", () => {
      for (const action of ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]) {
        expect(on(action, lock("automock/prod/terraform.tfstate"))).toBe("allowed");
        expect(on(action, lock("task-api/prod/terraform.tfstate-md5"))).toBe("allowed");
      }
      expect(on("dynamodb:DescribeTable")).toBe("allowed");
    });

    it("cannot change the registry, even without tags on tables", () => {
      const registry = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/automock-environments-${ACCOUNT}-us-east-1`;
      for (const action of ["PutItem", "UpdateItem", "DeleteItem", "DeleteTable", "UpdateTimeToLive"]) {
        expect(decide(`dynamodb:${action}`, registry)).toEqual({ kind: "denied", by: "NotTheRegistry" });
      }
      expect(decide("dynamodb:GetRecords", `${registry}/stream/x`).kind).toBe("denied");
    });

    it("cannot change other locks or the table", () => {
      for (const action of ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"]) {
        expect([action, on(action, lock("automock/staging/terraform.tfstate"))]).toEqual([action, "denied"]);
        expect([action, on(action, lock("bootstrap/shared/terraform.tfstate-md5"))]).toEqual([
          action,
          "denied",
        ]);
      }
      for (const action of [
        "DeleteTable",
        "UpdateTable",
        "PartiQLDelete",
        "PutResourcePolicy",
        "TagResource",
      ]) {
        expect([action, on(`dynamodb:${action}`)]).toEqual([action, "denied"]);
      }
    });
  });
});

it("a malformed trust is rejected", () => {
  const trust: PipelineTrust = { kind: "gitHub", repository: "acme/*", environment: "x" };
  for (const make of [
    () => Template.of((stack) => void new PlanRole(stack, "a", { names, trust, environment: "prod" })),
    () => Template.of((stack) => void new ApplyRole(stack, "a", { names, trust, environment: "prod", systems: ["automock"], boundaryArn: BOUNDARY, domainNames: [] })), // prettier-ignore
  ])
    expect(make).toThrow('repository is "acme/*"');
});
