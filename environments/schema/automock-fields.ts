import { z } from "zod";
import {
  DEFAULT_REQUEST_STEPS,
  DEFAULT_SCALE_IN_PERCENT,
  DEFAULT_UTILIZATION_STEPS,
  MAX_CHANGE_PERCENT,
  MAX_REQUEST_STEP,
  MAX_UTILIZATION_STEP,
} from "../../contract/scaling";
import { cidrList, percent, serviceFields } from "./common-fields";

const scalingSteps = (unit: string, first: number, most: number) =>
  z
    .array(
      z.strictObject({
        atLeast: z.int().min(1).max(most).describe(`${unit} at which the step starts, 1 to ${most}`),
        changePercent: percent(1, MAX_CHANGE_PERCENT).describe(
          `percent of the running tasks to add, 1 to ${MAX_CHANGE_PERCENT}`,
        ),
      }),
    )
    .min(1)
    .max(10)
    .describe(
      `1 to 10 steps { atLeast (${unit}), changePercent }, both in ascending order; the default starts at ${first}`,
    );

const bakeMinutes = z
  .int()
  .min(0)
  .max(1440)
  .describe("minutes that both revisions run before the old one is stopped, 0 to 1440");

const deployment = z
  .discriminatedUnion("strategy", [
    z.strictObject({ strategy: z.literal("rolling") }),
    z.strictObject({ strategy: z.literal("blueGreen"), bakeMinutes }),
    z.strictObject({
      strategy: z.literal("canary"),
      bakeMinutes,
      canaryPercent: percent(1, 99).describe("percent of traffic sent to the canary, 1 to 99"),
      canaryBakeMinutes: bakeMinutes,
    }),
    z.strictObject({
      strategy: z.literal("linear"),
      bakeMinutes,
      stepPercent: percent(3, 100).describe("percent of traffic shifted in each step, 3 to 100"),
      stepBakeMinutes: bakeMinutes,
    }),
  ])
  .describe(
    '{ strategy: "rolling" } (circuit breaker and rollback), or "blueGreen", "canary", "linear" with bake times in minutes (these need hashicorp/aws >= 6.21.0)',
  );

/** AutoMock in an environment. */
export const automock = z
  .strictObject({
    imageVersion: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/)
      .describe("an exact MockServer version, X.Y.Z, 9.0.0 or newer"),
    imageDigest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional()
      .describe("digest of the image, sha256:<64 hex digits>"),
    ...serviceFields(200),
    capacity: z
      .union([
        z.literal("onDemand"),
        z.strictObject({
          spotAfter: z
            .int()
            .min(0)
            .max(200)
            .describe("number of on-demand tasks before Spot is used, 0 to 200"),
        }),
      ])
      .describe('"onDemand", or { spotAfter: N }: the first N tasks run on demand, the rest on Fargate Spot'),
    scaling: z
      .strictObject({
        cpuSteps: scalingSteps("percent of CPU", 70, MAX_UTILIZATION_STEP).default([
          ...DEFAULT_UTILIZATION_STEPS,
        ]),
        memorySteps: scalingSteps("percent of memory", 70, MAX_UTILIZATION_STEP).default([
          ...DEFAULT_UTILIZATION_STEPS,
        ]),
        requestSteps: scalingSteps("requests per minute and task", 500, MAX_REQUEST_STEP).default([
          ...DEFAULT_REQUEST_STEPS,
        ]),
        scaleInPercent: percent(1, 99)
          .default(DEFAULT_SCALE_IN_PERCENT)
          .describe("load in percent below which tasks are removed, 1 to 99"),
      })
      .prefault({})
      .describe("{ cpuSteps, memorySteps, requestSteps, scaleInPercent }"),
    deployment: deployment.default({ strategy: "rolling" }),
    deploys: z
      .enum(["terraform", "external"])
      .optional()
      .describe(
        'who rolls out new task definitions: "terraform", or "external" (a pipeline; Terraform then ignores them); default: "terraform" for rolling, "external" for the other strategies',
      ),
    apiAllowedCidrs: cidrList
      .min(1)
      .describe(
        "1 to 20 IPv4 networks that may call the mocks, each /8 to /32; 0.0.0.0/0 is allowed with a domain",
      ),
    controlPlaneAllowedCidrs: cidrList
      .default([])
      .describe(
        "up to 20 IPv4 networks that may change expectations, reset and stop MockServer, each /8 to /32; by default none: MockServer then refuses such requests from everyone",
      ),
    controlPlaneAuthentication: z
      .union([
        z.literal("networksOnly"),
        z.strictObject({
          keyGeneration: z
            .int()
            .min(1)
            .max(10_000)
            .describe("number of the KMS key that signs tokens, 1 to 10000; add 1 to rotate the key"),
        }),
      ])
      .default({ keyGeneration: 1 })
      .describe(
        '{ keyGeneration: N }: requests from controlPlaneAllowedCidrs need a token that a KMS key signed; or "networksOnly": everyone in controlPlaneAllowedCidrs may send them',
      ),
  })
  .describe("the AutoMock system of this environment");
