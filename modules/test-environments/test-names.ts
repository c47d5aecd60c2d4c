import type { Names } from "../../contract/names";
import { TEST_ROLE_PATH, TEST_SYSTEM } from "../../contract/test-run";

/** ARN patterns of what test environments create. */
export type TestArns = Readonly<
  Record<"table" | "bucket" | "queue" | "topic" | "function" | "role" | "logGroup" | "rule", string>
>;

/** @param runs pattern of run ids, for example `orders-??????`, or `*` for every run */
export function testArns(names: Names, runs: string): TestArns {
  const prefix = `${TEST_SYSTEM}-${runs}`;
  return {
    table: names.arn("dynamodb", `table/${prefix}-*`),
    bucket: names.bucketArn(`${prefix}-*-${names.accountId}`),
    queue: names.arn("sqs", `${prefix}-*`),
    topic: names.arn("sns", `${prefix}-*`),
    function: names.arn("lambda", `function:${prefix}-*`),
    role: names.iamArn(`role${TEST_ROLE_PATH}${prefix}-*`),
    logGroup: names.arn("logs", `log-group:/${prefix}/*`),
    rule: names.arn("events", `rule/${prefix}-*`),
  };
}
