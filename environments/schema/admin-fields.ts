import { z } from "zod";
import { BOX_TYPES } from "../../contract/admin-box";
import { logRetentionDays } from "./common-fields";

/** The fields of the admin boxes. docs/admin-box.md explains the values. */

const securityGroupId = z
  .string()
  .regex(/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/)
  .describe("id of a security group, for example sg-0123456789abcdef0");

const network = z
  .strictObject({
    vpcId: z
      .string()
      .regex(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/)
      .describe("id of a VPC, for example vpc-0123456789abcdef0"),
    subnetIds: z
      .array(
        z
          .string()
          .regex(/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/)
          .describe("id of a subnet in that VPC"),
      )
      .min(1)
      .max(16)
      .describe("1 to 16 subnets with a route to Session Manager, in as many AZs as possible"),
  })
  .describe("{ vpcId, subnetIds }: where the boxes run");

export const admin = z
  .strictObject({
    network: network.optional().describe("{ vpcId, subnetIds }; by default the default VPC of the region"),
    reaches: z
      .record(
        z
          .string()
          .max(32)
          .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
          .describe("a name such as task-api-database"),
        z
          .strictObject({
            securityGroupId,
            port: z.int().min(1).max(65_535).describe("a TCP port, 1 to 65535"),
          })
          .describe("{ securityGroupId, port }"),
      )
      .default({})
      .describe("{ name: { securityGroupId, port } }: what the boxes may connect to beside HTTPS and DNS"),
    instanceTypes: z
      .array(z.enum(BOX_TYPES))
      .min(1)
      .max(BOX_TYPES.length)
      .default([...BOX_TYPES])
      .describe(`instance types to choose from: ${BOX_TYPES.join(", ")}`),
    instanceConnect: z
      .boolean()
      .default(false)
      .describe("whether a shell opens through EC2 Instance Connect when the agent is late; needs network"),
    idleMinutes: z
      .int()
      .min(1)
      .max(60)
      .default(20)
      .describe("minutes without input or output after which a session ends, 1 to 60"),
    monthlyBudgetUsd: z
      .number()
      .min(1)
      .max(1000)
      .default(2)
      .describe("US dollars per month, 1 to 1000; an alert at 80 and 100 percent, nothing is stopped"),
    logRetentionDays: logRetentionDays.default(90),
  })
  .describe("the admin boxes of this environment's account");
