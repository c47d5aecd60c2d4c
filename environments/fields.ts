import { z } from "zod";
import { TASK_SIZES, type TaskSizeName } from "../contract/fargate";
import { parseCidr } from "../contract/cidr";

/**
 * What an environment is. Every field's description says what is allowed, with its unit: it is shown in
 * error messages and, through `npm run schema`, by editors that complete the JSON files.
 */

const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]; // prettier-ignore

const SLUG = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const DOMAIN = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

function isNetwork(text: string): boolean {
  try {
    return parseCidr(text) !== undefined;
  } catch {
    return false;
  }
}

const percent = (from: number, to: number) => z.int().min(from).max(to);

const cidr = z
  .string()
  .refine(isNetwork)
  .describe("an IPv4 network a.b.c.d/n whose address is its first, for example 10.0.0.0/16");

const cidrList = z.array(cidr).min(1).max(20);

const domainName = z
  .string()
  .max(253)
  .regex(DOMAIN)
  .describe(
    "a domain name in lower case such as mocks.example.com, or a wildcard such as *.mocks.example.com",
  );

const taskSize = z
  .union([
    z.enum(Object.keys(TASK_SIZES) as [TaskSizeName, ...TaskSizeName[]]),
    z.strictObject({
      cpuUnits: z.int().describe("CPU units, 1024 = 1 vCPU"),
      memoryMiB: z.int().describe("memory in MiB"),
    }),
  ])
  .describe(
    '"small" (256/512), "medium" (512/1024), "large" (1024/2048), "xlarge" (2048/4096), or a pair { cpuUnits, memoryMiB } that Fargate runs',
  );

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

const domain = z
  .strictObject({
    name: domainName
      .max(64)
      .describe("a domain name in lower case, 64 characters at most (ACM's limit for the first name)"),
    subjectAlternativeNames: z
      .array(domainName)
      .max(9)
      .default([])
      .describe("up to 9 further names of the certificate"),
    zones: z
      .array(domainName)
      .min(1)
      .describe("names of the public Route 53 hosted zones that hold the names, for example example.com"),
  })
  .describe("HTTPS with a certificate and DNS records: { name, subjectAlternativeNames, zones }");

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
    tasks: z
      .strictObject({
        min: z.int().min(1).max(200).describe("fewest running tasks, 1 to 200"),
        max: z.int().min(1).max(200).describe("most running tasks, 1 to 200"),
      })
      .describe("{ min, max }, each 1 to 200"),
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
    containerInsights: z
      .enum(["enhanced", "enabled"])
      .describe('"enhanced" (per task and container, dearer) or "enabled"'),
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

const network = z
  .strictObject({
    vpcCidr: cidr.describe("the VPC's IPv4 network, /16 to /22, for example 10.0.0.0/16"),
    availabilityZones: z
      .array(
        z
          .string()
          .regex(/^[a-f]$/)
          .describe("an AZ letter, a to f"),
      )
      .min(2)
      .max(6)
      .describe('2 to 6 different AZ letters, for example ["a", "b"]'),
    natGateways: z
      .enum(["none", "single", "onePerAz", "regional"])
      .describe(
        '"none", "single" (about $33 a month), "onePerAz" (that for each AZ) or "regional" (needs hashicorp/aws >= 6.24.0)',
      ),
    interfaceEndpoints: z
      .enum(["none", "fargate"])
      .default("none")
      .describe('"none", or "fargate": private access to ECR, Logs, Secrets Manager, SSM and KMS'),
  })
  .describe("{ vpcCidr, availabilityZones, natGateways, interfaceEndpoints }");

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
    owner: z.string().min(1).max(128).describe("team or person to ask, 1 to 128 characters"),
    costCenter: z.string().min(1).max(128).describe("who pays, 1 to 128 characters"),
    accountId: z
      .string()
      .regex(/^\d{12}$/)
      .describe('an AWS account id: a string of 12 digits, for example "111122223333"'),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/)
      .describe("an AWS region such as us-east-1"),
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
    logRetentionDays: z
      .literal(RETENTION_DAYS)
      .describe(`days that logs are kept, one of ${RETENTION_DAYS.join(", ")}`),
    network,
    automock,
  })
  .describe("an environment");

/** A validated environment, with all defaults filled in. */
export type Environment = z.output<typeof environmentFields>;

/** An environment as written in a file. */
export type EnvironmentInput = z.input<typeof environmentFields>;
