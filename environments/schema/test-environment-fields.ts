import { z } from "zod";
import { ENVIRONMENT_NAME } from "../../contract/permanent-names";
import { TEST_LIMITS, TEST_NAME_LENGTH, TEST_TTL_MINUTES } from "../../contract/test-run";
import { accountId, region, TAG_VALUE, tagValue } from "./common-fields";

/**
 * The fields of `environments/test/<name>.json`. Each description states the allowed values and the unit; error
 * messages and editors show it.
 */

/** A path that is relative to the project and does not leave it. */
const INSIDE_PROJECT = /^(?![/~])(?!.*(^|\/)\.\.(\/|$)).+$/;

/** The same, but not the project itself, whose tools, state and secrets would become part of the code. */
const FOLDER_IN_PROJECT = /^(?![/~])(?!.*(^|\/)\.\.(\/|$))(?!(\.?\/)*\.?\/?$).+$/;

const slug = (most: number) =>
  z
    .string()
    .max(most)
    .regex(ENVIRONMENT_NAME)
    .describe(
      `lowercase letters, digits and single hyphens, starting with a letter, at most ${most} characters`,
    );

const resourceName = slug(TEST_NAME_LENGTH.resource);

const attributeName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/)
  .describe("an attribute name: letters, digits and . _ -, starting with a letter, at most 64 characters");

const keySchema = z
  .record(attributeName, z.enum(["S", "N", "B"]).describe('"S" (string), "N" (number) or "B" (binary)'))
  .refine((key) => Object.keys(key).length === 1 || Object.keys(key).length === 2)
  .describe('one or two attributes with their types, the partition key first: { "userId": "S" }');

const table = z
  .strictObject({
    type: z.literal("table").describe('"table"'),
    key: keySchema,
    indexes: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z][A-Za-z0-9_.-]{2,63}$/)
          .describe("an index name: 3 to 64 letters, digits and . _ -, starting with a letter"),
        keySchema,
      )
      // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
      .refine((all) => Object.keys(all).length <= 20)
      .default({})
      .describe("up to 20 global secondary indexes with all attributes, by name: { name: key }"),
    ttl: attributeName.optional().describe("attribute whose time (seconds since 1970) expires an item"),
  })
  .describe("a DynamoDB table, paid per request: { type, key, indexes, ttl }");

const bucket = z
  .strictObject({ type: z.literal("bucket").describe('"bucket"') })
  .describe("an S3 bucket without public access: { type }");

const queue = z
  .strictObject({
    type: z.literal("queue").describe('"queue"'),
    deadLetterAfter: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe("receives after which a message moves to a dead-letter queue, 1 to 1000"),
  })
  .describe("an SQS queue: { type, deadLetterAfter }");

const areDifferent = (names: readonly string[]) => new Set(names).size === names.length;

const targets = z
  .array(resourceName)
  .min(1)
  .max(5)
  .refine(areDifferent)
  .describe("1 to 5 different names of queues and functions of this file");

const topic = z
  .strictObject({
    type: z.literal("topic").describe('"topic"'),
    to: targets
      .optional()
      .describe("1 to 5 different names of queues and functions that receive its messages"),
  })
  .describe("an SNS topic: { type, to }");

const RUNTIMES = [
  "nodejs20.x",
  "nodejs22.x",
  "nodejs24.x",
  "python3.11",
  "python3.12",
  "python3.13",
] as const;

const fn = z
  .strictObject({
    type: z.literal("function").describe('"function"'),
    code: z
      .string()
      .regex(FOLDER_IN_PROJECT)
      .describe("folder with the code, relative to the project and inside it, not the project itself"),
    runtime: z.enum(RUNTIMES).describe(`one of ${RUNTIMES.join(", ")}`),
    handler: z
      .string()
      .regex(/^[\w/-]+\.\w+$/)
      .describe("<file without extension>.<exported name>, for example index.handler"),
    timeoutSeconds: z.int().min(1).max(900).default(30).describe("time limit in seconds, 1 to 900"),
    memoryMiB: z.int().min(128).max(10_240).default(256).describe("memory in MiB, 128 to 10240"),
    environment: z
      .record(
        z
          .string()
          .regex(/^(?!AWS_|LAMBDA_|_)[A-Za-z]\w{0,63}$/)
          .describe("a variable name: letters, digits and _, not starting with AWS_ or LAMBDA_"),
        z.string().max(1024).describe("a value of at most 1024 characters, and not a secret"),
      )
      .default({})
      .describe("environment variables besides those of the resources it uses"),
    uses: z
      .record(
        resourceName,
        z
          .enum(["read", "write", "readWrite", "invoke"])
          .describe(
            '"read", "write", "readWrite" (table, bucket, queue), "write" (topic), "invoke" (function)',
          ),
      )
      .default({})
      .describe("resources that it may use, and how: { name: access }. It gets no other rights"),
    from: z
      .array(resourceName)
      .max(5)
      .refine(areDifferent)
      .default([])
      .describe("up to 5 different names of queues whose messages it receives"),
  })
  .describe("a Lambda function: { type, code, runtime, handler, … }");

const ROUTE =
  /^(\$default|(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY) \/((([\w.+-]+|\{\w+\})\/)*([\w.+-]+|\{\w+\+?\})?))$/;

const routes = z
  .record(
    z
      .string()
      .regex(ROUTE)
      .describe(
        '"<METHOD> /path" with {parameters}, the last of which may be {name+}, for example "GET /users/{id}", or "$default"',
      ),
    resourceName.describe("the name of a function of this file"),
  )
  .refine((all) => Object.keys(all).length >= 1 && Object.keys(all).length <= 50)
  .describe('1 to 50 routes to functions: { "GET /users/{id}": "api" }');

const httpApi = z
  .strictObject({ type: z.literal("httpApi").describe('"httpApi"'), routes })
  .describe("an HTTP API of API Gateway: { type, routes }");

const restApi = z
  .strictObject({
    type: z.literal("restApi").describe('"restApi"'),
    routes,
    reason: z
      .string()
      .min(10)
      .max(200)
      .describe(
        "why an HTTP API is not enough, 10 to 200 characters: AWS deletes one REST API per 30 s and account, so many runs at once wait for each other",
      ),
  })
  .describe("a REST API of API Gateway: { type, routes, reason }");

const rule = z
  .strictObject({
    type: z.literal("rule").describe('"rule"'),
    schedule: z
      .string()
      .regex(/^(rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(.+\))$/)
      .optional()
      .describe('"rate(1 minute)", "rate(5 minutes)", the same with hours or days, or "cron(…)"'),
    pattern: z
      .record(z.string(), z.unknown())
      .refine((pattern) => Object.keys(pattern).length > 0)
      .optional()
      .describe("an EventBridge event pattern, for events on the default bus"),
    to: targets,
  })
  .describe("an EventBridge rule with a schedule or a pattern: { type, schedule | pattern, to }");

export const testResource = z
  .discriminatedUnion("type", [table, bucket, queue, topic, fn, httpApi, restApi, rule])
  .describe(
    'a resource with "type": "table", "bucket", "queue", "topic", "function", "httpApi", "restApi" or "rule"',
  );

export const testEnvironmentFields = z
  .strictObject({
    $schema: z.string().optional().describe("path of the JSON Schema, for editors"),
    name: slug(TEST_NAME_LENGTH.spec),
    owner: tagValue.describe(`team or person to contact, ${TAG_VALUE}`),
    costCenter: tagValue.describe(`cost center to charge, ${TAG_VALUE}`),
    accountId,
    region,
    role: z
      .strictObject({
        arn: z
          .string()
          .regex(/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/)
          .describe("ARN of a role in that account, arn:aws:iam::<account>:role/<name>"),
        externalId: z
          .string()
          .regex(/^[\w+=,.@:/-]{2,1224}$/)
          .optional()
          .describe("external id that its trust policy asks for, 2 to 1224 characters"),
      })
      .optional()
      .describe("role to assume for everything; without it the caller's own credentials are used"),
    ttlMinutes: z
      .int()
      .min(TEST_TTL_MINUTES.min)
      .max(TEST_TTL_MINUTES.max)
      .default(TEST_TTL_MINUTES.default)
      .describe(
        `minutes after which the reaper removes what is left, ${TEST_TTL_MINUTES.min} to ${TEST_TTL_MINUTES.max}`,
      ),
    atMost: z
      .strictObject({
        environments: z
          .int()
          .min(1)
          .max(TEST_LIMITS.environments)
          .default(50)
          .describe(`environments of this file at the same time, 1 to ${TEST_LIMITS.environments}`),
        usd: z
          .number()
          .positive()
          .max(TEST_LIMITS.usd)
          .default(2)
          .describe(`US dollars that one run may cost, above 0 to ${TEST_LIMITS.usd}`),
      })
      .prefault({})
      .describe("limits: { environments, usd }"),
    resources: z
      .record(resourceName, testResource)
      .refine((all) => Object.keys(all).length >= 1 && Object.keys(all).length <= TEST_LIMITS.resources)
      .describe(`1 to ${TEST_LIMITS.resources} resources by name`),
    test: z
      .strictObject({
        command: z.array(z.string().min(1)).min(1).describe("program and arguments, without a shell"),
        timeoutMinutes: z.int().min(1).max(120).default(10).describe("time limit in minutes, 1 to 120"),
        junit: z
          .string()
          .regex(INSIDE_PROJECT)
          .optional()
          .describe(
            "path of the JUnit report that the command writes, relative to the project and inside it",
          ),
      })
      .optional()
      .describe("command of the tests: { command, timeoutMinutes, junit }"),
  })
  .describe("a test environment");

export type TestEnvironment = z.output<typeof testEnvironmentFields>;
export type TestResource = z.output<typeof testResource>;
export type TestFunction = Extract<TestResource, { type: "function" }>;
export type Access = TestFunction["uses"][string];
