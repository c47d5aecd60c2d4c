import { testResourceName, testVariable, type TestRun } from "../../contract/test-run";
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
  return { [testVariable(name, type)]: valueOf(run, name, type, created) };
}

function valueOf(
  run: TestRun,
  name: string,
  type: TestEnvironment["resources"][string]["type"],
  created: (node: string) => Created,
): string {
  switch (type) {
    case "table":
      return testResourceName(run, "table", name);
    case "bucket":
      return testResourceName(run, "bucket", name);
    case "queue":
      return created(name).id;
    case "topic":
      return topicArn(run, name);
    case "function":
      return testResourceName(run, "lambda", name);
    case "httpApi":
    case "restApi":
      return created(name).url ?? "";
    case "rule":
      return testResourceName(run, "eventRule", name);
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
