import { loadTestEnvironment } from "../../environments/schema/test-environment-load";
import { findSession, sessionClientConfig } from "../../local/session";
import { createRun, destroy } from "../../operations/test-environments/lifecycle";
import { newRun, openRun, type OpenRun } from "../../operations/test-environments/open";
import { evaluate } from "../support/iam-evaluator/evaluate";
import type { Request } from "../support/iam-evaluator/policy";
import { describeWith } from "../support/requires";
import { needsOf, type SeenCall } from "../support/test-env-needs";
import { runPolicies } from "../support/test-env-policies";
import { EVERY_TYPE, openTestEnvStage, type TestEnvStage } from "../support/test-env-stage";

/** What a pipeline's role allows, asked for every call that a run of every type makes. */
describeWith(["moto_server"], "the role of a pipeline that runs test environments", () => {
  let stage: TestEnvStage;
  let requests: Request[];
  let calls: SeenCall[];
  let run: string;

  beforeAll(async () => {
    stage = await openTestEnvStage({ orders: EVERY_TYPE });
    const spec = loadTestEnvironment(stage.folder, "orders");
    const session = findSession(stage.folder)!;
    const open = openRun(
      {
        projectFolder: stage.folder,
        localEndpoint: session.endpoint,
        clientConfig: (region) => sessionClientConfig(session, region),
        progress: () => undefined,
      },
      newRun(spec, { key: "rights" }, {}, Date.now()),
    );
    ({ run } = open.header);
    calls = recordCalls(open);
    const { report } = await createRun(open, spec, new AbortController().signal);
    const cleanup = await destroy(open);
    expect([report.result, cleanup.result]).toEqual(["created", "complete"]);
    const owner = {
      environment: run,
      functionArn: `arn:aws:lambda:us-east-1:123456789012:function:test-${run}-api`,
    };
    requests = calls.flatMap((call) => needsOf(call, owner));
  });
  afterAll(() => stage?.close());

  const kindOf = (request: Request) => evaluate(runPolicies("orders"), request).kind;
  const shown = ({ action, resource }: Request) => `${action} ${resource}`;

  it("allows every call of up and of down", () => {
    process.stdout.write(`${calls.length} calls, ${requests.length} requests to IAM\n`);
    expect(requests.length).toBeGreaterThan(100);
    expect(requests.filter((request) => kindOf(request) !== "allowed").map(shown)).toEqual([]);
  });

  it("allows none of them for another spec, but for reads and what all runs share", () => {
    const foreign = requests.map((request) => JSON.parse(JSON.stringify(request).replaceAll(run, "billing-k3f9aa").replaceAll("#orders", "#billing")) as Request); // prettier-ignore
    const allowed = foreign.filter((request) => kindOf(request) === "allowed").map(({ action }) => action);
    expect([...new Set(allowed)].sort()).toEqual([
      "apigateway:GET",
      "dynamodb:DescribeTable",
      "dynamodb:ListTables",
      "dynamodb:ListTagsOfResource",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
      "events:DescribeRule",
      "events:ListRules",
      "events:ListTagsForResource",
      "events:ListTargetsByRule",
      "iam:GetAccountSummary",
      "iam:GetRole",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
      "iam:ListRoles",
      "lambda:GetAccountSettings",
      "lambda:GetEventSourceMapping",
      "lambda:ListEventSourceMappings",
      "lambda:ListTags",
      "logs:DescribeLogGroups",
      "logs:ListTagsForResource",
      "s3:GetBucketTagging",
      "s3:ListAllMyBuckets",
      "sns:ListTagsForResource",
      "sns:ListTopics",
      "sqs:ListQueueTags",
      "sqs:ListQueues",
      "tag:GetResources",
    ]);
    const shared = foreign.filter(({ action }) => action === "dynamodb:UpdateItem").filter((one) => kindOf(one) === "allowed"); // prettier-ignore
    expect(shared.every(({ context }) => /^PACE#/.test(String(context["dynamodb:LeadingKeys"])))).toBe(true);
  });

  it("creates nothing without the tags of the run, but for the bucket, whose tags need a right of their own", () => {
    const creations = requests.filter(({ context }) => context["aws:RequestTag/automock:environment"]);
    expect(creations.length).toBeGreaterThan(20);
    const untagged = creations.map(({ action, resource, context }) => ({
      action,
      resource,
      context: Object.fromEntries(
        Object.entries(context).filter(([key]) => !key.startsWith("aws:RequestTag/")),
      ),
    }));
    const allowed = untagged.filter((request) => kindOf(request) === "allowed").map(({ action }) => action);
    // The stage of an API is a part of an API of the run.
    expect([...new Set(allowed)]).toEqual(["s3:CreateBucket", "apigateway:POST"]);
  });
});

/** Every call of every client, with its input. */
function recordCalls({ clients }: OpenRun): SeenCall[] {
  const seen: SeenCall[] = [];
  type Next = (args: { readonly input: Record<string, unknown> }) => Promise<unknown>;
  type Context = { readonly clientName: string; readonly commandName: string };
  interface Instrumentable {
    readonly middlewareStack: { add(wrap: (next: Next, context: Context) => Next, options: object): void };
  }
  for (const client of Object.values(clients) as unknown as Instrumentable[]) {
    client.middlewareStack.add(
      (next, { clientName, commandName }) =>
        (args) => {
          seen.push({
            client: clientName,
            operation: commandName.replace(/Command$/, ""),
            input: args.input,
          });
          return next(args);
        },
      { step: "initialize", name: "seen" },
    );
  }
  return seen;
}
