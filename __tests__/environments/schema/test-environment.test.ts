import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatFaults } from "../../../contract/fault";
import { UserError } from "../../../contract/user-error";
import {
  loadTestEnvironment,
  parseTestEnvironment,
} from "../../../environments/schema/test-environment-load";

const PROJECT = join(__dirname, "..", "..", "..");
const FILE = "environments/test/orders.json";
const text = readFileSync(join(PROJECT, FILE), "utf8");

/** The example with changes, by dotted path; `undefined` removes. */
function changed(changes: Readonly<Record<string, unknown>>): string {
  const spec = JSON.parse(text) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split("/");
    const last = keys.pop()!;
    const at = keys.reduce((object, key) => object[key] as Record<string, unknown>, spec);
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return JSON.stringify(spec);
}

function faultsOf(changes: Readonly<Record<string, unknown>>): string {
  return formatFaults(parseTestEnvironment(FILE, changed(changes)).faults);
}

it("the example is valid and gets its defaults", () => {
  const environment = loadTestEnvironment(PROJECT, "orders");
  expect(Object.keys(environment.resources)).toEqual(["orders", "receipts", "jobs", "api", "worker", "http"]);
  expect(environment.resources.api).toMatchObject({ timeoutSeconds: 30, memoryMiB: 256, environment: {} });
  expect(environment.test).toEqual({
    command: ["pytest", "-q", "examples/orders/tests"],
    timeoutMinutes: 10,
  });
});

it.each<[string, Record<string, unknown>, string]>([
  [
    "a misspelled key of a resource",
    { "resources/orders/index": {} },
    `environments/test/orders.json: resources.orders.index
  given:   "index" (unknown key)
  allowed: one of type, key, indexes, ttl
  fix:     did you mean "indexes"?`,
  ],
  [
    "an unknown type",
    { "resources/receipts": { type: "volume" } },
    `environments/test/orders.json: resources.receipts.type
  given:   "volume"
  allowed: "table", "bucket", "queue", "topic", "function", "httpApi", "restApi", "rule"
  fix:     use an allowed value`,
  ],
  [
    "a reference to nothing",
    { "resources/api/uses": { order: "read" } },
    `environments/test/orders.json: resources.api.uses.order
  given:   "order"
  allowed: the name of a resource of type table, bucket, queue, topic, function: orders, receipts, jobs, worker
  fix:     add that resource or correct the name`,
  ],
  [
    "a route to a table",
    { "resources/http/routes": { $default: "orders" } },
    `environments/test/orders.json: resources.http.routes.$default
  given:   "orders"
  allowed: the name of a resource of type function: api, worker
  fix:     orders is of type table; name another resource`,
  ],
  [
    "an access that the type does not have",
    { "resources/api/uses": { orders: "invoke" } },
    `environments/test/orders.json: resources.api.uses.orders
  given:   "invoke"
  allowed: "read", "write", "readWrite" for a table
  fix:     use one of these`,
  ],
  [
    "a name that a dead-letter queue has",
    { "resources/jobs-dead": { type: "queue" } },
    `environments/test/orders.json: resources.jobs-dead
  given:   {"type":"queue"}
  allowed: a name other than that of the dead-letter queue of jobs
  fix:     rename it`,
  ],
  [
    "a rule without a trigger",
    { "resources/tick": { type: "rule", to: ["jobs"] } },
    `environments/test/orders.json: resources.tick
  given:   {"type":"rule","to":["jobs"]}
  allowed: either schedule or pattern
  fix:     add one of them`,
  ],
  [
    "a TTL attribute that is text",
    { "resources/orders/ttl": "orderId" },
    `environments/test/orders.json: resources.orders.ttl
  given:   "orderId"
  allowed: an attribute that holds a number
  fix:     orderId is of type S in a key; name another attribute`,
  ],
  [
    "a REST API without a reason",
    { "resources/http": { type: "restApi", routes: { $default: "api" } } },
    `environments/test/orders.json: resources.http.reason
  given:   nothing
  allowed: why an HTTP API is not enough, 10 to 200 characters: AWS deletes one REST API per 30 s and account, so many runs at once wait for each other
  fix:     add it`,
  ],
  [
    "a role of another account",
    { role: { arn: "arn:aws:iam::999999999999:role/x" } },
    `environments/test/orders.json: role.arn
  given:   "arn:aws:iam::999999999999:role/x"
  allowed: a role of the account 123456789012
  fix:     correct accountId or the ARN`,
  ],
  [
    "tests that outlive the environment",
    { ttlMinutes: 10 },
    `environments/test/orders.json: test.timeoutMinutes
  given:   10
  allowed: at most ttlMinutes minus 5, which leaves time to create and destroy
  fix:     lower it to 5, or raise ttlMinutes`,
  ],
  [
    "a right of a function on itself",
    { "resources/api/uses": { api: "invoke" } },
    `environments/test/orders.json: resources.api.uses.api
  given:   "api"
  allowed: the name of a resource of type table, bucket, queue, topic, function: orders, receipts, jobs, worker
  fix:     a function needs no right on itself; remove it`,
  ],
  [
    "an attribute with two types",
    { "resources/orders/indexes": { byId: { orderId: "N" } } },
    `environments/test/orders.json: resources.orders.indexes.byId.orderId
  given:   "N"
  allowed: "S", the type of orderId in another key of the table
  fix:     use one type, or another attribute`,
  ],
  [
    "two resources with one variable",
    { "resources/jobs-queue": { type: "httpApi", routes: { $default: "api" } } },
    `environments/test/orders.json: resources.jobs-queue
  given:   "jobs-queue"
  allowed: a name whose variable, JOBS_QUEUE_URL, is not that of jobs
  fix:     rename one of them`,
  ],
  [
    "a variable that uses overwrites",
    { "resources/api/environment": { ORDERS_TABLE: "x" } },
    `environments/test/orders.json: resources.api.environment.ORDERS_TABLE
  given:   "x"
  allowed: a variable other than that of orders, which it gets by uses
  fix:     remove or rename it`,
  ],
  [
    "a report outside the project, which would be deleted before the tests",
    { "test/junit": "../junit.xml" },
    `environments/test/orders.json: test.junit
  given:   "../junit.xml"
  allowed: path of the JUnit report that the command writes, relative to the project and inside it
  fix:     use an allowed value`,
  ],
  [
    "code outside the project",
    { "resources/api/code": "../secrets" },
    `environments/test/orders.json: resources.api.code
  given:   "../secrets"
  allowed: folder with the code, relative to the project and inside it
  fix:     use an allowed value`,
  ],
  [
    "a name that is not that of the file",
    { name: "order" },
    `environments/test/orders.json: name
  given:   "order"
  allowed: "orders"
  fix:     name the file after the environment`,
  ],
])("%s", (_, changes, expected) => expect(faultsOf(changes)).toBe(expected));

it("reports every fault at once, rules between fields included", () => {
  const { faults } = parseTestEnvironment(
    FILE,
    changed({ ttlMinutes: 5, owner: undefined, "resources/http/routes": { $default: "nothing" } }),
  );
  expect(faults.map(({ path }) => path)).toEqual(["owner", "ttlMinutes", "resources.http.routes.$default"]);
});

it("an unknown name is answered with the known ones", () =>
  expect(() => loadTestEnvironment(PROJECT, "order")).toThrow(
    new UserError(
      'There is no test environment "order": there are orders in environments/test. docs/test-environments.md shows how to write one.',
    ),
  ));

it.each(["../orders", "--help", ""])("%p is not a name", (name) =>
  expect(() => loadTestEnvironment(PROJECT, name)).toThrow(UserError),
);
