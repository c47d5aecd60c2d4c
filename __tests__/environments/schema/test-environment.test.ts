import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
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
    "an unknown key",
    { ttlMinute: 20 },
    `environments/test/orders.json: ttlMinute
  given:   "ttlMinute" (unknown key)
  allowed: one of name, owner, costCenter, accountId, region, role, ttlMinutes, atMost, resources, test
  fix:     did you mean "ttlMinutes"?`,
  ],
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
  allowed: folder with the code, relative to the project and inside it, not the project itself
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

/** What AWS would refuse only after it has created other resources. */
describe("is refused before AWS does it", () => {
  const rule = (change: object) => ({ "resources/tick": { type: "rule", to: ["jobs"], ...change } });
  const api = (type: string, ...routes: readonly string[]) => ({
    "resources/http": {
      type,
      ...(type === "restApi" && { reason: "usage plans" }),
      routes: Object.fromEntries(routes.map((route) => [route, "api"])),
    },
  });
  const indexes = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`byA${i}`, { [`a${i}`]: "S" }]));
  const variables = (bytes: number) => ({ A: "x".repeat(1000), B: "x".repeat(1000), C: "x".repeat(1000), D: "x".repeat(bytes) }); // prettier-ignore

  it.each<[string, Record<string, unknown>, string]>([
    ["21 indexes", { "resources/orders/indexes": indexes(21) }, "resources.orders.indexes"],
    [
      "variables above 4 KB, two of them of what the function uses",
      { "resources/api/environment": variables(748) },
      "resources.api.environment",
    ],
    ["a rate of 1 minutes", rule({ schedule: "rate(1 minutes)" }), "resources.tick.schedule"],
    ["a rate of 5 minute", rule({ schedule: "rate(5 minute)" }), "resources.tick.schedule"],
    ["a rate of 0", rule({ schedule: "rate(0 minutes)" }), "resources.tick.schedule"],
    ["cron with five fields", rule({ schedule: "cron(0 12 * * *)" }), "resources.tick.schedule"],
    ["cron with both days", rule({ schedule: "cron(0 12 * * * *)" }), "resources.tick.schedule"],
    ["cron without a day", rule({ schedule: "cron(0 12 ? * ? *)" }), "resources.tick.schedule"],
    ["a pattern with a text", rule({ pattern: { source: "aws.s3" } }), "resources.tick.pattern.source"],
    [
      "a pattern without a value",
      rule({ pattern: { detail: { id: [] } } }),
      "resources.tick.pattern.detail.id",
    ],
    ["one target twice", rule({ schedule: "rate(1 minute)", to: ["jobs", "jobs"] }), "resources.tick.to"],
    ["one queue twice", { "resources/worker/from": ["jobs", "jobs"] }, "resources.worker.from"],
    ["an open brace", api("httpApi", "GET /a/{id"), "resources.http.routes.GET /a/{id"],
    ["the rest of a path in its middle", api("httpApi", "GET /{a+}/b"), "resources.http.routes.GET /{a+}/b"],
    ["an empty part of a path", api("httpApi", "GET /a//b"), "resources.http.routes.GET /a//b"],
    ["one parameter twice", api("httpApi", "GET /{a}/{a}"), "resources.http.routes.GET /{a}/{a}"],
    [
      "two names of one parameter",
      api("httpApi", "GET /a/{x}", "GET /a/{y}"),
      "resources.http.routes.GET /a/{y}",
    ],
    [
      "two names of one parameter of a REST API, in any method",
      api("restApi", "GET /a/{x}", "POST /a/{y}/b"),
      "resources.http.routes.POST /a/{y}/b",
    ],
    ["the project as code", { "resources/api/code": "./" }, "resources.api.code"],
  ])("%s", (_, changes, path) => {
    const { faults } = parseTestEnvironment(FILE, changed(changes));
    expect(faults.map((fault) => fault.path)).toEqual([path]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["20 indexes", { "resources/orders/indexes": indexes(20) }],
    ["variables of 4 KB", { "resources/api/environment": variables(747) }],
    ["a rate", rule({ schedule: "rate(1 hour)" })],
    ["cron", rule({ schedule: "cron(0/15 8-18 ? * MON-FRI *)" })],
    ["a nested pattern", rule({ pattern: { source: ["a"], detail: { n: [{ numeric: [">", 0] }] } } })],
    ["paths", api("httpApi", "GET /", "GET /a/", "ANY /{all+}", "GET /a/{x}", "POST /a/{y}")],
    ["paths of a REST API", api("restApi", "GET /a/{x}", "POST /a/{x}/b", "GET /b/{y}")],
  ])("not %s", (_, changes) => expect(faultsOf(changes)).toBe(""));

  it("says how cron is written", () =>
    expect(faultsOf(rule({ schedule: "cron(x)" })))
      .toBe(`environments/test/orders.json: resources.tick.schedule
  given:   "cron(x)"
  allowed: cron(minutes hours day-of-month month day-of-week year), with ? for one of the two days
  fix:     for example "cron(0 12 * * ? *)", which is every day at 12:00 UTC`));
});

it.each([
  ["a file instead of a folder", { code: "cdktf.json" }, "code"],
  ["a folder without the handler's file", { handler: "main.handler" }, "handler"],
  ["a handler of another language", { runtime: "nodejs22.x" }, "handler"],
])("%s is refused", (_, change, field) => {
  const folder = mkdtempSync(join(tmpdir(), "test-environment-"));
  try {
    mkdirSync(join(folder, "environments", "test"), { recursive: true });
    for (const name of ["examples", "cdktf.json"]) symlinkSync(join(PROJECT, name), join(folder, name));
    const spec = JSON.parse(text) as { resources: { api: object } };
    Object.assign(spec.resources.api, change);
    writeFileSync(join(folder, FILE), JSON.stringify(spec));
    expect(() => loadTestEnvironment(folder, "orders")).toThrow(`${FILE}: resources.api.${field}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("takes the file that docs/test-environments.md shows", () => {
  const shown = /```json\n([^]*?)```/.exec(
    readFileSync(join(PROJECT, "docs", "test-environments.md"), "utf8"),
  )![1]!;
  expect(formatFaults(parseTestEnvironment(FILE, shown).faults)).toBe("");
});

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
