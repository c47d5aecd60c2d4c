import type { StateInstance } from "../../../../lambda/ttl-cleanup/terraform-state/state-file";
import { handledBy } from "../../../../lambda/ttl-cleanup/terraform-state/state-resources";
import { ephemeralEnvironment, stagingEnvironment } from "../../../support/environments";
import { synthesize } from "../../../support/golden";

const HOME = { environment: "pr-123", accountId: "123456789012", region: "us-east-1" };

const instance = (type: string, attributes: StateInstance["attributes"] = {}): StateInstance => ({
  address: `${type}.x`,
  mode: "managed",
  type,
  provider: "registry.terraform.io/hashicorp/aws",
  deposed: false,
  attributes,
});

/** What tells two kinds of the same Terraform type apart, as the stacks have it. */
const ATTRIBUTES: Readonly<Record<string, StateInstance["attributes"]>> = {
  aws_appautoscaling_policy: { service_namespace: "ecs" },
  aws_appautoscaling_scheduled_action: { service_namespace: "ecs" },
  aws_appautoscaling_target: { service_namespace: "ecs" },
  aws_dynamodb_table_item: { table_name: "automock-environments-123456789012-us-east-1" },
};

const stacks = synthesize([ephemeralEnvironment, { ...stagingEnvironment, ttlHours: undefined }]);
stacks.delete("bootstrap");

test("the stacks looked at are those that can be ephemeral, and one per system", () =>
  expect([...stacks.keys()].sort()).toEqual(["automock-pr-123", "automock-staging", "task-api-staging"]));

const created = (text: string) => Object.keys((JSON.parse(text) as { resource: object }).resource);
const withoutHandler = (types: readonly string[]) =>
  types.filter((type) => handledBy(instance(type, ATTRIBUTES[type]), HOME) === "unsupported");

test.each([...stacks])("%s: every type it creates has a handler or goes with another", (_stack, text) => {
  expect(created(text).length).toBeGreaterThan(20);
  expect(withoutHandler(created(text))).toEqual([]);
});

test("a new type without a handler is found: add its deletion to the file of its service in cleanup/resources/", () => {
  const text = JSON.parse(stacks.get("automock-pr-123")!) as { resource: object };
  const more = { ...text, resource: { ...text.resource, aws_elasticache_cluster: { cache: {} } } };
  expect(withoutHandler(created(JSON.stringify(more)))).toEqual(["aws_elasticache_cluster"]);
});

test.each([
  ["a type that nobody knows", instance("aws_redshift_cluster")],
  ["a schedule group", instance("aws_scheduler_schedule_group", { id: "default" })],
  ["an item of another table", instance("aws_dynamodb_table_item", { table_name: "orders" })],
  ["scaling of something else", instance("aws_appautoscaling_target", { service_namespace: "rds" })],
])("%s is unsupported, so it blocks the end by name", (_what, entry) =>
  expect(handledBy(entry, HOME)).toBe("unsupported"),
);
