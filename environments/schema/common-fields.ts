import { z } from "zod";
import { TASK_SIZES, type TaskSizeName } from "../../contract/fargate";
import { parseCidr } from "../../contract/cidr";
import { unsupportedPartition } from "../../contract/regions";

/** Fields that several sections of an environment share. */

const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]; // prettier-ignore

const DOMAIN = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

function isNetwork(text: string): boolean {
  try {
    return parseCidr(text) !== undefined;
  } catch {
    return false;
  }
}

export const percent = (from: number, to: number) => z.int().min(from).max(to);

const cidr = z
  .string()
  .refine(isNetwork)
  .describe("an IPv4 network a.b.c.d/n written with its first address, for example 10.0.0.0/16");

export const cidrList = z.array(cidr).max(20);

export const domainName = z
  .string()
  .max(253)
  .regex(DOMAIN)
  .describe("a lowercase domain name such as mocks.example.com, or a wildcard such as *.mocks.example.com");

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

export const domain = z
  .strictObject({
    name: domainName
      .max(64)
      .describe("a lowercase domain name, at most 64 characters (ACM's limit for the first name)"),
    subjectAlternativeNames: z
      .array(domainName)
      .max(9)
      .default([])
      .describe("up to 9 additional names for the certificate"),
    zones: z
      .array(domainName)
      .min(1)
      .describe("public Route 53 hosted zones of these names, for example example.com"),
  })
  .describe("HTTPS with a certificate and DNS records: { name, subjectAlternativeNames, zones }");

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
        '"none", "single" (about $33 per month), "onePerAz" (about $33 per month for each AZ) or "regional" (needs hashicorp/aws >= 6.24.0)',
      ),
    interfaceEndpoints: z
      .enum(["none", "fargate"])
      .default("none")
      .describe('"none", or "fargate": private access to ECR, Logs, Secrets Manager, SSM and KMS'),
  })
  .describe("{ vpcCidr, availabilityZones, natGateways, interfaceEndpoints }");

export const logRetentionDays = z
  .literal(RETENTION_DAYS)
  .describe(`log retention in days, one of ${RETENTION_DAYS.join(", ")}`);

const tasks = (most: number) =>
  z
    .strictObject({
      min: z.int().min(1).max(most).describe(`minimum number of tasks, 1 to ${most}`),
      max: z.int().min(1).max(most).describe(`maximum number of tasks, 1 to ${most}`),
    })
    .describe(`{ min, max }, each 1 to ${most}`);

const containerInsights = z
  .enum(["enhanced", "enabled"])
  .describe('"enhanced" (per task and container, more expensive) or "enabled"');

export const TAG_VALUE = "1 to 128 characters: letters, digits, spaces and + - = . _ : / @";
/**
 * A tag value that every AWS service accepts.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html
 */
export const tagValue = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\p{L}\p{N} +\-=._:/@]*$/u);

/** An AWS account id. */
export const accountId = z
  .string()
  .regex(/^\d{12}$/)
  .describe('an AWS account id: a string of 12 digits, for example "111122223333"');

/** A region of the partition `aws`: see `unsupportedPartition`. */
export const region = z
  .string()
  .regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, { abort: true })
  .superRefine((name, ctx) => {
    const partition = unsupportedPartition(name);
    if (partition === undefined) return;
    ctx.addIssue({
      code: "custom",
      params: {
        given: `"${name}" (partition ${partition})`,
        allowed: "a region of the partition aws, such as us-east-1; no other partition is supported",
        fix: "use a region of the partition aws",
      },
    });
  })
  .describe("an AWS region such as us-east-1");

/** Limits of AWS: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
const waf = z
  .strictObject({
    requestsPer5Minutes: z
      .int()
      .min(10)
      .max(2_000_000_000)
      .describe("requests that one address may send in 5 minutes, 10 to 2000000000"),
  })
  .describe(
    "a web application firewall: { requestsPer5Minutes }; $6 per month and $0.60 per million requests; by default none",
  );

/** Fields of every system: tasks behind a load balancer, in their own VPC. */
export const serviceFields = (mostTasks: number) => ({
  size: taskSize,
  tasks: tasks(mostTasks),
  containerInsights,
  logRetentionDays: logRetentionDays.default(30),
  network,
  domain: domain.optional(),
  waf: waf.optional(),
});
