import { Names } from "../../../contract/names";
import { PERMANENT_NAMES } from "../../../contract/permanent-names";
import { reaperNames } from "../../../contract/reaper";
import { wildcardFault } from "../../../modules/iam/wildcards";
import {
  environmentBuckets,
  namedStatements,
  runStatements,
} from "../../../modules/ttl-cleanup/cleanup-by-name";
import { taggedPolicies } from "../../../modules/ttl-cleanup/cleanup-by-tag";
import { denials } from "../../../modules/ttl-cleanup/cleanup-denials";
import { cleanupTrust } from "../../../modules/ttl-cleanup/cleanup-role";
import { READ_ACTIONS } from "../../../modules/iam/read-actions";
import { STRICTEST, type ReaperLimits } from "../../../modules/ttl-cleanup/reaper-limits";
import { reaperStatements } from "../../../modules/ttl-cleanup/reaper-policies";
import { policyDocument, type PolicyStatement } from "../../../modules/shared/policy-document";

const reaper = reaperNames("111122223333", "us-east-1");
const { workload, rest } = taggedPolicies(reaper, STRICTEST);
const tagged = [...workload, ...rest];
const limits: ReaperLimits = {
  permanentNames: PERMANENT_NAMES,
  ephemeralDomains: ["mocks.example.com"],
  permanentDomains: ["live.mocks.example.com"],
};
const named = namedStatements(reaper, limits);
const ofRuns = runStatements(reaper);
const never = denials(reaper, limits);
const own = reaperStatements(reaper, "arn:aws:kms:us-east-1:111122223333:key/1", PERMANENT_NAMES);
const everyOwn = Object.values(own).flat();

const MUTATES = /:(?!Describe|Get|GET$|List|ConditionCheck|Query|BatchGet)/;
const ENVIRONMENT = "${aws:PrincipalTag/automock:environment}";

const characters = (statements: readonly PolicyStatement[]) =>
  policyDocument(statements).replaceAll("$${", "${").length;

it("policies fit IAM's limits: 10,240 characters inline per role, 6,144 per managed policy", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  const inline = (...sets: (readonly PolicyStatement[])[]) =>
    sets.reduce((sum, set) => sum + characters(set), 0);
  expect(inline(named, never)).toBeLessThan(10_240);
  expect(inline(...Object.values(own))).toBeLessThan(10_240);
  for (const managed of [workload, [...rest, ...ofRuns]]) expect(characters(managed)).toBeLessThan(6_144);
});

it("no statement uses * for an action that supports a narrower resource", () =>
  expect([...tagged, ...named, ...ofRuns, ...everyOwn].map(wildcardFault).filter(Boolean)).toEqual([]));

describe("what the cleanup role can change", () => {
  it("by tag: only this ephemeral environment, and not if both tags are missing", () => {
    for (const { sid, conditions } of tagged.filter((one) => one.sid !== "EndpointsOfSeveral")) {
      expect([sid, conditions]).toEqual([
        sid,
        {
          StringEquals: {
            "aws:ResourceTag/automock:environment": [ENVIRONMENT],
            "aws:ResourceTag/automock:ephemeral": ["true"],
          },
          Null: {
            "aws:ResourceTag/automock:environment": ["false"],
            "aws:PrincipalTag/automock:environment": ["false"],
          },
        },
      ]);
    }
  });

  it("is listed by service and resource type, without action patterns", () => {
    for (const { sid, actions, resources } of [...tagged, ...named, ...ofRuns]) {
      expect([sid, actions.filter((action) => action.includes("*"))]).toEqual([sid, []]);
      expect(resources!.length).toBeGreaterThan(0);
    }
    for (const { resources } of tagged) expect(resources).not.toContain("*");
  });

  it("every action is in at most one tagged statement", () => {
    const ofOne = tagged.filter(({ sid }) => sid !== "EndpointsOfSeveral");
    const actions = ofOne.flatMap((statement) => statement.actions);
    expect(actions).toEqual([...new Set(actions)]);
  });

  it("without a tag: only in a session for an environment, of a stack or of a run", () => {
    const inSession = (conditions: PolicyStatement["conditions"]) =>
      conditions?.Null?.["aws:PrincipalTag/automock:environment"]?.[0] ??
      conditions?.Null?.["aws:PrincipalTag/automock:vpc-id"]?.[0];
    const systemOf = ({ conditions }: PolicyStatement) =>
      conditions?.StringEquals?.["aws:PrincipalTag/automock:system"];
    const free = named.filter((one) => !systemOf(one) && inSession(one.conditions) !== "false");
    expect(free.map(({ sid }) => sid)).toEqual(["HandTheInvokeRoleToSchedules"]);
    expect(named.map(systemOf).filter(Boolean)).toEqual(Array(8).fill(["automock"]));
    expect(ofRuns.map(systemOf)).toEqual([["test"], ["test"]]);
    // Without the tag of the environment, the variable in every resource matches nothing.
    for (const { sid, resources } of [...named, ...ofRuns].filter(systemOf))
      if (sid !== "StateDigest") for (const one of resources!) expect(one).toContain(ENVIRONMENT);
  });

  it("without a tag: exact names, or prefixes that end in a slash, so that pr-1 never matches pr-1-a", () => {
    const withName = [...named, ...ofRuns].flatMap(({ sid, resources }) =>
      resources!.filter((resource) => resource.includes(ENVIRONMENT)).map((resource) => [sid, resource]),
    );
    expect(withName.length).toBeGreaterThan(8);
    for (const [sid, resource] of withName) {
      const after = resource!.slice(resource!.lastIndexOf(ENVIRONMENT) + ENVIRONMENT.length);
      // Names of runs end in six letters of chance, which the statement's conditions ask for.
      if (sid === "BucketsOfRuns") expect(after).toMatch(/^-\*-\d{12}(\/\*)?$/);
      // A key's alias also needs the right on its key, which is by tag.
      else if (sid === "KeyAliases") expect(after).toMatch(/^($|-\*$|\/)/);
      else if (sid === "Schedules") expect([".warn", ".expire", ".rearm"]).toContain(after);
      else
        expect([sid, resource, after]).toEqual([
          sid,
          resource,
          expect.stringMatching(/^(\/|$|-(config|alb-logs)-)/),
        ]);
    }
  });

  it("buckets: exactly those that the stack creates", () => {
    const names = new Names({
      system: "automock",
      environment: "sixteen-letters1",
      accountId: "111122223333",
      region: "us-east-1",
    });
    expect(environmentBuckets("111122223333", "us-east-1", "sixteen-letters1")).toEqual([
      names.bucket("config"),
      names.bucket("alb-logs"),
    ]);
  });

  it("the state, its tombstone and its digest: by exact key", () => {
    const bySid = new Map(named.map((statement) => [statement.sid, statement]));
    const key = `automock/${ENVIRONMENT}/terraform.tfstate`;
    const bucket = "automock-tfstate-111122223333-us-east-1";
    expect(bySid.get("State")!.resources).toEqual([
      `arn:aws:s3:::${bucket}/${key}`,
      `arn:aws:s3:::${bucket}/${key}.reaped.json`,
    ]);
    expect(bySid.get("StateDigest")!.conditions).toEqual({
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [`${bucket}/${key}-md5`] },
      Null: { "dynamodb:LeadingKeys": ["false"] },
      StringEquals: { "aws:PrincipalTag/automock:system": ["automock"] },
    });
  });

  it("untagged interfaces: only in the session's VPC, and in none without one", () =>
    expect(named.find(({ sid }) => sid === "InterfacesInTheVpc")!.conditions).toEqual({
      ArnEquals: {
        "ec2:Vpc": ["arn:aws:ec2:us-east-1:111122223333:vpc/${aws:PrincipalTag/automock:vpc-id}"],
      },
      Null: {
        "aws:PrincipalTag/automock:vpc-id": ["false"],
        "aws:ResourceTag/automock:environment": ["true"],
      },
    }));

  it("DNS records: deletions of three types under the ephemeral domains, and only when the request says what it does", () => {
    const { conditions } = named.find(({ sid }) => sid === "DnsRecords")!;
    expect(conditions!["ForAllValues:StringEquals"]).toEqual({
      "route53:ChangeResourceRecordSetsActions": ["DELETE"],
      "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME"],
    });
    expect(conditions!["ForAllValues:StringLike"]).toEqual({
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["mocks.example.com", "*.mocks.example.com"],
    });
    for (const operator of ["ForAllValues:StringEquals", "ForAllValues:StringLike"] as const)
      for (const key of Object.keys(conditions![operator]!))
        expect(conditions!.Null).toMatchObject({ [key]: ["false"] });
    expect(namedStatements(reaper, STRICTEST).map(({ sid }) => sid)).not.toContain("DnsRecords");
  });

  it("creates only schedules, and passes the scheduler's role only to the scheduler", () => {
    const makes = [...tagged, ...named, ...ofRuns]
      .flatMap(({ actions }) => actions)
      .filter((action) =>
        /:(Create|Run|Attach|Put(?!Item|Object$|Cluster|LogGroup|Bucket|Lifecycle|Replication))/.test(action),
      );
    expect(makes).toEqual(["scheduler:CreateSchedule"]);
    expect(named.find(({ actions }) => actions.includes("iam:PassRole"))).toEqual({
      sid: "HandTheInvokeRoleToSchedules",
      actions: ["iam:PassRole"],
      resources: [reaper.schedulerRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": ["scheduler.amazonaws.com"] } },
    });
  });
});

describe("what no session can do", () => {
  const bySid = new Map(never.map((statement) => [statement.sid, statement]));

  it("all statements deny", () => {
    expect([...bySid.keys()]).toEqual([
      "NeverPermanent",
      "NeverMoreOfSeveral",
      "NeverNotEphemeral",
      "NeverPermanentDomains",
      "NeverProtected",
      "NeverAnotherSystem",
      "NeverAnotherAccount",
      "NeverTheReaper",
      "NeverTheStates",
      "NeverTag",
    ]);
    expect(never.map(({ effect }) => effect)).toEqual(never.map(() => "Deny"));
  });

  it("change protected resources, the bootstrap stack, or other accounts", () => {
    expect(bySid.get("NeverProtected")!.conditions).toEqual({
      StringEquals: { "aws:ResourceTag/automock:protected": ["true"] },
    });
    expect(bySid.get("NeverAnotherSystem")!.conditions).toEqual({
      StringNotEquals: { "aws:ResourceTag/automock:system": ["${aws:PrincipalTag/automock:system}"] },
      Null: { "aws:ResourceTag/automock:system": ["false"] },
    });
    // Without the key nothing is denied, because not every call contains a resource account.
    expect(bySid.get("NeverAnotherAccount")!.conditions).toEqual({
      StringNotEqualsIfExists: { "aws:ResourceAccount": ["111122223333"] },
    });
  });

  it.each(["NeverAnotherSystem", "NeverNotEphemeral"])(
    "%s covers every tagged action, and leaves the scheduler's role and the digests usable",
    (sid) => {
      const patterns = bySid
        .get(sid)!
        .actions.map((action) => new RegExp(`^${action.replaceAll("*", ".*")}$`));
      const denied = (action: string) => patterns.some((pattern) => pattern.test(action));
      expect(tagged.flatMap(({ actions }) => actions).filter((action) => !denied(action))).toEqual([]);
      expect(["iam:PassRole", "dynamodb:PutItem", "s3:PutObject"].filter(denied)).toEqual([]);
    },
  );

  it("change the state bucket, lock table, registry, function or roles", () => {
    expect(bySid.get("NeverTheStates")!.resources).toEqual([
      "arn:aws:s3:::automock-tfstate-111122223333-us-east-1",
      "arn:aws:s3:::automock-tfstate-111122223333-us-east-1/*",
      reaper.lockTableArn,
    ]);
    expect(bySid.get("NeverTheReaper")!.actions).toEqual(["*"]);
    expect(bySid.get("NeverTheReaper")!.resources).toEqual(
      expect.arrayContaining([
        reaper.functionArn,
        reaper.registryTableArn,
        reaper.topicArn,
        reaper.deadLetterQueueArn,
        reaper.reaperRoleArn,
        reaper.cleanupRoleArn,
      ]),
    );
  });

  it("write tags, which would give access to other resources", () => {
    const services = new Set(tagged.flatMap(({ actions }) => actions).map((action) => action.split(":")[0]));
    const tagging = new Set(bySid.get("NeverTag")!.actions.map((action) => action.split(":")[0]));
    expect([...services].filter((service) => !tagging.has(service))).toEqual([]);
  });
});

describe("who may open a session", () => {
  it("the reaper, for one environment, with no other tags than the two", () =>
    expect(cleanupTrust("arn:aws:iam::111122223333:role/reaper", PERMANENT_NAMES)).toEqual([
      {
        sid: "OneEnvironmentPerSession",
        actions: ["sts:AssumeRole", "sts:TagSession"],
        principals: { AWS: ["arn:aws:iam::111122223333:role/reaper"] },
        conditions: {
          "ForAllValues:StringEquals": {
            "aws:TagKeys": ["automock:environment", "automock:system", "automock:vpc-id"],
          },
          StringEquals: { "aws:RequestTag/automock:system": ["automock", "test"] },
          Null: { "aws:RequestTag/automock:environment": ["false"] },
          StringNotEquals: { "aws:RequestTag/automock:environment": PERMANENT_NAMES },
        },
      },
    ]));
});

describe("the reaper's own role", () => {
  it("can change the registry, locks and its own reports, and end admin boxes, but change no environment", () =>
    expect(
      everyOwn
        .filter(({ effect }) => effect !== "Deny")
        .flatMap(({ actions }) => actions)
        .filter((action) => MUTATES.test(action))
        .sort(),
    ).toEqual([
      "dynamodb:DeleteItem",
      "dynamodb:DeleteItem",
      "dynamodb:PutItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "ec2:TerminateInstances",
      "kms:Decrypt",
      "kms:GenerateDataKey",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "s3:DeleteObject",
      "s3:PutObject",
      "sns:Publish",
      "sqs:SendMessage",
      "sts:AssumeRole",
      "sts:TagSession",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]));

  it("no role can create a log group", () =>
    expect([...everyOwn, ...tagged, ...named].flatMap(({ actions }) => actions)).not.toContain(
      "logs:CreateLogGroup",
    ));

  it("can write locks, but no state or digest", () => {
    const bySid = new Map(everyOwn.map((statement) => [statement.sid, statement]));
    const states = "arn:aws:s3:::automock-tfstate-111122223333-us-east-1/automock/*/terraform.tfstate";
    expect(bySid.get("LockInS3")!.resources).toEqual([`${states}.tflock`]);
    expect(bySid.get("ReadStates")).toMatchObject({
      actions: ["s3:GetObject", "s3:GetObjectVersion"],
      resources: [states],
    });
    expect(bySid.get("NeverTheDigests")).toEqual({
      sid: "NeverTheDigests",
      effect: "Deny",
      actions: ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
      resources: [reaper.lockTableArn],
      conditions: { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": ["*-md5"] } },
    });
  });

  it("can assume the cleanup role only", () => {
    const assumes = everyOwn.filter(({ actions }) => actions.includes("sts:AssumeRole"));
    expect(assumes.map(({ resources }) => resources)).toEqual([[reaper.cleanupRoleArn]]);
  });

  it("can read metadata, not content", () => {
    expect(READ_ACTIONS).toEqual([...new Set(READ_ACTIONS)]);
    expect(READ_ACTIONS.filter((action) => MUTATES.test(action))).toEqual([]);
    const content =
      /^(s3:GetObject|dynamodb:(GetItem|Query|Scan)|secretsmanager:GetSecret|ssm:|logs:(Get|Filter|Start)|sqs:Receive|kms:Decrypt|lambda:Invoke)/;
    expect(READ_ACTIONS.filter((action) => content.test(action))).toEqual([]);
  });
});
