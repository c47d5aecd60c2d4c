import { NAME_LIMITS } from "../../../contract/names";
import { reaperNames } from "../../../contract/reaper";
import { Reaper, type ReaperProps } from "../../../modules/ttl-cleanup/reaper";
import { argumentsOf } from "../../support/arguments-of";
import { FIXED_REAPER_CODE } from "../../support/reaper-code";
import { Template } from "../../support/template";

const PLACE = { accountId: "111122223333", region: "us-east-1" };
const names = reaperNames(PLACE.accountId, PLACE.region);

const reaper = (props: Partial<ReaperProps> = {}): Template =>
  Template.of((stack) => new Reaper(stack, "ttl-cleanup", { ...PLACE, code: FIXED_REAPER_CODE, ...props }));

const template = reaper();

/** Address of the only resource of a type, as in `${type.id.arn}`. */
const addressOf = (type: string) => `${type}.${Object.keys(template.byId(type)).join()}`;
const functionArn = `\${${addressOf("aws_lambda_function")}.arn}`;
const queueArn = `\${${addressOf("aws_sqs_queue")}.arn}`;

it("creates these resources and no others", () =>
  expect(template.counts()).toEqual({
    aws_cloudwatch_log_group: 1,
    aws_cloudwatch_metric_alarm: 9,
    aws_dynamodb_table: 1,
    aws_iam_policy: 2,
    aws_iam_role: 3,
    aws_iam_role_policies_exclusive: 3,
    aws_iam_role_policy: 9,
    aws_iam_role_policy_attachment: 2,
    aws_iam_role_policy_attachments_exclusive: 3,
    aws_kms_alias: 2,
    aws_kms_key: 2,
    aws_lambda_event_source_mapping: 1,
    aws_lambda_function: 1,
    aws_lambda_function_event_invoke_config: 1,
    aws_scheduler_schedule: 1,
    aws_scheduler_schedule_group: 1,
    aws_sns_topic: 2,
    aws_sns_topic_policy: 2,
    aws_sqs_queue: 1,
  }));

it("has one group for all environments' schedules: an account has 500 groups at most", () =>
  expect(template.sole("aws_scheduler_schedule_group").name).toBe(names.scheduleGroupName));

it("its names cannot clash with an environment, whose name is too short for that", () => {
  expect(names.names.prefix).toBe("automock-bootstrap-us-east-1");
  const shortestRegion = "us-east-1";
  expect(`bootstrap-${shortestRegion}`.length).toBeGreaterThan(16);
});

it("the resources have the names in the contract", () => {
  const roles = template.all("aws_iam_role").map(({ name }) => name as string);
  expect(roles.sort()).toEqual([names.cleanupRoleName, names.reaperRoleName, names.schedulerRoleName].sort());
  expect(template.sole("aws_lambda_function").function_name).toBe(names.functionName);
  expect(template.sole("aws_cloudwatch_log_group").name).toBe(names.logGroupName);
  expect(template.all("aws_sns_topic").map(({ name }) => name)).toContain(names.topicName);
  expect(template.sole("aws_sqs_queue").name).toBe(names.deadLetterQueueName);
  expect(template.sole("aws_dynamodb_table").name).toBe(names.registryTableName);
});

it("the ARNs in the contract match the resources", () =>
  expect({
    ...names,
    names: undefined,
  }).toMatchObject({
    functionArn: "arn:aws:lambda:us-east-1:111122223333:function:automock-bootstrap-us-east-1-reaper",
    cleanupRoleArn: "arn:aws:iam::111122223333:role/automock-bootstrap-us-east-1-cleanup",
    reaperRoleArn: "arn:aws:iam::111122223333:role/automock-bootstrap-us-east-1-reaper",
    schedulerRoleArn: "arn:aws:iam::111122223333:role/automock-bootstrap-us-east-1-scheduler",
    topicArn: "arn:aws:sns:us-east-1:111122223333:automock-bootstrap-us-east-1-notifications",
    deadLetterQueueArn: "arn:aws:sqs:us-east-1:111122223333:automock-bootstrap-us-east-1-dead-letters",
    registryTableArn:
      "arn:aws:dynamodb:us-east-1:111122223333:table/automock-environments-111122223333-us-east-1",
    lockTableArn: "arn:aws:dynamodb:us-east-1:111122223333:table/automock-tflock-111122223333-us-east-1",
  }));

it("names fit without a hash in the longest region", () => {
  const longest = reaperNames("111122223333", "ap-southeast-99");
  for (const name of [longest.reaperRoleName, longest.schedulerRoleName, longest.functionName]) {
    expect(name).toContain("ap-southeast-99");
    expect(name.length).toBeLessThanOrEqual(NAME_LIMITS.role);
  }
});

it("the registry: by environment, open records by expiry, streamed, restorable, never deleted", () =>
  expect(argumentsOf(template.sole("aws_dynamodb_table"))).toEqual({
    name: names.registryTableName,
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "pk",
    range_key: "sk",
    attribute: ["pk", "sk", "open", "expiresAt"].map((name) => ({ name, type: "S" })),
    global_secondary_index: [
      { name: "open", hash_key: "open", range_key: "expiresAt", projection_type: "KEYS_ONLY" },
    ],
    stream_enabled: true,
    stream_view_type: "NEW_AND_OLD_IMAGES",
    ttl: { attribute_name: "expireAt", enabled: true },
    point_in_time_recovery: { enabled: true },
    server_side_encryption: { enabled: true },
    deletion_protection_enabled: true,
    lifecycle: { prevent_destroy: true },
  }));

it("the function: Node.js 22 on arm64, no VPC, 15 minutes", () => {
  const { depends_on, filename, ...rest } = argumentsOf(template.sole("aws_lambda_function"));
  expect(rest).toEqual({
    function_name: names.functionName,
    description: "Removes ephemeral environments whose time is over",
    role: `\${aws_iam_role.${roleId("reaper")}.arn}`,
    source_code_hash: FIXED_REAPER_CODE.sha256Base64,
    handler: "index.handler",
    runtime: "nodejs22.x",
    architectures: ["arm64"],
    memory_size: 2048,
    timeout: 900,
    environment: {
      variables: {
        NODE_OPTIONS: "--enable-source-maps",
        POWERTOOLS_METRICS_NAMESPACE: "AutomockReaper",
        POWERTOOLS_SERVICE_NAME: "reaper",
        REAPER_ACCOUNT_ID: "111122223333",
        REAPER_PERMANENT_NAMES: "bootstrap,main,prod,production,shared,staging",
      },
    },
    logging_config: {
      log_format: "JSON",
      log_group: `\${${addressOf("aws_cloudwatch_log_group")}.name}`,
    },
    tracing_config: { mode: "Active" },
    tags: { Name: names.functionName },
  });
  expect(filename).toMatch(/^assets\/[\w-]+\/[0-9a-f]{32}\/reaper-code\.zip$/i);
  // The log group must exist first, because the function cannot create it.
  expect(depends_on).toContain(addressOf("aws_cloudwatch_log_group"));
  const policies = Object.entries(template.byId("aws_iam_role_policy"))
    .filter(([, { role }]) => !String(role).includes("scheduler"))
    .map(([id]) => `aws_iam_role_policy.${id}`);
  expect(policies).toHaveLength(8);
  expect(depends_on).toEqual(expect.arrayContaining(policies));
});

it("keeps its log for 90 days by default", () => {
  expect(template.sole("aws_cloudwatch_log_group").retention_in_days).toBe(90);
  expect(reaper({ logRetentionDays: 7 }).sole("aws_cloudwatch_log_group").retention_in_days).toBe(7);
});

it("asynchronous events are tried three times within six hours, then kept", () =>
  expect(argumentsOf(template.sole("aws_lambda_function_event_invoke_config"), "function_name")).toEqual({
    maximum_retry_attempts: 2,
    maximum_event_age_in_seconds: 21600,
    destination_config: { on_failure: { destination: queueArn } },
  }));

it("receives new and changed records from the start of the stream, and no other registry events", () => {
  const { filter_criteria, ...rest } = argumentsOf(template.sole("aws_lambda_event_source_mapping"));
  expect(rest).toEqual({
    function_name: functionArn,
    event_source_arn: `\${${addressOf("aws_dynamodb_table")}.stream_arn}`,
    starting_position: "TRIM_HORIZON",
    batch_size: 10,
    maximum_retry_attempts: 5,
    bisect_batch_on_function_error: true,
    destination_config: { on_failure: { destination_arn: queueArn } },
  });
  const { filter } = filter_criteria as { filter: { pattern: string }[] };
  expect(filter.map(({ pattern }) => JSON.parse(pattern) as unknown)).toEqual([
    { eventName: ["INSERT", "MODIFY"], dynamodb: { Keys: { sk: { S: ["META"] } } } },
  ]);
});

it("runs every hour from its creation on, with the scheduler's role", () => {
  const { depends_on, ...rest } = argumentsOf(template.sole("aws_scheduler_schedule"));
  expect(rest).toEqual({
    name: "automock-bootstrap-us-east-1-tick",
    description: "Backstop of the exact schedules: repairs clocks, resumes cleanups, sweeps orphans",
    schedule_expression: "rate(1 hour)",
    flexible_time_window: { mode: "OFF" },
    target: {
      arn: functionArn,
      role_arn: `\${aws_iam_role.${roleId("scheduler")}.arn}`,
      input: '{"kind":"tick"}',
      dead_letter_config: { arn: queueArn },
      retry_policy: { maximum_event_age_in_seconds: 1800, maximum_retry_attempts: 10 },
    },
  });
  expect(depends_on).toHaveLength(3);
});

it("keeps failed events for 14 days, encrypted", () =>
  expect(argumentsOf(template.sole("aws_sqs_queue"), "tags")).toEqual({
    name: names.deadLetterQueueName,
    sqs_managed_sse_enabled: true,
    message_retention_seconds: 1209600,
  }));

it("subscribes the given addresses, none by default", () => {
  expect(template.counts()).not.toHaveProperty("aws_sns_topic_subscription");
  const subscriber = { email: "team@example.com", filterPolicy: { owner: ["team-a"] } };
  expect(reaper({ subscribers: [subscriber] }).sole("aws_sns_topic_subscription")).toMatchObject({
    topic_arn: expect.stringContaining("notifications") as string,
    protocol: "email",
    endpoint: "team@example.com",
    filter_policy: '{"owner":["team-a"]}',
  });
});

describe("alarms", () => {
  const alarms = new Map(
    template.all("aws_cloudwatch_metric_alarm").map((alarm) => [alarm.alarm_name, alarm]),
  );
  const own = { namespace: "AutomockReaper", dimensions: { service: "reaper" } };
  const lambda = { namespace: "AWS/Lambda", dimensions: { FunctionName: names.functionName } };

  it.each([
    ["heartbeat-missing", own, "Heartbeat", "Sum", "LessThanThreshold", 1, 2, "breaching"],
    ["environment-overdue", own, "OverdueMinutes", "Maximum", "GreaterThanThreshold", 60, 1, "notBreaching"],
    ["cleanup-failed", own, "CleanupFailed", "Sum", "GreaterThanThreshold", 0, 1, "notBreaching"],
    ["discovery-errors", own, "DiscoveryErrors", "Sum", "GreaterThanThreshold", 0, 3, "notBreaching"],
    ["notices-failed", own, "NoticesFailed", "Sum", "GreaterThanThreshold", 0, 1, "notBreaching"],
    ["orphans-found", own, "OrphansFound", "Maximum", "GreaterThanThreshold", 0, 1, "notBreaching"],
    [
      "dead-letters",
      { namespace: "AWS/SQS", dimensions: { QueueName: names.deadLetterQueueName } },
      "ApproximateNumberOfMessagesVisible",
      "Maximum",
      "GreaterThanThreshold",
      0,
      1,
      "notBreaching",
    ],
    ["function-errors", lambda, "Errors", "Sum", "GreaterThanThreshold", 0, 2, "notBreaching"],
    ["function-throttles", lambda, "Throttles", "Sum", "GreaterThanThreshold", 0, 2, "notBreaching"],
  ])("%s", (key, source, metric, statistic, comparison, threshold, hours, missing) => {
    const alarmName = `automock-bootstrap-us-east-1-${key}`;
    const [id] = Object.keys(template.byId("aws_sns_topic")).filter((one) => one.includes("alarm-topic"));
    const topic = [`\${aws_sns_topic.${id}.arn}`];
    const { alarm_description, ...rest } = argumentsOf(alarms.get(alarmName)!);
    expect(rest).toEqual({
      alarm_name: alarmName,
      metric_query: [
        { id: "filled", expression: "FILL(metric, 0)", label: metric, return_data: true },
        {
          id: "metric",
          metric: { ...source, metric_name: metric, stat: statistic, period: 3600 },
          return_data: false,
        },
      ],
      comparison_operator: comparison,
      threshold,
      // An hour more, because the newest may be late.
      evaluation_periods: key === "heartbeat-missing" ? hours : hours + 1,
      datapoints_to_alarm: hours,
      treat_missing_data: missing,
      alarm_actions: topic,
      ok_actions: topic,
      tags: { Name: alarmName },
      ...(key === "heartbeat-missing" && { depends_on: [addressOf("aws_scheduler_schedule")] }),
    });
    expect(String(alarm_description).length).toBeGreaterThan(40);
  });
});

function roleId(purpose: string): string {
  const found = Object.entries(template.byId("aws_iam_role")).find(([, { name }]) =>
    String(name).endsWith(`-${purpose}`),
  );
  return found![0];
}
