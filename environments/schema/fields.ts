import { z } from "zod";
import { ENVIRONMENT_NAME } from "../../contract/permanent-names";
import { TTL_HOURS } from "../../contract/registry";
import { admin } from "./admin-fields";
import { automock } from "./automock-fields";
import { accountId, region, TAG_VALUE, tagValue } from "./common-fields";
import { delivery } from "./delivery-fields";
import { iam } from "./iam-fields";
import { taskApi } from "./task-api-fields";

/**
 * The fields of an environment. Each description states the allowed values and the unit. Error messages show it,
 * and so do editors (`npm run schema` writes the JSON Schema).
 */

/** The fields of an environment. Rules between fields are in `cross-field-rules.ts`. */
export const environmentFields = z
  .strictObject({
    $schema: z.string().optional().describe("path of the JSON Schema, for editors"),
    name: z
      .string()
      .max(16)
      .regex(ENVIRONMENT_NAME)
      .describe(
        "lowercase letters, digits and single hyphens, starting with a letter, at most 16 characters",
      ),
    owner: tagValue.describe(`team or person to contact, ${TAG_VALUE}`),
    costCenter: tagValue.describe(`cost center to charge, ${TAG_VALUE}`),
    accountId,
    region,
    ttlHours: z
      .int()
      .min(TTL_HOURS.min)
      .max(TTL_HOURS.max)
      .optional()
      .describe(
        `time to live in whole hours, ${TTL_HOURS.min} to ${TTL_HOURS.max}, only for ephemeral environments`,
      ),
    locking: z
      .enum(["both", "dynamodb", "s3"])
      .default("both")
      .describe('state lock: "both", "dynamodb" (table) or "s3" (lock file)'),
    deletionProtection: z
      .boolean()
      .describe(
        "true protects the load balancer, its logs, the images and the database from deletion; false lets destroy delete them",
      ),
    notifications: z
      .strictObject({
        emails: z
          .array(z.email().describe("an email address"))
          .max(20)
          .default([])
          .describe("up to 20 email addresses; each must confirm the subscription email from AWS"),
        webhooks: z
          .record(
            z
              .string()
              .regex(ENVIRONMENT_NAME)
              .describe("a name for the webhook: lowercase letters, digits and single hyphens"),
            z.url({ protocol: /^https$/ }).describe("an https URL without a secret in it"),
          )
          .default({})
          .describe("{ name: https URL }; the endpoint must confirm the SNS subscription itself"),
        timeZone: z
          .string()
          .optional()
          .describe(
            "an IANA time zone such as Europe/Berlin, shown beside UTC in the messages before an ephemeral environment ends",
          ),
      })
      .prefault({})
      .describe("who receives alarms: { emails, webhooks, timeZone }"),
    delivery: delivery.optional(),
    iam: iam.optional(),
    automock: automock.optional(),
    taskApi: taskApi.optional(),
    admin: admin.optional(),
  })
  .describe("an environment");

/** A validated environment, with all defaults filled in. It has at least one system. */
export type Environment = z.output<typeof environmentFields>;

/** An environment as written in a file. */
export type EnvironmentInput = z.input<typeof environmentFields>;
