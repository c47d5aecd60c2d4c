import { z } from "zod";
import {
  cidrList,
  containerInsights,
  domain,
  logRetentionDays,
  network,
  percent,
  region,
  taskSize,
  tasks,
} from "./common-fields";
import { delivery } from "./delivery-fields";
import { taskApi } from "./task-api-fields";

/**
 * What an environment is. Every field's description says what is allowed, with its unit: it is shown in
 * error messages and, through `npm run schema`, by editors that complete the JSON files.
 */

const SLUG = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const scalingSteps = (unit: string, first: number) =>
  z
    .array(
      z.strictObject({
        atLeast: z.number().positive().describe(`${unit} from which the step applies`),
        changePercent: percent(1, 1000).describe("percent of the running tasks to add, 1 to 1000"),
      }),
    )
    .min(1)
    .max(10)
    .describe(`1 to 10 steps { atLeast (${unit}), changePercent }, rising; the seed starts at ${first}`);

const seedUtilizationSteps = [
  { atLeast: 70, changePercent: 50 },
  { atLeast: 80, changePercent: 100 },
  { atLeast: 90, changePercent: 200 },
];

const bakeMinutes = z
  .int()
  .min(0)
  .max(1440)
  .describe("minutes that both revisions run before the old one goes, 0 to 1440");

const deployment = z
  .discriminatedUnion("strategy", [
    z.strictObject({ strategy: z.literal("rolling") }),
    z.strictObject({ strategy: z.literal("blueGreen"), bakeMinutes }),
    z.strictObject({
      strategy: z.literal("canary"),
      bakeMinutes,
      canaryPercent: percent(1, 99).describe("percent of the traffic that the canary takes, 1 to 99"),
      canaryBakeMinutes: bakeMinutes,
    }),
    z.strictObject({
      strategy: z.literal("linear"),
      bakeMinutes,
      stepPercent: percent(3, 100).describe("percent of the traffic moved with each step, 3 to 100"),
      stepBakeMinutes: bakeMinutes,
    }),
  ])
  .describe(
    '{ strategy: "rolling" } (circuit breaker and rollback), or "blueGreen", "canary", "linear" with bake times in minutes (these need hashicorp/aws >= 6.21.0)',
  );

const automock = z
  .strictObject({
    imageVersion: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/)
      .describe("an exact MockServer version, X.Y.Z, 7.4.1 or newer"),
    imageDigest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional()
      .describe("digest of the image, sha256:<64 hex digits>"),
    size: taskSize,
    tasks: tasks(200),
    capacity: z
      .union([
        z.literal("onDemand"),
        z.strictObject({
          spotAfter: z.int().min(0).max(200).describe("tasks on demand before Spot, 0 to 200"),
        }),
      ])
      .describe('"onDemand", or { spotAfter: N }: the first N tasks on demand, the others on Fargate Spot'),
    scaling: z
      .strictObject({
        cpuSteps: scalingSteps("percent of CPU", 70).default(seedUtilizationSteps),
        memorySteps: scalingSteps("percent of memory", 70).default(seedUtilizationSteps),
        requestSteps: scalingSteps("requests per minute and task", 500).default([
          { atLeast: 500, changePercent: 50 },
          { atLeast: 1000, changePercent: 100 },
        ]),
        scaleInPercent: percent(1, 99)
          .default(40)
          .describe("load in percent under which tasks are removed, 1 to 99"),
      })
      .prefault({})
      .describe("{ cpuSteps, memorySteps, requestSteps, scaleInPercent }; left out, the seed's numbers"),
    containerInsights,
    deployment: deployment.default({ strategy: "rolling" }),
    deploys: z
      .enum(["terraform", "external"])
      .optional()
      .describe(
        'who rolls out new task definitions: "terraform", or "external" (a pipeline; Terraform then ignores them); left out: "terraform" for rolling, "external" for the other strategies',
      ),
    apiAllowedCidrs: cidrList.describe(
      "1 to 20 IPv4 networks that may call the mocks, each /8 to /32; with a domain also 0.0.0.0/0",
    ),
    controlPlaneAllowedCidrs: cidrList.describe(
      "1 to 20 IPv4 networks that may change expectations, reset and stop MockServer, each /8 to /32",
    ),
    domain: domain.optional(),
  })
  .describe("the AutoMock system of this environment");

const TAG_VALUE = "1 to 128 characters: letters, digits, spaces and + - = . _ : / @";
/**
 * What every service takes as the value of a tag, with which the name of an owner reaches AWS.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html
 */
const tagValue = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\p{L}\p{N} +\-=._:/@]*$/u);

/** The fields of an environment, each checked by itself. */
export const environmentFields = z
  .strictObject({
    $schema: z.string().optional().describe("where editors find the JSON Schema"),
    name: z
      .string()
      .max(16)
      .regex(SLUG)
      .describe(
        "lower-case letters, digits and single hyphens, starting with a letter, 16 characters at most",
      ),
    owner: tagValue.describe(`team or person to ask, ${TAG_VALUE}`),
    costCenter: tagValue.describe(`who pays, ${TAG_VALUE}`),
    accountId: z
      .string()
      .regex(/^\d{12}$/)
      .describe('an AWS account id: a string of 12 digits, for example "111122223333"'),
    region,
    ttlHours: z
      .int()
      .min(1)
      .max(168)
      .optional()
      .describe("time to live in whole hours, 1 to 168, in ephemeral environments only"),
    locking: z
      .enum(["both", "dynamodb", "s3"])
      .default("both")
      .describe('state lock: "both", "dynamodb" (table) or "s3" (lock file)'),
    deletionProtection: z
      .boolean()
      .describe(
        "true guards the load balancer and its logs against deletion; false lets destroy remove them",
      ),
    logRetentionDays,
    notifications: z
      .strictObject({
        emails: z
          .array(z.email().describe("an e-mail address"))
          .max(20)
          .default([])
          .describe("up to 20 e-mail addresses; each must confirm AWS's first mail"),
        webhooks: z
          .record(
            z
              .string()
              .regex(SLUG)
              .describe("a name for the webhook: lower-case letters, digits and single hyphens"),
            z.url({ protocol: /^https$/ }).describe("an https URL without a secret in it"),
          )
          .default({})
          .describe("{ name: https URL }; the endpoint must confirm the subscription by itself"),
      })
      .prefault({})
      .describe("who hears of alarms: { emails, webhooks }"),
    delivery: delivery.optional(),
    network,
    automock,
    taskApi: taskApi.optional(),
  })
  .describe("an environment");

/** A validated environment, with all defaults filled in. */
export type Environment = z.output<typeof environmentFields>;

/** An environment as written in a file. */
export type EnvironmentInput = z.input<typeof environmentFields>;
