import { join } from "node:path";
import fc from "fast-check";
import { NAME_LIMITS } from "../../../contract/names";
import {
  loadTestEnvironment,
  parseTestEnvironment,
} from "../../../environments/schema/test-environment-load";
import type { TestEnvironment } from "../../../environments/schema/test-environment-fields";
import { nodesOf, wavesOf } from "../../../operations/test-environments/graph";
import { planRun } from "../../../operations/test-environments/plan";
import { TEST_HEADER } from "../../support/test-run";

const PROJECT = join(__dirname, "..", "..", "..");
const orders = loadTestEnvironment(PROJECT, "orders");

it("the example: what does not need another resource is created at once", () =>
  expect(wavesOf(nodesOf(TEST_HEADER, orders)).map((wave) => wave.map(({ node }) => node))).toEqual([
    ["orders", "receipts", "jobs-dead", "api.role", "api.logs", "worker.role", "worker.logs"],
    ["jobs", "worker"],
    ["api", "worker.jobs"],
    ["http"],
  ]));

it("the example: a function may do what it uses, and nothing else", () => {
  const { policies, usd } = planRun(TEST_HEADER, orders);
  expect(usd).toBeCloseTo(0.1785, 4);
  expect(policies.worker).toEqual([
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: ["arn:aws:logs:us-east-1:123456789012:log-group:/test-orders-k3f9aa/worker:*"],
    },
    {
      Effect: "Allow",
      Action: [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
      ],
      Resource: ["arn:aws:sqs:us-east-1:123456789012:test-orders-k3f9aa-jobs"],
    },
    {
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"],
      Resource: ["arn:aws:s3:::test-orders-k3f9aa-receipts-123456789012/*"],
    },
  ]);
});

/** Any valid spec: some of each type, with any references. */
const specs = fc
  .record({
    tables: fc.integer({ min: 0, max: 3 }),
    queues: fc.array(fc.boolean(), { maxLength: 3 }),
    functions: fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.boolean()), { minLength: 1, maxLength: 4 }),
    topics: fc.array(fc.nat(9), { maxLength: 2 }),
    apis: fc.array(fc.nat(9), { maxLength: 2 }),
    rules: fc.array(fc.nat(9), { maxLength: 2 }),
  })
  .map(({ tables, queues, functions, topics, apis, rules }) => {
    const resources: Record<string, unknown> = {};
    for (let i = 0; i < tables; i++) resources[`t${i}`] = { type: "table", key: { id: "S" } };
    queues.forEach(
      (dead, i) => (resources[`q${i}`] = { type: "queue", ...(dead && { deadLetterAfter: 3 }) }),
    );
    const used = [...Object.keys(resources), ...topics.map((_, i) => `p${i}`)];
    const accessOf = (name: string) => (name.startsWith("p") ? "write" : "readWrite");
    functions.forEach(([first, second, receives], i) => {
      const names = used.length === 0 ? [] : [used[first % used.length]!, used[second % used.length]!];
      resources[`f${i}`] = {
        type: "function",
        code: "code",
        runtime: "nodejs22.x",
        handler: "index.handler",
        uses: Object.fromEntries(names.map((name) => [name, accessOf(name)])),
        from: receives && queues.length > 0 ? [`q${first % queues.length}`] : [],
      };
    });
    const targets = [...queues.map((_, i) => `q${i}`), ...functions.map((_, i) => `f${i}`)];
    const target = (n: number) => targets[n % targets.length]!;
    topics.forEach((n, i) => (resources[`p${i}`] = { type: "topic", to: [target(n)] }));
    rules.forEach(
      (n, i) => (resources[`r${i}`] = { type: "rule", schedule: "rate(5 minutes)", to: [target(n)] }),
    );
    apis.forEach(
      (n, i) => (resources[`a${i}`] = { type: "httpApi", routes: { $default: `f${n % functions.length}` } }),
    );
    const { $schema: _, ...rest } = orders as TestEnvironment & { $schema?: string };
    const file = JSON.stringify({ ...rest, resources });
    const { environment, faults } = parseTestEnvironment("environments/test/orders.json", file);
    if (!environment) throw new Error(JSON.stringify(faults));
    return environment;
  });

const KIND = {
  "dynamodb:table": "table",
  "s3:bucket": "bucket",
  "sqs:queue": "queue",
  "sns:topic": "topic",
  "iam:role": "role",
  "logs:log-group": "logGroup",
  "lambda:function": "lambda",
  "events:rule": "eventRule",
} as const;

it("any spec: nodes and names are unique, names fit, every edge leads to a node, and there is an order", () =>
  fc.assert(
    fc.property(specs, (spec) => {
      const nodes = nodesOf(TEST_HEADER, spec);
      const ids = nodes.map(({ node }) => node);
      expect(new Set(ids).size).toBe(ids.length);
      const named = nodes.filter(({ type }) => type in KIND);
      expect(new Set(named.map(({ type, name }) => `${type} ${name}`)).size).toBe(named.length);
      for (const { type, name } of named) {
        expect(name.length).toBeLessThanOrEqual(NAME_LIMITS[KIND[type as keyof typeof KIND]]);
        expect(name.startsWith("test-orders-k3f9aa-") || name.startsWith("/test-orders-k3f9aa/")).toBe(true);
      }
      const waves = wavesOf(nodes);
      const waveOf = new Map(waves.flatMap((wave, i) => wave.map(({ node }) => [node, i] as const)));
      for (const { node, after } of nodes)
        for (const one of after) expect(waveOf.get(one)).toBeLessThan(waveOf.get(node)!);
    }),
  ));
