import { ACCOUNT, boundaries, may, REGION, roleNamed, roles } from "../support/all-roles";
import { codeBlocks, read, tableUnder, updateBlock, updateTable } from "../support/markdown";
import { trustPicture } from "../support/trust-picture";
import { evaluate } from "../support/iam-evaluator/evaluate";
import { listOf, type Policy, type Request } from "../support/iam-evaluator/policy";
import { lacks, operations } from "../support/iam-evaluator/operations";
import { decideFor } from "../support/iam-evaluator/roles";

/** What every role may do, counted as AWS counts: an operation is allowed when each of its rights is. */

/** Task, execution and flow logs of four stacks, database monitoring of two, and one for each deployment by ECS. */
const ENVIRONMENT_ROLES = 14;
const HEADING = "What each role may do";
const all = operations(ACCOUNT, REGION);

const mayDo = (end: string) =>
  all.filter((operation) => lacks(roleNamed(end), operation, REGION) === undefined).map(({ name }) => name);

it("the document has the table that the evaluator computes (npm run golden:update rewrites it)", () => {
  const table = [
    ["operation", "roles"],
    ...all.map((operation) => [
      operation.name,
      roles.filter((role) => lacks(role, operation, REGION) === undefined).map(({ name }) => `\`${name}\``).join(", ") || "none", // prettier-ignore
    ]),
  ];
  expect(
    roles.filter(({ name }) => !JSON.stringify(table).includes(`\`${name}\``)).map(({ name }) => name),
  ).toEqual([]);
  updateTable("docs/security.md", HEADING, table);
  expect(tableUnder(read("docs/security.md"), HEADING)).toEqual(table);
});

it("every role of prod, staging, its admin boxes, bootstrap and test environments is evaluated", () =>
  expect(roles).toHaveLength(23));

it("the document has the picture that the stacks give (npm run golden:update rewrites it)", () => {
  const picture = trustPicture(all);
  updateBlock("docs/security.md", "Trust boundaries", "mermaid", picture);
  expect(codeBlocks(read("docs/security.md"), "mermaid")[0]).toBe(`${picture}\n`);
});

describe("plan", () => {
  it("reads every state, its digest, the registry and the expectations, and nothing else", () =>
    expect(mayDo("plan-prod")).toEqual([
      "read the state of automock-prod",
      "read the state of automock-staging",
      "read the state of task-api-prod",
      "read the state of bootstrap-shared",
      "read the expectations of automock-prod",
      "read the expectations of automock-staging",
      "read a record of the registry",
    ]));

  const decrypt = (context: Record<string, string>) =>
    decideFor(
      roleNamed("plan-prod"),
      { action: "kms:Decrypt", resource: `arn:aws:kms:${REGION}:${ACCOUNT}:key/aws-s3`, context },
      REGION,
    );
  const s3 = { "kms:ViaService": `s3.${REGION}.amazonaws.com` };
  const STATES = `arn:aws:s3:::automock-tfstate-${ACCOUNT}-${REGION}`;

  it.each([
    ["by a request of its own", {}, "NoDirectDecryption"],
    ["through Secrets Manager", { "kms:ViaService": `secretsmanager.${REGION}.amazonaws.com` }, "NoDirectDecryption"], // prettier-ignore
    ["through S3 of another region", { "kms:ViaService": "s3.eu-west-1.amazonaws.com" }, "NoDirectDecryption"], // prettier-ignore
    ["an object of another bucket", { ...s3, "kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::customers" }, "NoOtherBuckets"], // prettier-ignore
    ["a bucket that only starts like the states' one", { ...s3, "kms:EncryptionContext:aws:s3:arn": `${STATES}-copy` }, "NoOtherBuckets"], // prettier-ignore
    ["what S3 does not name", s3, "NoOtherBuckets"],
    ["another table", { "kms:ViaService": `dynamodb.${REGION}.amazonaws.com`, "kms:EncryptionContext:aws:dynamodb:tableName": "customers" }, "NoOtherTables"], // prettier-ignore
  ])("does not decrypt %s", (_, context, by) => expect(decrypt(context)).toEqual({ kind: "denied", by }));

  it("decrypts states with and without a bucket key", () => {
    for (const arn of [STATES, `${STATES}/automock/prod/terraform.tfstate`])
      expect(decrypt({ ...s3, "kms:EncryptionContext:aws:s3:arn": arn }).kind).toBe("allowed");
  });
});

describe("apply: no way leads to more rights", () => {
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const policy = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;
  const OWN = policy("automock-bootstrap-us-east-1-boundary-staging");
  const POWER = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers";
  const applies = roleNamed("apply-staging");
  const task = role("automock-staging-task");
  const bounded = { "iam:PermissionsBoundary": OWN };

  it.each([
    ["creates a role without a boundary", "iam:CreateRole", task, {}],
    ["creates one with another boundary", "iam:CreateRole", task, { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" }], // prettier-ignore
    ["creates one with production's", "iam:CreateRole", task, { "iam:PermissionsBoundary": policy("automock-bootstrap-us-east-1-boundary-prod") }], // prettier-ignore
    ["creates one of another environment", "iam:CreateRole", role("automock-prod-task"), bounded],
    ["gives rights to a role without a boundary", "iam:PutRolePolicy", task, {}],
    ["attaches AdministratorAccess", "iam:AttachRolePolicy", task, { ...bounded, "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" }], // prettier-ignore
    ["attaches a policy to a role without a boundary", "iam:AttachRolePolicy", task, { "iam:PolicyARN": POWER }], // prettier-ignore
    ["removes a boundary", "iam:DeleteRolePermissionsBoundary", task, bounded],
    ["changes a boundary", "iam:PutRolePermissionsBoundary", task, { "iam:PermissionsBoundary": policy("other") }], // prettier-ignore
    ["rewrites the boundary", "iam:CreatePolicyVersion", OWN, {}],
    ["assumes a role that it made", "sts:AssumeRole", task, {}],
    ["assumes a role that trusts the account", "sts:AssumeRole", role("admin"), {}],
    ["hands a role to Lambda", "iam:PassRole", task, { "iam:PassedToService": "lambda.amazonaws.com" }],
    ["changes a function of someone else", "lambda:UpdateFunctionCode", `arn:aws:lambda:${REGION}:${ACCOUNT}:function:x`, {}], // prettier-ignore
    ["starts a stack with a role of someone else", "cloudformation:CreateStack", "*", {}],
    ["runs a command on an instance", "ssm:SendCommand", `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-1`, {}],
    ["starts an instance with a role", "ec2:RunInstances", "*", {}],
    ["enters a task of someone else", "ecs:ExecuteCommand", `arn:aws:ecs:${REGION}:${ACCOUNT}:task/x/1`, {}],
    ["pushes an image of someone else", "ecr:PutImage", `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/other`, {}], // prettier-ignore
    ["reads a secret", "secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!db-1`, {}], // prettier-ignore
    ["creates a schedule of someone else", "scheduler:CreateSchedule", `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/x`, {}], // prettier-ignore
    ["deletes a dashboard of someone else", "cloudwatch:DeleteDashboards", `arn:aws:cloudwatch::${ACCOUNT}:dashboard/other`, {}], // prettier-ignore
    ["deletes a secret of someone else", "secretsmanager:DeleteSecret", `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:other`, {}], // prettier-ignore
    ["deletes a zone", "route53:DeleteHostedZone", "arn:aws:route53:::hostedzone/Z1", {}],
    ["changes a record where it has no domain", "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", { "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["x.example.com"] }], // prettier-ignore
  ])("never %s", (_, action, resource, context) =>
    expect(may(applies, action, resource, context)).not.toBe("allowed"),
  );

  it.each([
    ["creates a role with the boundary", "iam:CreateRole", task, bounded],
    ["gives it rights", "iam:PutRolePolicy", task, bounded],
    ["attaches a policy in use", "iam:AttachRolePolicy", task, { ...bounded, "iam:PolicyARN": POWER }],
    ["bounds a role of before", "iam:PutRolePermissionsBoundary", task, bounded],
    ["hands a role to its tasks", "iam:PassRole", task, { "iam:PassedToService": "ecs-tasks.amazonaws.com" }],
    ["asks who it is", "sts:GetCallerIdentity", "*", {}],
    ["changes its dashboard", "cloudwatch:PutDashboard", `arn:aws:cloudwatch::${ACCOUNT}:dashboard/automock-staging`, {}], // prettier-ignore
    ["has RDS keep a password", "secretsmanager:CreateSecret", `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!db-1`, {}], // prettier-ignore
  ])("but %s", (_, action, resource, context) =>
    expect(may(applies, action, resource, context)).toBe("allowed"),
  );

  it("where there is a domain, it changes its records and those of its certificates, no others", () => {
    const change = (...names: string[]) =>
      decideFor(
        roleNamed("apply-prod"),
        {
          action: "route53:ChangeResourceRecordSets",
          resource: "arn:aws:route53:::hostedzone/Z1",
          context: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": names },
        },
        REGION,
      ).kind;
    for (const name of [
      "automock.example.com",
      "\\052.automock.example.com",
      "mocks.example.org",
      "tasks.example.com",
      "_a1.automock.example.com",
    ])
      // prettier-ignore
      expect([name, change(name)]).toEqual([name, "allowed"]);
    for (const names of [
      ["example.com"],
      ["www.example.com"],
      ["x.automock.example.com"],
      ["automock.example.com", "www.example.com"],
    ])
      // prettier-ignore
      expect([names, change(...names)]).toEqual([names, "denied"]);
  });
});

describe("permissions boundaries", () => {
  const ofEnvironments = roles.filter(({ name }) => /^(automock|task-api)-(prod|staging)-/.test(name));
  const withBoundaries = (name: string) => roles.find((role) => role.name === name)?.boundary !== undefined;

  it("every role of an environment has that of its environment", () => {
    expect(ofEnvironments).toHaveLength(ENVIRONMENT_ROLES);
    expect(ofEnvironments.filter(({ name }) => !withBoundaries(name))).toEqual([]);
    for (const { name, boundary } of ofEnvironments) {
      const environment = name.includes("-prod-") ? "prod" : "staging";
      const own = `arn:aws:iam::${ACCOUNT}:policy/automock-bootstrap-us-east-1-boundary-${environment}`;
      expect(boundary).toEqual(boundaries.get(own));
    }
  });

  it("each allows all that the policies of its roles allow", () => {
    const cut = ofEnvironments.flatMap(({ name, policies, boundary }) =>
      policies
        .flatMap(({ Statement }) => Statement)
        .flatMap(({ Action, Resource, Condition }) =>
          listOf(Action).flatMap((action) =>
            listOf(Resource).map((resource) => ({
              action: action.replace("Describe*", "DescribeRules"),
              resource: stood(resource, name),
              context: (Condition?.StringEquals ?? {}) as Request["context"],
            })),
          ),
        )
        .filter((request) => evaluate([boundary!], request).kind !== "allowed")
        .map(({ action, resource }) => `${name}: ${action} ${resource}`),
    );
    expect(cut).toEqual([]);
  });

  /** A resource that a pattern of a policy matches, of the kind that an environment has. */
  function stood(pattern: string, roleName: string): string {
    const prefix = roleName
      .split("-")
      .slice(0, roleName.startsWith("task-api") ? 3 : 2)
      .join("-");
    if (pattern === "*") return pattern;
    return pattern
      .replace("arn:aws:logs:*:*:log-group:RDS*", `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:RDSOSMetrics`)
      .replaceAll("*", prefix);
  }

  const everything: Policy = { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  it.each([["staging"], ["ephemeral"]])("a role of %s that its policies allow everything", (environment) => {
    const name = environment === "ephemeral" ? "ephemeral-boundary" : `boundary-${environment}`;
    const boundary = boundaries.get(`arn:aws:iam::${ACCOUNT}:policy/automock-bootstrap-us-east-1-${name}`);
    const admin = { name: "x", trust: everything, policies: [everything], boundary: boundary! };
    for (const [action, resource] of [
      ["iam:CreateRole", "*"],
      ["iam:AttachRolePolicy", "*"],
      ["iam:PassRole", "*"],
      ["iam:CreatePolicyVersion", "*"],
      ["sts:AssumeRole", "*"],
      ["lambda:InvokeFunction", "*"],
      ["ec2:RunInstances", "*"],
      ["kms:Decrypt", `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`],
      [
        "dynamodb:PutItem",
        `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/automock-environments-${ACCOUNT}-${REGION}`,
      ],
      ["s3:GetObject", `arn:aws:s3:::automock-prod-config-${ACCOUNT}-${REGION}/expectations.json`],
      [
        "logs:PutLogEvents",
        `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/automock-prod/mockserver:log-stream:x`,
      ],
      [
        "elasticloadbalancing:ModifyListener",
        `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:listener/app/automock-prod/1/2`,
      ],
    ] as const)
      expect([action, may(admin, action, resource)]).not.toEqual([action, "allowed"]);
    const own = environment === "ephemeral" ? "pr-7" : environment;
    expect(may(admin, "s3:GetObject", `arn:aws:s3:::automock-${own}-config-${ACCOUNT}-${REGION}/expectations.json`)).toBe("allowed"); // prettier-ignore
  });

  it("AWS takes them: 6,144 characters at most", () => {
    const sizes = [...boundaries.values()].map((policy) => JSON.stringify(policy).length);
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6144);
  });
});
