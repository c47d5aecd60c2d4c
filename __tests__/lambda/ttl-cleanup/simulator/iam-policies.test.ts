import { PERMANENT_NAMES } from "../../../../contract/permanent-names";
import { reaperNames, SESSION_TAG, SEVERAL_ENVIRONMENTS } from "../../../../contract/reaper";
import { TAG } from "../../../../contract/tags";
import { allFaults, bystanders } from "../../../support/aws-simulator/invariants";
import type { Need, Principal } from "../../../support/aws-simulator/kernel/call";
import { authorizeBy, decide, requestOf, synthesizedPolicies } from "../../../support/aws-simulator/policies";
import { HOUR, MINUTE, PLACE, Scenario } from "../../../support/aws-simulator/scenario";
import { USUAL } from "../../../support/aws-simulator/world/seed-parts";
import { sample } from "../../../support/examples";
import { evaluate } from "../../../support/iam-evaluator/evaluate";
import type { Policy, Statement } from "../../../support/iam-evaluator/policy";

/** Every permission that a cleanup needs, against the policies that the module synthesizes. */

const ALPHA = "alpha";
const TWIN = "alpha-x";
const POLICIES = synthesizedPolicies(PLACE);
const names = reaperNames(PLACE.accountId, PLACE.region);
const REAPER: Principal = { arn: names.reaperRoleArn, tags: {} };

interface Cleanup {
  readonly scenario: Scenario;
  readonly faults: readonly string[];
  /** Permissions of successful calls, by who made them; a call needs all of its own. */
  readonly reaper: readonly (readonly Need[])[];
  readonly cleanup: readonly (readonly Need[])[];
  readonly session: Principal;
  /** Permissions that were refused. */
  readonly refused: readonly Need[];
}

/** The whole life of an environment with one of everything, every call checked. */
async function cleanUp(seed: number, environment: string, other: string): Promise<Cleanup> {
  const scenario = new Scenario({ seed, fireTwice: 0, authorize: authorizeBy(POLICIES, PLACE) });
  const shape = {
    ...USUAL,
    domain: true,
    extras: true,
    database: true,
    strayInterface: true,
    interfaceEndpoints: 1,
  };
  const seeded = scenario.add({ ...shape, environment }, 2);
  scenario.add({ ...shape, environment: other }, 100);
  // Container Insights has made its group again, without tags.
  scenario.world.logGroups.get(`/aws/ecs/containerinsights/automock-${environment}/performance`)!.tags = {};
  await scenario.until(() => false, 2 * HOUR - 5 * MINUTE);
  const before = bystanders(scenario, environment);
  await scenario.until(() => scenario.isDone(environment), 3 * HOUR);
  scenario.stop();
  const { log } = scenario.simulator;
  const own = log.filter(({ principal }) => principal.endsWith(`/reaper-${environment}`));
  const arn = own[0]!.principal;
  const unique = (calls: typeof log) => [
    ...new Map(
      calls.filter(({ outcome }) => outcome === "ok").map(({ needs }) => [JSON.stringify(needs), needs]),
    ).values(),
  ];
  const tags = [...scenario.world.sessions.values()].filter((one) => one.arn === arn).at(-1)!.tags;
  return {
    scenario,
    faults: allFaults(scenario, seeded, before),
    reaper: unique(log.filter(({ principal }) => principal === REAPER.arn)),
    cleanup: unique(own),
    session: { arn, tags },
    refused: log
      .filter(({ outcome }) => /AccessDenied|Unauthorized/.test(outcome))
      .flatMap(({ needs }) => needs),
  };
}

let alpha: Cleanup;
let twin: Cleanup;

beforeAll(async () => {
  [alpha, twin] = [await cleanUp(5, ALPHA, TWIN), await cleanUp(6, TWIN, ALPHA)];
});

const actions = (calls: readonly (readonly Need[])[]) =>
  [...new Set(calls.flat().map(({ action }) => action))].sort();
const isAllowed = (principal: Principal, call: readonly Need[]) =>
  call.every((need) => decide(POLICIES, PLACE, principal, need).kind === "allowed");
const isRead = (call: readonly Need[]) =>
  call.every(({ action }) => /:(G[eE][tT]|List|Describe|Head)/.test(action));

test("every call of a cleanup is allowed for its own environment", () => {
  for (const { faults, refused, cleanup } of [alpha, twin]) {
    expect(faults).toEqual([]);
    // IAM knows no tags of what is gone, so a second try on it is refused.
    expect(refused.filter(({ tags }) => tags === undefined || Object.keys(tags).length > 0)).toEqual([]);
    expect(actions(cleanup).length).toBeGreaterThan(50);
  }
});

test("faults and crashes do not make it need more rights", async () => {
  for (const seed of sample([...Array(10).keys()], 3).map((i) => 100 + i)) {
    const scenario = new Scenario({
      seed,
      faults: { throttle: 0.2, serverError: 0.03, lostAnswer: 0.03, partialFailure: 0.1 },
      authorize: authorizeBy(POLICIES, PLACE),
      crash: (invocation) => (invocation === 3 ? { call: 7 * seed - 600, when: "after" } : undefined),
    });
    const environment = scenario.add({ ...USUAL, environment: ALPHA, extras: true, domain: true }, 2);
    await scenario.until(() => false, 2 * HOUR - 5 * MINUTE);
    const before = bystanders(scenario, ALPHA);
    await scenario.until(() => scenario.isDone(ALPHA), 5 * HOUR);
    await scenario.until(() => false, MINUTE);
    scenario.stop();
    expect([seed, allFaults(scenario, environment, before)]).toEqual([seed, []]);
  }
});

test("a session of the one environment may do none of it to the other", () => {
  // IAM knows no resource of theirs, or cannot tell the records of a zone apart: the code's own proof stands alone.
  const unscoped = [
    "ecs:DeregisterTaskDefinition",
    "logs:DeleteQueryDefinition",
    "route53:ChangeResourceRecordSets",
  ];
  for (const [victim, attacker] of [
    [alpha, twin],
    [twin, alpha],
  ] as const) {
    expect(actions(victim.cleanup.filter((call) => isAllowed(attacker.session, call)))).toEqual(unscoped);
  }
});

test("without its session tags the cleanup role may do nothing to an environment", () => {
  const untagged = { ...alpha.session, tags: {} };
  expect(actions(alpha.cleanup.filter((call) => isAllowed(untagged, call)))).toEqual([]);
});

test("a session without the tag of the VPC deletes no untagged interface", () => {
  const { [SESSION_TAG.vpcId]: _vpcId, ...tags } = alpha.session.tags;
  const session = { ...alpha.session, tags };
  const interfaces = alpha.cleanup.filter(([need]) => need?.action === "ec2:DeleteNetworkInterface");
  expect(interfaces.map((call) => isAllowed(session, call))).toEqual([false]);
  expect(interfaces.map((call) => isAllowed(alpha.session, call))).toEqual([true]);
});

test("the reaper's own role changes nothing of an environment", () => {
  const changes = alpha.cleanup.filter((call) => !isRead(call));
  expect(actions(changes.filter((call) => isAllowed(REAPER, call)))).toEqual([]);
});

test("only the reaper opens sessions, and only for a named environment that is not permanent", () => {
  const open = alpha.reaper.find(([need]) => need?.action === "sts:AssumeRole")!;
  expect(isAllowed(REAPER, open)).toBe(true);
  expect(isAllowed(alpha.session, open)).toBe(false);
  const tagged = (key: string) => (value: string) =>
    open.map((need) => ({ ...need, context: { ...need.context, [`aws:RequestTag/${key}`]: value } }));
  const named = tagged(SESSION_TAG.environment);
  expect(isAllowed(REAPER, named("pr-2"))).toBe(true);
  const ofSystem = tagged(SESSION_TAG.system);
  expect(
    ["automock", "test", "task-api", "admin", "bootstrap", ""].map((one) => isAllowed(REAPER, ofSystem(one))),
  ).toEqual([true, true, false, false, false, false]);
  for (const permanent of [...PERMANENT_NAMES, "qa"]) expect(isAllowed(REAPER, named(permanent))).toBe(false);
  const untagged = open.map((need) => ({ ...need, context: {} }));
  expect(isAllowed(REAPER, untagged)).toBe(false);
  const more = open.map((need) => ({
    ...need,
    context: { ...need.context, "aws:TagKeys": [...Object.values(SESSION_TAG), "team"] },
  }));
  expect(isAllowed(REAPER, more)).toBe(false);
});

/** What no call of these cleanups shows: what Lambda itself needs, and the end of an admin box. */
const PLUMBING: readonly Need[] = [
  { action: "dynamodb:GetRecords", resource: `${names.registryTableArn}/stream/2026` },
  { action: "dynamodb:ListStreams", resource: "*" },
  {
    action: "logs:PutLogEvents",
    resource: `${names.names.arn("logs", `log-group:${names.logGroupName}`)}:log-stream:x`,
  },
  { action: "sqs:SendMessage", resource: names.deadLetterQueueArn },
  {
    action: "ec2:TerminateInstances",
    resource: names.names.arn("ec2", "instance/i-1"),
    tags: { [TAG.system]: "admin" },
    context: { "ec2:InstanceProfile": names.names.iamArn("instance-profile/admin-staging-box") },
  },
  { action: "xray:PutTraceSegments", resource: "*" },
];

/** Session tags of a test run. */
const RUN_SESSION = {
  [`aws:PrincipalTag/${SESSION_TAG.environment}`]: "orders-k3f9aa",
  [`aws:PrincipalTag/${SESSION_TAG.system}`]: "test",
};

/** What a cleanup needs now and then, and none of these environments has. */
const SELDOM: readonly Need[] = [
  {
    action: "logs:DeleteLogGroup",
    resource: names.names.arn("logs", "log-group:renamed"),
    tags: { [TAG.environment]: ALPHA, [TAG.ephemeral]: "true" },
  },
  { action: "ecs:StopTask", resource: names.names.arn("ecs", `task/automock-${ALPHA}/by-hand`), tags: {} },
  {
    action: "ec2:DeleteVpcEndpoints",
    resource: names.names.arn("ec2", "vpc-endpoint/vpce-1"),
    tags: { [TAG.environment]: "pr-2", [TAG.ephemeral]: "true" },
    context: { [`aws:PrincipalTag/${SESSION_TAG.environment}`]: SEVERAL_ENVIRONMENTS },
  },
  {
    action: "s3:DeleteBucket",
    resource: names.names.bucketArn(`test-orders-k3f9aa-files-${PLACE.accountId}`),
    context: RUN_SESSION,
  },
  {
    action: "logs:DeleteLogGroup",
    resource: names.names.arn("logs", "log-group:/test-orders-k3f9aa/api"),
    context: RUN_SESSION,
  },
];

const ANYTHING: Policy = { Statement: [{ Sid: "Anything", Effect: "Allow", Action: "*", Resource: "*" }] };

const own = { [TAG.environment]: ALPHA, [TAG.ephemeral]: "true", [TAG.system]: "automock" };

/** Requests that a role must be refused even if someone attaches a policy that allows everything. */
const FORBIDDEN: Readonly<Record<string, Need>> = {
  NeverPermanent: {
    action: "s3:DeleteBucket",
    resource: `arn:aws:s3:::automock-qa-config-${PLACE.accountId}-${PLACE.region}`,
    context: { [`aws:PrincipalTag/${SESSION_TAG.environment}`]: "qa" },
  },
  NeverMoreOfSeveral: {
    action: "ec2:DeleteVpc",
    resource: names.names.arn("ec2", "vpc/vpc-1"),
    tags: own,
    context: { [`aws:PrincipalTag/${SESSION_TAG.environment}`]: SEVERAL_ENVIRONMENTS },
  },
  NeverNotEphemeral: {
    action: "ec2:DeleteVpc",
    resource: names.names.arn("ec2", "vpc/vpc-1"),
    tags: { ...own, [TAG.ephemeral]: "false" },
  },
  NeverPermanentDomains: {
    action: "route53:ChangeResourceRecordSets",
    resource: "arn:aws:route53:::hostedzone/Z1",
    context: {
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
        "x.mocks.example.com",
        "a.live.mocks.example.com",
      ],
    },
  },
  NeverPermanentRecords: {
    action: "dynamodb:UpdateItem",
    resource: names.registryTableArn,
    context: { "dynamodb:LeadingKeys": ["ENV#qa"] },
  },
  NeverPermanentStates: {
    action: "s3:GetObject",
    resource: `arn:aws:s3:::${names.stateBucketName}/task-api/prod/terraform.tfstate`,
  },
  NeverPermanentLocks: {
    action: "dynamodb:DeleteItem",
    resource: names.lockTableArn,
    context: { "dynamodb:LeadingKeys": [`${names.stateBucketName}/automock/prod/terraform.tfstate`] },
  },
  NeverProtected: {
    action: "ec2:DeleteVpc",
    resource: names.names.arn("ec2", "vpc/vpc-1"),
    tags: { ...own, [TAG.protected]: "true" },
  },
  NeverAnotherSystem: {
    action: "ec2:DeleteVpc",
    resource: names.names.arn("ec2", "vpc/vpc-1"),
    tags: { ...own, [TAG.system]: "bootstrap" },
  },
  NeverAnotherAccount: {
    action: "ec2:DeleteVpc",
    resource: "arn:aws:ec2:us-east-1:999988887777:vpc/vpc-1",
    tags: own,
    context: { "aws:ResourceAccount": "999988887777" },
  },
  NeverTheReaper: { action: "lambda:DeleteFunction", resource: names.functionArn, tags: own },
  NeverTheStates: { action: "s3:DeleteBucket", resource: `arn:aws:s3:::${names.stateBucketName}` },
  NeverTag: { action: "ec2:CreateTags", resource: names.names.arn("ec2", "vpc/vpc-1"), tags: own },
  NeverTheDigests: {
    action: "dynamodb:PutItem",
    resource: names.lockTableArn,
    context: { "dynamodb:LeadingKeys": [`${names.stateBucketName}/automock/alpha/terraform.tfstate-md5`] },
  },
};

function without(policies: readonly Policy[], statement: Statement): Policy[] {
  return policies.map(({ Statement: all }) => ({ Statement: all.filter((one) => one !== statement) }));
}

describe.each(["reaper", "cleanup"] as const)("%s: removing a statement turns a test red", (role) => {
  const statements = POLICIES[role].flatMap(({ Statement: all }) => all);

  test.each(statements.filter(({ Effect }) => Effect === "Allow").map((one) => [one.Sid!, one] as const))(
    "%s",
    (sid, statement) => {
      // Encrypting notices is SNS's own use of the key; its policy is a token at synth.
      if (sid === "EncryptNotices")
        return expect(statement.Action).toEqual(["kms:Decrypt", "kms:GenerateDataKey"]);
      const principal = role === "reaper" ? REAPER : alpha.session;
      const needs =
        role === "reaper" ? [...alpha.reaper.flat(), ...PLUMBING] : [...alpha.cleanup.flat(), ...SELDOM];
      const missed = needs.filter(
        (need) =>
          evaluate(POLICIES[role], requestOf(principal, need, PLACE)).kind === "allowed" &&
          evaluate(without(POLICIES[role], statement), requestOf(principal, need, PLACE)).kind !== "allowed",
      );
      expect(missed.length).toBeGreaterThan(0);
    },
  );

  test.each(statements.filter(({ Effect }) => Effect === "Deny").map((one) => [one.Sid!, one] as const))(
    "%s",
    (sid, statement) => {
      const principal = role === "reaper" ? REAPER : alpha.session;
      const request = requestOf(principal, FORBIDDEN[sid]!, PLACE);
      const all = [...POLICIES[role], ANYTHING];
      expect(evaluate(all, request)).toEqual({ kind: "denied", by: sid });
      expect(evaluate(without(all, statement), request).kind).toBe("allowed");
    },
  );
});
