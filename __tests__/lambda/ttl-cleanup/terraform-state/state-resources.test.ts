import type { StateInstance } from "../../../../lambda/ttl-cleanup/terraform-state/state-file";
import { handledBy, stateResources } from "../../../../lambda/ttl-cleanup/terraform-state/state-resources";
import { awsError, fakeClients } from "../../../support/fake-clients";
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

test("the registry record of another environment refuses the whole state: it is a copy of that one's", () => {
  const table_name = "automock-environments-123456789012-us-east-1";
  const record = (environment: string) =>
    handledBy(
      instance("aws_dynamodb_table_item", { table_name, id: `${table_name}|pk|ENV#${environment}|sk|META` }),
      HOME,
    );
  expect(record("pr-123")).toBe("part");
  expect(() => record("pr-1234")).toThrow(
    "the state has the registry record of another environment (ENV#pr-1234), so it is a copy of that one's state; restore the own one",
  );
});

describe("a state that is not there", () => {
  const read = (Item?: object) =>
    fakeClients({
      GetObject: () => {
        throw awsError("NoSuchKey");
      },
      GetItem: () => ({ Item }),
    });
  const stateRef = { bucket: "states", key: "automock/pr-123/terraform.tfstate", useLockfile: true };

  test("is empty where it was never applied", async () => {
    const clients = read();
    expect(await stateResources(clients, { ...HOME, stateRef })).toEqual({ state: [] });
    expect(clients.calls.at(-1)).toEqual([
      "GetItem",
      {
        TableName: "automock-tflock-123456789012-us-east-1",
        Key: { LockID: { S: "states/automock/pr-123/terraform.tfstate-md5" } },
        ConsistentRead: true,
      },
    ]);
  });

  test("is lost where the lock table has its digest: not taken for never applied", async () => {
    await expect(stateResources(read({ Digest: { S: "x" } }), { ...HOME, stateRef })).rejects.toThrow(
      "the state is gone, but the lock table has its digest (states/automock/pr-123/terraform.tfstate-md5); restore the last version of the state",
    );
  });
});
