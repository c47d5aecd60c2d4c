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

test.each([...stacks])("%s: every type it creates has a handler or goes with another", (_stack, text) => {
  const created = Object.keys((JSON.parse(text) as { resource: object }).resource);
  expect(created.length).toBeGreaterThan(20);
  const unknown = created.filter(
    (type) => handledBy(instance(type, ATTRIBUTES[type]), HOME) === "unsupported",
  );
  expect(unknown).toEqual([]);
});

test.each([
  ["a type that nobody knows", instance("aws_redshift_cluster")],
  ["a schedule group", instance("aws_scheduler_schedule_group", { id: "default" })],
  ["an item of another table", instance("aws_dynamodb_table_item", { table_name: "orders" })],
  ["scaling of something else", instance("aws_appautoscaling_target", { service_namespace: "rds" })],
])("%s is unsupported, so it blocks the end by name", (_what, entry) =>
  expect(handledBy(entry, HOME)).toBe("unsupported"),
);
