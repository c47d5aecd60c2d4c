import { z } from "zod";
import { TTL_HOURS } from "../contract/registry";
import { automock } from "./automock-fields";
import { region } from "./common-fields";
import { delivery } from "./delivery-fields";
import { taskApi } from "./task-api-fields";

/**
 * What an environment is. Every field's description says what is allowed, with its unit: it is shown in
 * error messages and, through `npm run schema`, by editors that complete the JSON files.
 */

const SLUG = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

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
      .min(TTL_HOURS.min)
      .max(TTL_HOURS.max)
      .optional()
      .describe(
        `time to live in whole hours, ${TTL_HOURS.min} to ${TTL_HOURS.max}, in ephemeral environments only`,
      ),
    locking: z
      .enum(["both", "dynamodb", "s3"])
      .default("both")
      .describe('state lock: "both", "dynamodb" (table) or "s3" (lock file)'),
    deletionProtection: z
      .boolean()
      .describe(
        "true guards the load balancer and its logs against deletion; false lets destroy remove them",
      ),
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
    automock: automock.optional(),
    taskApi: taskApi.optional(),
  })
  .describe("an environment");

/** A validated environment, with all defaults filled in. It has at least one system. */
export type Environment = z.output<typeof environmentFields>;

/** An environment as written in a file. */
export type EnvironmentInput = z.input<typeof environmentFields>;
