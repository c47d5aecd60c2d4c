import type { Construct } from "constructs";
import { AutomockStack } from "../../stacks/automock/automock-stack";
import { TaskApiStack } from "../../stacks/task-api/task-api-stack";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../support/environments";
import { Template } from "../support/template";

/**
 * Resources that are created before the one they replace and have a fixed name. AWS refuses two of the same name, so
 * the name must change with each property that forces replacement.
 */
const NAMED: Readonly<Record<string, string>> = {
  aws_db_parameter_group: "its name has the major version, its description the stack's prefix",
  aws_lb_target_group:
    "its name has a hash of port, protocol, target type, address type, service and network",
};

/** Arguments that name a resource, other than a prefix from which AWS creates a unique name. */
const NAMES = ["name", "identifier", "bucket"];

it.each([
  ...[prodEnvironment, stagingEnvironment, ephemeralEnvironment].map(
    (environment) =>
      [
        `automock-${environment.name}`,
        (app: Construct) => new AutomockStack(app, "stack", environment),
      ] as const,
  ),
  ...[prodEnvironment, stagingEnvironment].map(
    (environment) =>
      [
        `task-api-${environment.name}`,
        (app: Construct) => new TaskApiStack(app, "stack", environment),
      ] as const,
  ),
])("%s: no replacement meets its own name", (_, create) => {
  const template = Template.ofApp((app) => create(app));
  const named = Object.entries(template.json.resource as Record<string, Record<string, Body>>)
    .filter(([, bodies]) =>
      Object.values(bodies).some(
        (body) => body.lifecycle?.create_before_destroy === true && NAMES.some((name) => name in body),
      ),
    )
    .map(([type]) => type);
  expect(named.sort()).toEqual(
    Object.keys(NAMED)
      .filter((type) => type in template.json.resource!)
      .sort(),
  );
});

interface Body {
  readonly lifecycle?: { readonly create_before_destroy?: boolean };
}
