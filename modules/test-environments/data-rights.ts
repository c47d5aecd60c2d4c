import { TEST_ACCESS } from "../../contract/test-access";
import type { PolicyStatement } from "../shared/policy-document";
import type { TestArns } from "./test-names";

/** Reading and writing what test environments hold: the most that a test function may do, and what tests do. */
export function dataStatements(arns: TestArns): readonly PolicyStatement[] {
  const { table, bucket, object, queue, topic, function: fn, logs } = TEST_ACCESS;
  return [
    {
      sid: "UseTables",
      actions: [...table.read, ...table.write],
      resources: [arns.table, `${arns.table}/index/*`],
    },
    { sid: "ListObjects", actions: bucket.list, resources: [arns.bucket] },
    {
      sid: "UseObjects",
      actions: [...object.read, ...object.write],
      resources: [`${arns.bucket}/*`],
    },
    { sid: "UseQueues", actions: [...new Set([...queue.read, ...queue.write])], resources: [arns.queue] },
    { sid: "UseTopics", actions: topic.write, resources: [arns.topic] },
    { sid: "UseFunctions", actions: fn.write, resources: [arns.function] },
    { sid: "WriteLogs", actions: logs.write, resources: [`${arns.logGroup}:*`] },
  ];
}
