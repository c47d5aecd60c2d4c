import { testResourceName, type TestRun } from "../../contract/test-run";
import type { TestEnvironment } from "../../environments/schema/test-environment-fields";
import { topicArn } from "./nodes/topic";
import type { Created } from "./nodes/node";

/** Variables of a resource: what the tests and the functions that use it find it by. */
export function variableOf(
  run: TestRun,
  name: string,
  type: TestEnvironment["resources"][string]["type"],
  created: (node: string) => Created,
): Readonly<Record<string, string>> {
  const prefix = name.toUpperCase().replaceAll("-", "_");
  switch (type) {
    case "table":
      return { [`${prefix}_TABLE`]: testResourceName(run, "table", name) };
    case "bucket":
      return { [`${prefix}_BUCKET`]: testResourceName(run, "bucket", name) };
    case "queue":
      return { [`${prefix}_QUEUE_URL`]: created(name).id };
    case "topic":
      return { [`${prefix}_TOPIC_ARN`]: topicArn(run, name) };
    case "function":
      return { [`${prefix}_FUNCTION`]: testResourceName(run, "lambda", name) };
    case "httpApi":
    case "restApi":
      return { [`${prefix}_URL`]: created(name).url ?? "" };
    case "rule":
      return { [`${prefix}_RULE`]: testResourceName(run, "eventRule", name) };
  }
}

/** Variables of all resources, for the tests. */
export function outputsOf(
  run: TestRun,
  { resources }: TestEnvironment,
  created: (node: string) => Created,
): Record<string, string> {
  const variables = Object.entries(resources).map(([name, { type }]) => variableOf(run, name, type, created));
  return Object.assign({ TEST_RUN: run.run }, ...variables) as Record<string, string>;
}
