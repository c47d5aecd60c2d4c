import { PERMANENT_NAMES } from "../../contract/permanent-names";
import { reaperNames, SESSION_TAG, SEVERAL_ENVIRONMENTS } from "../../contract/reaper";
import { SETTINGS_KEY } from "../../contract/registry";
import { TAG } from "../../contract/tags";
import { TEST_SYSTEM } from "../../contract/test-run";
import { endpointsPolicy } from "../../lambda/ttl-cleanup/aws/sessions";
import type { GateName } from "../../lambda/ttl-cleanup/core/gates";
import type { Need, Principal } from "../support/aws-simulator/kernel/call";
import { decide, synthesizedPolicies } from "../support/aws-simulator/policies";
import { PLACE } from "../support/aws-simulator/scenario";
import { read, tableUnder, updateTable } from "../support/markdown";

/** For each safety gate in the reaper's code: what IAM refuses when the code does not. */

const POLICIES = synthesizedPolicies(PLACE);
const names = reaperNames(PLACE.accountId, PLACE.region);
const REAPER: Principal = { arn: names.reaperRoleArn, tags: {} };
const session = (environment: string, system = "automock"): Principal => ({
  arn: `arn:aws:sts::${PLACE.accountId}:assumed-role/cleanup/reaper-${environment}`,
  tags: {
    [SESSION_TAG.environment]: environment,
    [SESSION_TAG.system]: system,
    [SESSION_TAG.vpcId]: "vpc-1",
  },
});
const isAllowed = (principal: Principal, need: Need) =>
  decide(POLICIES, PLACE, principal, need).kind === "allowed";

const OWN = { [TAG.environment]: "pr-1", [TAG.ephemeral]: "true", [TAG.system]: "automock" };
const vpc = (tags: Readonly<Record<string, string>>, more: Partial<Need> = {}): Need => ({
  action: "ec2:DeleteVpc",
  resource: names.names.arn("ec2", "vpc/vpc-1"),
  tags: { ...OWN, ...tags },
  ...more,
});
const open = (environment: string): Need => ({
  action: "sts:AssumeRole",
  resource: names.cleanupRoleArn,
  context: {
    "aws:TagKeys": [SESSION_TAG.environment, SESSION_TAG.system],
    [`aws:RequestTag/${SESSION_TAG.environment}`]: environment,
    [`aws:RequestTag/${SESSION_TAG.system}`]: "automock",
  },
});
const state = (action: string, key: string): Need => ({
  action,
  resource: names.names.bucketArn(names.stateBucketName, key),
});
const item = (action: string, table: string, key: string): Need => ({
  action,
  resource: table,
  context: { "dynamodb:LeadingKeys": [key] },
});
const record = (...recordNames: string[]): Need => ({
  action: "route53:ChangeResourceRecordSets",
  resource: "arn:aws:route53:::hostedzone/Z1",
  context: {
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": recordNames,
    "route53:ChangeResourceRecordSetsActions": recordNames.map(() => "DELETE"),
    "route53:ChangeResourceRecordSetsRecordTypes": recordNames.map(() => "A"),
  },
});
const networkInterface = (vpcId: string, tags: Readonly<Record<string, string>> = {}): Need => ({
  action: "ec2:DeleteNetworkInterface",
  resource: names.names.arn("ec2", "network-interface/eni-1"),
  tags,
  context: { "ec2:Vpc": names.names.arn("ec2", `vpc/${vpcId}`) },
});
const inEnvironment = (action: string, resource: (environment: string) => string) =>
  (["pr-1", "prod"] as const).map((environment): Need => ({ action, resource: resource(environment) }));

/** A request that must be refused, and one like it that a cleanup needs, each with who makes it. */
interface Twin {
  readonly iam: string;
  readonly cases: readonly (readonly [
    needed: readonly [Principal, Need],
    refused: readonly [Principal, Need],
  ])[];
}

const ours = session("pr-1");

/** The session for VPC endpoints of these environments. */
const ofSeveral = (...environments: string[]): Principal => ({
  ...session(SEVERAL_ENVIRONMENTS),
  policy: endpointsPolicy(environments),
});
const endpoint = (tags: Readonly<Record<string, string>> = {}, action = "ec2:DeleteVpcEndpoints"): Need => ({
  action,
  resource: names.names.arn("ec2", "vpc-endpoint/vpce-1"),
  tags: { ...OWN, ...tags },
});

/** A test run, and a stack that someone gave the name of the run. */
const RUN = "orders-k3f9aa";
const ofRun = session(RUN, TEST_SYSTEM);
const ofNamesake = session(RUN);
/** What is a run's, and the same of its namesake; each is for its own session alone. */
const apart = (
  action: string,
  [ofTheRun, ofTheStack]: readonly [string, string],
  tagged = true,
): Twin["cases"] => {
  const need = (resource: string, system: string): Need => ({
    action,
    resource,
    tags: tagged ? { [TAG.environment]: RUN, [TAG.ephemeral]: "true", [TAG.system]: system } : {},
  });
  const [run, stack] = [need(ofTheRun, TEST_SYSTEM), need(ofTheStack, "automock")];
  return [
    [
      [ofRun, run],
      [ofRun, stack],
    ],
    [
      [ofNamesake, stack],
      [ofNamesake, run],
    ],
  ];
};
/** Another run whose id starts the same, or ends so. */
const otherRuns = (action: string, resource: (run: string) => string): Twin["cases"] =>
  ["orders-k3f9aaa", "my-orders-k3f9aa", "orders-zzzzzz"].map((other) => [
    [ofRun, { action, resource: resource(RUN), tags: {} }],
    [ofRun, { action, resource: resource(other), tags: {} }],
  ]);
const { accountId } = PLACE;
const arn = (service: string, resource: string) => names.names.arn(service, resource);
const apiArn = (path: string) => `arn:aws:apigateway:${PLACE.region}::${path}`;
const both = ([needed, refused]: readonly Need[], by = ours): Twin["cases"][number] => [
  [by, needed!],
  [by, refused!],
];
/** Every kind of thing of a permanent environment, asked for by a session that carries its name. */
const permanent = (action: string, resource: (environment: string) => string): Twin["cases"][number] => {
  const [needed, refused] = inEnvironment(action, resource);
  return [
    [ours, needed!],
    [session("prod"), refused!],
  ];
};

const GATES: Readonly<Record<GateName, Twin | string>> = {
  account: {
    iam: "NeverAnotherAccount; every ARN names the account",
    cases: [
      both([
        vpc({}),
        vpc(
          {},
          {
            resource: "arn:aws:ec2:us-east-1:999988887777:vpc/vpc-1",
            context: { "aws:ResourceAccount": "999988887777" },
          },
        ),
      ]),
    ],
  },
  "account-alias": "IAM does not know an account's alias",
  region: {
    iam: "every regional ARN names the region",
    cases: [both([vpc({}), vpc({}, { resource: `arn:aws:ec2:eu-west-1:${PLACE.accountId}:vpc/vpc-1` })])],
  },
  name: {
    iam: "the trust of the cleanup role, NeverPermanent; for the reaper itself NeverPermanentStates, NeverPermanentLocks, NeverPermanentRecords",
    cases: [
      ...[...PERMANENT_NAMES, "qa"].map(
        (name) =>
          [
            [REAPER, open("pr-1")],
            [REAPER, open(name)],
          ] as Twin["cases"][number],
      ),
      permanent("s3:DeleteBucket", (environment) =>
        names.names.bucketArn(`automock-${environment}-config-${PLACE.accountId}-${PLACE.region}`),
      ),
      permanent("logs:DeleteLogGroup", (environment) =>
        names.names.arn("logs", `log-group:/automock-${environment}/mockserver`),
      ),
      permanent(
        "cloudwatch:DeleteDashboards",
        (environment) => `arn:aws:cloudwatch::${PLACE.accountId}:dashboard/automock-${environment}`,
      ),
      permanent("scheduler:UpdateSchedule", (environment) =>
        names.names.arn("scheduler", `schedule/${names.scheduleGroupName}/${environment}.expire`),
      ),
      permanent("s3:PutObject", (environment) =>
        names.names.bucketArn(names.stateBucketName, `automock/${environment}/terraform.tfstate`),
      ),
      [
        [ours, record("x.mocks.example.com")],
        [session("prod"), record("x.mocks.example.com")],
      ],
      [
        [ours, networkInterface("vpc-1")],
        [session("prod"), networkInterface("vpc-1")],
      ],
      both(
        [
          state("s3:GetObject", "automock/pr-1/terraform.tfstate"),
          state("s3:GetObject", "automock/prod/terraform.tfstate"),
        ],
        REAPER,
      ),
      both(
        [
          state("s3:DeleteObject", "automock/pr-1/terraform.tfstate.tflock"),
          state("s3:DeleteObject", "automock/staging/terraform.tfstate.tflock"),
        ],
        REAPER,
      ),
      both(
        ["pr-1", "prod"].map((environment) =>
          item(
            "dynamodb:DeleteItem",
            names.lockTableArn,
            `${names.stateBucketName}/automock/${environment}/terraform.tfstate`,
          ),
        ),
        REAPER,
      ),
      both(
        ["ENV#pr-1", "ENV#prod"].map((key) => item("dynamodb:PutItem", names.registryTableArn, key)),
        REAPER,
      ),
      both(
        ["ENV#pr-1", "OTHER#pr-1"].map((key) => item("dynamodb:PutItem", names.registryTableArn, key)),
        REAPER,
      ),
    ],
  },
  environment: {
    iam: "State, StateDigest: the key of the session's environment alone",
    cases: [
      both(["pr-1", "pr-2"].map((name) => state("s3:PutObject", `automock/${name}/terraform.tfstate`))),
      both(
        ["pr-1", "pr-2"].map((name) =>
          item(
            "dynamodb:PutItem",
            names.lockTableArn,
            `${names.stateBucketName}/automock/${name}/terraform.tfstate-md5`,
          ),
        ),
      ),
    ],
  },
  ephemeral: {
    iam: "every statement by tag asks for automock:ephemeral=true; NeverNotEphemeral",
    cases: [
      both([vpc({}), vpc({ [TAG.ephemeral]: "false" })]),
      both([
        { action: "logs:DeleteLogGroup", resource: names.names.arn("logs", "log-group:/automock-pr-1/x") },
        {
          action: "logs:DeleteLogGroup",
          resource: names.names.arn("logs", "log-group:/automock-pr-1/x"),
          tags: { [TAG.ephemeral]: "false" },
        },
      ]),
    ],
  },
  protected: {
    iam: "NeverProtected, for a resource; a record's protection is for the code",
    cases: [both([vpc({}), vpc({ [TAG.protected]: "true" })])],
  },
  "clock-skew": "IAM does not know the reaper's clock",
  expired: "IAM does not read the registry",
  "minimum-age": "IAM does not read the registry",
  warned: "IAM does not read the registry",
  deletion: {
    iam: "ReadTheSettings; KeepTheRegistry: the reaper reads the switch and cannot write it",
    cases: [
      [
        [REAPER, item("dynamodb:GetItem", names.registryTableArn, SETTINGS_KEY.pk)],
        [REAPER, item("dynamodb:PutItem", names.registryTableArn, SETTINGS_KEY.pk)],
      ],
      [
        [REAPER, item("dynamodb:GetItem", names.registryTableArn, SETTINGS_KEY.pk)],
        [ours, item("dynamodb:PutItem", names.registryTableArn, SETTINGS_KEY.pk)],
      ],
    ],
  },
  "plan-size": "IAM does not count",
  "environment-mismatch": {
    iam: "every statement by tag asks for the session's environment; NeverAnotherSystem: a run and a stack of its name never change each other; BucketsOfRuns, LogGroupsOfRuns: what is untagged, by the run's own name; EndpointsOfSeveral: the session's own policy names the environments, and NeverMoreOfSeveral leaves it nothing but endpoints",
    cases: [
      ...[
        ["dynamodb:DeleteTable", `table/test-${RUN}-users`, "table/x"],
        ["sqs:DeleteQueue", `test-${RUN}-jobs`, "x"],
        ["sns:DeleteTopic", `test-${RUN}-events`, "x"],
        ["lambda:DeleteFunction", `function:test-${RUN}-api`, "function:x"],
        ["lambda:DeleteEventSourceMapping", "event-source-mapping:1", "event-source-mapping:2"],
        ["events:DeleteRule", `rule/test-${RUN}-tick`, "rule/x"],
        ["logs:DeleteLogGroup", `log-group:/test-${RUN}/api`, "log-group:/x"],
      ].flatMap(([action, run, stack]) => {
        const service = action!.split(":")[0]!;
        return apart(action!, [arn(service, run!), arn(service, stack!)]);
      }),
      ...apart("iam:DeleteRole", [
        names.names.iamArn(`role/automock-test/test-${RUN}-api`),
        names.names.iamArn("role/x"),
      ]),
      ...apart("apigateway:DELETE", [apiArn("/apis/a"), apiArn("/apis/b")]),
      ...apart("apigateway:DELETE", [apiArn("/restapis/a"), apiArn("/restapis/b")]),
      ...apart(
        "s3:DeleteBucket",
        [
          names.names.bucketArn(`test-${RUN}-files-${accountId}`),
          names.names.bucketArn(`automock-${RUN}-config-${accountId}-${PLACE.region}`),
        ],
        false,
      ),
      ...apart(
        "logs:DeleteLogGroup",
        [arn("logs", `log-group:/test-${RUN}/api`), arn("logs", `log-group:/automock-${RUN}/api`)],
        false,
      ),
      ...otherRuns("s3:DeleteBucket", (run) => names.names.bucketArn(`test-${run}-files-${accountId}`)),
      ...otherRuns("logs:DeleteLogGroup", (run) => arn("logs", `log-group:/test-${run}/api`)),
      both([vpc({}), vpc({ [TAG.environment]: "pr-2" })]),
      both([vpc({}), vpc({ [TAG.system]: "task-api" })]),
      both([vpc({}), vpc({ [TAG.system]: "bootstrap" })]),
      both([networkInterface("vpc-1"), networkInterface("vpc-2")]),
      both([endpoint(), endpoint({ [TAG.environment]: "pr-3" })], ofSeveral("pr-1", "pr-2")),
      both([endpoint(), endpoint({ [TAG.environment]: "qa" })], ofSeveral("pr-1", "qa")),
      both([endpoint(), endpoint({ [TAG.ephemeral]: "" })], ofSeveral("pr-1", "pr-2")),
      both([endpoint(), endpoint({ [TAG.system]: "task-api" })], ofSeveral("pr-1", "pr-2")),
      both([endpoint(), endpoint({ [TAG.protected]: "true" })], ofSeveral("pr-1", "pr-2")),
      both([endpoint(), endpoint({}, "ec2:DescribeVpcEndpoints")], ofSeveral("pr-1", "pr-2")),
      // Also where the code forgets the session's own policy.
      both([endpoint(), vpc({})], session(SEVERAL_ENVIRONMENTS)),
      [
        [ofSeveral("pr-1", "pr-2"), endpoint({ [TAG.environment]: "pr-2" })],
        [ours, endpoint({ [TAG.environment]: "pr-2" })],
      ],
      both([networkInterface("vpc-1"), networkInterface("vpc-1", { [TAG.environment]: "pr-2" })]),
      both([record("x.mocks.example.com"), record("www.example.com")]),
      both([record("x.mocks.example.com"), record("a.live.mocks.example.com")]),
      both([record("x.mocks.example.com"), record("x.mocks.example.com", "live.mocks.example.com")]),
    ],
  },
  "state-lock": "IAM does not know who holds a lock; writes are conditional on its id",
};

const HEADING = "Gates in code and their twins in IAM";

it("the document has the table (npm run golden:update rewrites it)", () => {
  const table = [
    ["gate in code", "its twin in IAM"],
    ...Object.entries(GATES).map(([gate, twin]) => [
      `\`${gate}\``,
      typeof twin === "string" ? `none: ${twin}` : twin.iam,
    ]),
  ];
  updateTable("docs/reaper-gates.md", HEADING, table);
  expect(tableUnder(read("docs/reaper-gates.md"), HEADING)).toEqual(table);
});

it("the twins name statements that exist", () => {
  const sids = [...POLICIES.reaper, ...POLICIES.cleanup].flatMap(({ Statement }) =>
    Statement.map(({ Sid }) => Sid),
  );
  const named = Object.values(GATES).flatMap((twin) =>
    typeof twin === "string" ? [] : (twin.iam.match(/\b(Never\w+|State\w*)\b/g) ?? []),
  );
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((sid) => !sids.includes(sid))).toEqual([]);
});

describe.each(
  Object.entries(GATES).flatMap(([gate, twin]) => (typeof twin === "string" ? [] : [[gate, twin] as const])),
)("%s", (_gate, { cases }) => {
  it.each(cases.map((one, i) => [i, one[1][1].action, one] as const))(
    "case %i, %s: allowed where a cleanup needs it, refused where the gate is shut",
    (_i, _action, [needed, refused]) => {
      expect([isAllowed(...needed), isAllowed(...refused)]).toEqual([true, false]);
    },
  );
});
