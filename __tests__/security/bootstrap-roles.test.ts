import { reaperNames } from "../../contract/reaper";
import { SETTINGS_KEY } from "../../contract/registry";
import { ACCOUNT, may, REGION, roleNamed, roles } from "../support/all-roles";
import { evaluate } from "../support/iam-evaluator/evaluate";
import { listOf, type Policy, type Request } from "../support/iam-evaluator/policy";

const reaper = reaperNames(ACCOUNT, REGION);
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const policy = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const BOOTSTRAP = "automock-bootstrap-us-east-1";
const SHARED = { "aws:ResourceTag/automock:environment": "shared" };
const STATES = `arn:aws:s3:::${reaper.stateBucketName}`;
/** A session of the cleanup role for an ephemeral environment. */
const SESSION = { "aws:PrincipalTag/automock:environment": "pr-7", "aws:ResourceAccount": ACCOUNT };

const ofBootstrap = roles.filter(({ name }) => name.startsWith(`${BOOTSTRAP}-`));

describe("the boundary of the bootstrap stack's roles", () => {
  it("is on every one of them", () => {
    expect(ofBootstrap.map(({ name }) => name.slice(BOOTSTRAP.length + 1))).toEqual([
      "apply-prod",
      "apply-staging",
      "cleanup",
      "plan-prod",
      "reaper",
      "scheduler",
      "test-env-jenkins",
    ]);
    expect(ofBootstrap.filter(({ boundary }) => boundary === undefined)).toEqual([]);
  });

  it("allows all that they need, but for what no stack has", () => {
    const cut = ofBootstrap.flatMap(({ name, policies, boundary }) =>
      policies
        .flatMap(({ Statement }) => Statement)
        .filter(({ Effect, Sid }) => Effect === "Allow" && !/^(AwsManaged|PowerUser)/.test(Sid ?? ""))
        .flatMap(({ Action, Resource, Condition }) =>
          listOf(Action).flatMap((action) =>
            listOf(Resource).map((resource) => ({
              action: action.replace(/\*$/, "X"),
              resource,
              context: (Condition?.StringEquals ?? {}) as Request["context"],
            })),
          ),
        )
        .filter((request) => evaluate([boundary!], request).kind !== "allowed")
        .map(({ action, resource }) => `${name}: ${action} ${resource}`),
    );
    expect(cut).toEqual([]);
  });

  const everything: Policy = { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const administrator = {
    name: "x",
    trust: everything,
    policies: [everything],
    boundary: ofBootstrap[0]!.boundary!,
  };

  it.each([
    ["a user", "iam:CreateUser", "*", {}],
    ["keys", "iam:CreateAccessKey", "*", {}],
    ["a password", "iam:CreateLoginProfile", "*", {}],
    ["an identity provider", "iam:CreateSAMLProvider", "*", {}],
    ["a version of a policy", "iam:CreatePolicyVersion", policy("x"), {}],
    ["an older version of a policy", "iam:SetDefaultPolicyVersion", policy("x"), {}],
    ["a role without a boundary", "iam:CreateRole", role("x"), {}],
    ["a role with this boundary", "iam:CreateRole", role("x"), { "iam:PermissionsBoundary": policy(`${BOOTSTRAP}-roles-boundary`) }], // prettier-ignore
    ["rights of a role without a boundary", "iam:PutRolePolicy", role("x"), {}],
    ["no boundary", "iam:DeleteRolePermissionsBoundary", role("x"), {}],
    ["the trust of a role of the stack", "iam:UpdateAssumeRolePolicy", reaper.cleanupRoleArn, {}],
    ["another role", "sts:AssumeRole", role("admin"), {}],
    ["the reaper's role for a function", "iam:PassRole", reaper.reaperRoleArn, { "iam:PassedToService": "lambda.amazonaws.com" }], // prettier-ignore
    ["the reaper's code", "lambda:UpdateFunctionCode", reaper.functionArn, SHARED],
    ["a caller of the reaper", "lambda:AddPermission", reaper.functionArn, SHARED],
    ["an instance", "ec2:RunInstances", "*", {}],
    ["a single task", "ecs:RunTask", "*", {}],
    ["the policy of the states", "s3:PutBucketPolicy", STATES, {}],
    ["a grant of a key", "kms:CreateGrant", arn("kms", "key/1"), {}],
    ["a stack", "cloudformation:CreateStack", "*", {}],
    ["a job", "glue:CreateJob", "*", {}],
    ["a command", "ssm:SendCommand", "*", {}],
    ["a parameter", "ssm:GetParameter", "*", {}],
    ["the organization", "organizations:DescribeOrganization", "*", {}],
  ])("whatever its policies allow: not %s", (_, action, resource, context) =>
    expect(may(administrator, action, resource, context)).not.toBe("allowed"),
  );
});

describe("no way leads from any role to more rights", () => {
  /** Who may do it all the same, and why that is no way. */
  const attempts: readonly (readonly [
    action: string,
    context: Request["context"],
    resource: string,
    title: string,
    except?: readonly string[],
  ])[] = [
    ["iam:CreateUser", {}, "*", "creates a user"],
    ["iam:CreateAccessKey", {}, "*", "creates keys of a user"],
    ["iam:CreateLoginProfile", {}, "*", "gives a user a password"],
    ["iam:UpdateLoginProfile", {}, "*", "changes a user's password"],
    ["iam:AttachUserPolicy", { "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" }, "*", "attaches to a user"], // prettier-ignore
    ["iam:AddUserToGroup", {}, "*", "adds a user to a group"],
    ["iam:CreatePolicyVersion", {}, policy(`${BOOTSTRAP}-roles-boundary`), "rewrites a boundary"],
    ["iam:SetDefaultPolicyVersion", {}, policy(`${BOOTSTRAP}-cleanup-rest`), "brings back an old policy"],
    ["iam:DeletePolicy", SESSION, policy(`${BOOTSTRAP}-roles-boundary`), "deletes a boundary"],
    ["iam:UpdateAssumeRolePolicy", {}, role("admin"), "changes who assumes an administrator's role"],
    ["iam:UpdateAssumeRolePolicy", SHARED, reaper.cleanupRoleArn, "changes who opens cleanup sessions"],
    ["iam:PutRolePolicy", { ...SHARED, "iam:PermissionsBoundary": policy(`${BOOTSTRAP}-roles-boundary`) }, reaper.reaperRoleArn, "gives the reaper rights"], // prettier-ignore
    ["iam:DeleteRolePermissionsBoundary", SHARED, role(`${BOOTSTRAP}-apply-staging`), "takes a boundary off"],
    ...[
      "lambda",
      "ec2",
      "ecs-tasks",
      "cloudformation",
      "glue",
      "sagemaker",
      "codebuild",
      "states",
      "scheduler",
    ].map(
      (service) =>
        ["iam:PassRole", { "iam:PassedToService": `${service}.amazonaws.com` }, role("admin"), `hands an administrator's role to ${service}`] as const, // prettier-ignore
    ),
    ["iam:PassRole", { ...SHARED, "iam:PassedToService": "lambda.amazonaws.com" }, reaper.reaperRoleArn, "hands the reaper's role to Lambda"], // prettier-ignore
    ["lambda:CreateFunction", {}, arn("lambda", "function:x"), "creates a function"],
    ["lambda:UpdateFunctionCode", SHARED, reaper.functionArn, "changes the reaper's code"],
    ["lambda:UpdateFunctionConfiguration", { ...SESSION, ...SHARED }, reaper.functionArn, "changes the reaper's settings"], // prettier-ignore
    ["lambda:AddPermission", SHARED, reaper.functionArn, "lets others invoke the reaper"],
    ["lambda:InvokeFunction", SHARED, reaper.functionArn, "invokes the reaper", ["scheduler"]],
    ["events:PutTargets", SHARED, arn("events", "rule/x"), "sends events of bootstrap elsewhere"],
    ["scheduler:UpdateSchedule", SHARED, arn("scheduler", `schedule/default/${BOOTSTRAP}-tick`), "changes the tick"], // prettier-ignore
    ["dynamodb:PutItem", { ...SHARED, "dynamodb:LeadingKeys": [SETTINGS_KEY.pk] }, reaper.registryTableArn, "enables deletion"], // prettier-ignore
    ["s3:PutBucketPolicy", SHARED, STATES, "opens the state bucket"],
    ["s3:PutObject", SHARED, `${STATES}/bootstrap/shared/terraform.tfstate`, "writes the state of bootstrap"],
    ["kms:PutKeyPolicy", SHARED, arn("kms", "key/notifications"), "opens a key of bootstrap"],
    [
      "kms:CreateGrant",
      { "kms:GrantIsForAWSResource": "false" },
      arn("kms", "key/x"),
      "grants a key to someone",
    ],
    ["cloudformation:CreateStack", {}, "*", "creates a stack with a role of others"],
    ["glue:CreateDevEndpoint", {}, "*", "creates an endpoint with a role of others"],
    ["ssm:SendCommand", {}, arn("ec2", "instance/i-1"), "runs a command on an instance"],
    ["ssm:StartSession", {}, arn("ec2", "instance/i-1"), "opens a shell on an instance"],
    ["ec2:RunInstances", {}, "*", "starts an instance with a role"],
    ["ec2:ModifyInstanceAttribute", {}, arn("ec2", "instance/i-1"), "changes what an instance runs at its start"], // prettier-ignore
    ["ecs:RunTask", {}, "*", "runs a task with a role"],
    ["ecs:ExecuteCommand", {}, "*", "enters a task"],
    ["sts:AssumeRole", {}, role("admin"), "becomes an administrator"],
    ["sts:AssumeRole", SHARED, reaper.cleanupRoleArn, "opens a cleanup session", ["reaper"]],
    ["organizations:LeaveOrganization", {}, "*", "leaves the organization"],
  ];

  it.each(
    attempts.map(([action, context, resource, title, except = []]) => ({
      action,
      context,
      resource,
      title,
      except,
    })),
  )("nobody $title ($action)", ({ action, context, resource, except }) => {
    const able = roles
      .filter((one) => may(one, action, resource, context) === "allowed")
      .map(({ name }) => name);
    expect(able).toEqual(except.map((name) => `${BOOTSTRAP}-${name}`));
  });
});

describe("plan reads no secret", () => {
  it.each([
    ["a password", "secretsmanager:GetSecretValue", arn("secretsmanager", "secret:rds!db-1")],
    ["passwords", "secretsmanager:BatchGetSecretValue", "*"],
    ["a parameter", "ssm:GetParameter", arn("ssm", "parameter/x")],
    ["API keys", "apigateway:GET", `arn:aws:apigateway:${REGION}::/apikeys/1`],
    ["API keys of a usage plan", "apigateway:GET", `arn:aws:apigateway:${REGION}::/usageplans/1/keys`],
    ["variables of someone's function", "lambda:GetFunctionConfiguration", arn("lambda", "function:other")],
    ["code of someone's function", "lambda:GetFunction", arn("lambda", "function:other")],
    ["what an instance runs at its start", "ec2:DescribeInstanceAttribute", arn("ec2", "instance/i-1")],
    ["an instance's console", "ec2:GetConsoleOutput", arn("ec2", "instance/i-1")],
    ["a Windows password", "ec2:GetPasswordData", arn("ec2", "instance/i-1")],
    ["logs", "logs:GetLogEvents", arn("logs", "log-group:/automock-prod/mockserver:log-stream:x")],
    ["messages", "sqs:ReceiveMessage", reaper.deadLetterQueueArn],
    ["an object of another bucket", "s3:GetObject", "arn:aws:s3:::customers/list.csv"],
    ["access logs", "s3:GetObject", `arn:aws:s3:::automock-prod-alb-logs-${ACCOUNT}-${REGION}/x`],
    ["an item of another table", "dynamodb:GetItem", arn("dynamodb", "table/customers")],
    ["a connection of a job", "glue:GetConnection", "*"],
    ["a template of a stack", "cloudformation:GetTemplate", "*"],
  ])("not %s", (_, action, resource) =>
    expect(may(roleNamed("plan-prod"), action, resource)).not.toBe("allowed"),
  );

  it.each([
    ["the reaper's function", "lambda:GetFunction", reaper.functionArn],
    ["the APIs' settings", "apigateway:GET", `arn:aws:apigateway:${REGION}::/restapis/1`],
    ["a firewall", "wafv2:GetWebACL", arn("wafv2", "regional/webacl/x/1")],
    ["networks", "ec2:DescribeVpcs", "*"],
  ])("but %s", (_, action, resource) =>
    expect(may(roleNamed("plan-prod"), action, resource)).toBe("allowed"),
  );
});
