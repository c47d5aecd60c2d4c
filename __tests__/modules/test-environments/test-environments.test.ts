import { evaluate } from "../../support/iam-evaluator/evaluate";
import { listOf, type Policy, type Request } from "../../support/iam-evaluator/policy";
import { JENKINS, runPolicies, testEnvironmentsOf } from "../../support/test-env-policies";

const ACCOUNT = "123456789012";
const REGION = "us-east-1";
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const iam = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;
const BOUNDARY = iam("policy/automock-bootstrap-us-east-1-test-functions");

const template = testEnvironmentsOf("orders");

describe("the boundary of test functions", () => {
  const boundary = JSON.parse(template.sole("aws_iam_policy").policy as string) as Policy;
  const may = (action: string, resource: string) =>
    evaluate([boundary], { action, resource, context: {} }).kind === "allowed";

  it("has the name that runs give to their roles", () =>
    expect(template.sole("aws_iam_policy").name).toBe(BOUNDARY.split("/")[1]));

  it.each([
    ["dynamodb:PutItem", arn("dynamodb", "table/test-orders-k3f9aa-users")],
    ["dynamodb:Query", arn("dynamodb", "table/test-orders-k3f9aa-users/index/byEmail")],
    ["s3:ListBucket", `arn:aws:s3:::test-orders-k3f9aa-files-${ACCOUNT}`],
    ["s3:PutObject", `arn:aws:s3:::test-orders-k3f9aa-files-${ACCOUNT}/a/b`],
    ["sqs:ReceiveMessage", arn("sqs", "test-orders-k3f9aa-jobs")],
    ["sns:Publish", arn("sns", "test-orders-k3f9aa-events")],
    ["lambda:InvokeFunction", arn("lambda", "function:test-orders-k3f9aa-api")],
    ["logs:PutLogEvents", arn("logs", "log-group:/test-orders-k3f9aa/api:log-stream:x")],
  ])("allows %s on %s", (action, resource) => expect(may(action, resource)).toBe(true));

  it.each([
    ["dynamodb:PutItem", arn("dynamodb", "table/customers")],
    ["dynamodb:DeleteTable", arn("dynamodb", "table/test-orders-k3f9aa-users")],
    ["dynamodb:PutItem", arn("dynamodb", `table/automock-environments-${ACCOUNT}-${REGION}`)],
    ["s3:GetObject", `arn:aws:s3:::automock-tfstate-${ACCOUNT}-${REGION}/x`],
    ["s3:DeleteBucket", `arn:aws:s3:::test-orders-k3f9aa-files-${ACCOUNT}`],
    ["lambda:UpdateFunctionCode", arn("lambda", "function:test-orders-k3f9aa-api")],
    ["logs:CreateLogGroup", arn("logs", "log-group:/test-orders-k3f9aa/api")],
    ["iam:CreateRole", iam("role/automock-test/test-orders-k3f9aa-api")],
    ["iam:PassRole", iam("role/automock-test/test-orders-k3f9aa-api")],
    ["sts:AssumeRole", iam("role/admin")],
    ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:test-orders")],
  ])("refuses %s on %s", (action, resource) => expect(may(action, resource)).toBe(false));
});

describe("the role of a pipeline", () => {
  const policies = runPolicies("orders");
  const kind = (action: string, resource: string, context: Request["context"] = {}) =>
    evaluate(policies, { action, resource, context }).kind;
  const tags = {
    "aws:RequestTag/automock:environment": "orders-k3f9aa",
    "aws:RequestTag/automock:system": "test",
    "aws:RequestTag/automock:ephemeral": "true",
    "aws:RequestTag/automock:expires-at": "2026-11-27T15:00:00Z",
  };
  const role = iam("role/automock-test/test-orders-k3f9aa-api");
  const withBoundary = { ...tags, "iam:PermissionsBoundary": BOUNDARY };

  it("is assumed with the external id, for one hour", () => {
    const made = template.sole("aws_iam_role");
    expect(made).toMatchObject({
      name: "automock-bootstrap-us-east-1-test-env-jenkins",
      max_session_duration: 3600,
    });
    const trust = JSON.parse(made.assume_role_policy as string) as Policy;
    expect(trust.Statement).toEqual([
      {
        Sid: "AssumedByPipeline",
        Effect: "Allow",
        Principal: { AWS: ["arn:aws:iam::222222222222:role/jenkins-agent"] },
        Action: ["sts:AssumeRole"],
        Condition: { StringEquals: { "sts:ExternalId": ["jenkins-orders"] } },
      },
    ]);
  });

  it.each([
    ["a pod of EKS", { kind: "serviceAccount", oidcIssuer: "oidc.eks.us-east-1.amazonaws.com/id/ABC", namespace: "jenkins", serviceAccount: "test-env" } as const, "system:serviceaccount:jenkins:test-env"], // prettier-ignore
    ["a job of GitHub", { kind: "gitHub", repository: "acme/orders", environment: "test" } as const, "repo:acme/orders:environment:test"], // prettier-ignore
  ])("or by the token of %s", (_, trust, subject) => {
    const policy = testEnvironmentsOf("orders", trust).sole("aws_iam_role").assume_role_policy as string;
    const [statement] = (JSON.parse(policy) as Policy).Statement;
    expect(listOf(statement!.Action)).toEqual(["sts:AssumeRoleWithWebIdentity"]);
    expect(Object.values(statement!.Condition!.StringEquals!)).toContainEqual([subject]);
  });

  it("fits into the limit for inline policies of a role", () => {
    const longest = runPolicies("a".repeat(16)).map((policy) => JSON.stringify(policy).length);
    // In the region with the longest name, each of about 40 ARNs and keys is 5 characters longer.
    expect(longest.reduce((a, b) => a + b) + 40 * 5).toBeLessThan(10_240);
  });

  it.each([
    ["a table", "dynamodb:CreateTable", arn("dynamodb", "table/test-orders-k3f9aa-users"), tags],
    ["a role under the boundary", "iam:CreateRole", role, withBoundary],
    ["a policy of a role under the boundary", "iam:PutRolePolicy", role, { "iam:PermissionsBoundary": BOUNDARY }], // prettier-ignore
    ["a function with such a role", "iam:PassRole", role, { "iam:PassedToService": "lambda.amazonaws.com" }],
    ["an item of its table", "dynamodb:PutItem", arn("dynamodb", "table/test-orders-k3f9aa-users"), {}],
    ["an API", "apigateway:POST", `arn:aws:apigateway:${REGION}::/apis`, tags],
    ["a right for an API to invoke", "lambda:AddPermission", arn("lambda", "function:test-orders-k3f9aa-api"), { "lambda:Principal": "apigateway.amazonaws.com" }], // prettier-ignore
    ["metrics", "logs:PutLogEvents", arn("logs", "log-group:/automock/test-environments:log-stream:x"), {}],
  ])("creates %s", (_, action, resource, context) => expect(kind(action, resource, context)).toBe("allowed"));

  const untagged = { ...tags, "aws:RequestTag/automock:expires-at": undefined };
  it.each([
    ["a table without an expiry", "dynamodb:CreateTable", arn("dynamodb", "table/test-orders-k3f9aa-users"), untagged], // prettier-ignore
    ["a table with the tags of another spec", "dynamodb:CreateTable", arn("dynamodb", "table/test-orders-k3f9aa-users"), { ...tags, "aws:RequestTag/automock:environment": "billing-k3f9aa" }], // prettier-ignore
    ["a table of another name", "dynamodb:CreateTable", arn("dynamodb", "table/customers"), tags],
    ["a table of a spec whose name starts like its own", "dynamodb:CreateTable", arn("dynamodb", "table/test-orders2-k3f9aa-users"), tags], // prettier-ignore
    ["a role without a boundary", "iam:CreateRole", role, tags],
    ["a role with another boundary", "iam:CreateRole", role, { ...tags, "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" }], // prettier-ignore
    ["a role of another path", "iam:CreateRole", iam("role/test-orders-k3f9aa-api"), withBoundary],
    ["a policy of a role without the boundary", "iam:PutRolePolicy", role, {}],
    ["another boundary of a role", "iam:PutRolePermissionsBoundary", role, withBoundary],
    ["a role without its boundary", "iam:DeleteRolePermissionsBoundary", role, withBoundary],
    ["a function with a foreign role", "iam:PassRole", iam("role/admin"), { "iam:PassedToService": "lambda.amazonaws.com" }], // prettier-ignore
    ["an instance with its role", "iam:PassRole", role, { "iam:PassedToService": "ec2.amazonaws.com" }],
    ["a managed policy on a role", "iam:AttachRolePolicy", role, { "iam:PermissionsBoundary": BOUNDARY }],
    ["a right for everyone to invoke", "lambda:AddPermission", arn("lambda", "function:test-orders-k3f9aa-api"), { "lambda:Principal": "*" }], // prettier-ignore
    ["a session of another role", "sts:AssumeRole", iam("role/admin"), {}],
    ["a mapping of a foreign function", "lambda:CreateEventSourceMapping", "*", { "lambda:FunctionArn": arn("lambda", "function:billing") }], // prettier-ignore
    ["a route of a foreign API", "apigateway:POST", `arn:aws:apigateway:${REGION}::/apis/a1/routes`, { "aws:ResourceTag/automock:environment": "billing-k3f9aa", "aws:ResourceTag/automock:system": "test" }], // prettier-ignore
  ])("never %s", (_, action, resource, context) =>
    expect(kind(action, resource, context)).not.toBe("allowed"),
  );

  const registry = arn("dynamodb", `table/automock-environments-${ACCOUNT}-${REGION}`);
  const item = (action: string, pk: string) =>
    kind(`dynamodb:${action}`, registry, { "dynamodb:LeadingKeys": [pk] }) === "allowed";

  it("writes the records, slots and times of its runs, and reads the others", () => {
    const written = ["ENV#orders-k3f9aa", "SLOT#orders", "STATS#orders", "BREAKER#sqs", "PACE#DeleteRestApi"];
    expect(written.map((pk) => item("PutItem", pk))).toEqual([true, true, true, true, true]);
    const foreign = ["ENV#pr-12", "ENV#orders", "ENV#billing-k3f9aa", "SLOT#billing", "SETTINGS", "WORKER"];
    expect(foreign.filter((pk) => item("PutItem", pk) || item("DeleteItem", pk))).toEqual([]);
    expect(foreign.map((pk) => item("GetItem", pk))).toEqual([true, true, true, false, false, false]);
    expect(kind("dynamodb:PutItem", registry)).not.toBe("allowed");
    expect(kind("dynamodb:DeleteTable", registry)).not.toBe("allowed");
  });
});

it("refuses a malformed trust", () => {
  expect(() => testEnvironmentsOf("orders", { ...JENKINS, roleArn: "arn:aws:iam::222222222222:root" } as typeof JENKINS)).toThrow("the ARN of one role, not of an account"); // prettier-ignore
});

it("keeps the lines of metrics for 30 days", () =>
  expect(template.sole("aws_cloudwatch_log_group")).toMatchObject({
    name: "/automock/test-environments",
    retention_in_days: 30,
  }));
