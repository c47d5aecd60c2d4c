import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import pLimit from "p-limit";
import type { Fault, FaultRule } from "../../local/gateway/faults";
import type { CleanupReport, RunReport } from "../../operations/test-environments/report";
import { isDeep } from "../support/examples";
import { describeWith } from "../support/requires";
import {
  leftOf,
  openTestEnvStage,
  registryOf,
  TEST_ENV_SPEC,
  type TestEnvStage,
} from "../support/test-env-stage";
import { testEnvVerb } from "../support/test-env-verb";

/** What goes wrong at AWS never makes the exit code lie, and a later `down` finds whatever was left. */
describeWith(["moto_server"], "test environments when AWS fails", () => {
  let stage: TestEnvStage;
  const verb = (...args: Parameters<typeof testEnvVerb>[1]) => testEnvVerb(stage.folder, args);

  beforeAll(async () => {
    stage = await openTestEnvStage({ orders: TEST_ENV_SPEC });
  });
  afterAll(() => stage?.close());
  afterEach(async () => {
    stage.aws.faults.clear();
    stage.aws.delays.clear();
    stage.aws.quotas.clear();
    // A test that failed leaves nothing to the next one.
    for (const key of keys.splice(0)) await down(key);
  });

  /** Keys of the runs of a test that did not end with 0. */
  const keys: string[] = [];

  async function run(
    key: string,
  ): Promise<{ readonly exitCode: number; readonly report: RunReport; readonly stderr: string }> {
    const { exitCode, stdout, stderr } = await verb("run", "orders", key);
    if (exitCode !== 0) keys.push(key);
    return { exitCode, report: JSON.parse(stdout || "{}") as RunReport, stderr };
  }

  async function down(key: string): Promise<{ readonly exitCode: number; readonly cleanup: CleanupReport }> {
    const { exitCode, stdout } = await verb("down", "orders", key);
    return { exitCode, cleanup: (JSON.parse(stdout) as { readonly cleanup: CleanupReport }).cleanup };
  }

  const always = (id: string, fault: Fault, at: Partial<FaultRule> = {}): FaultRule => ({
    id,
    fault,
    occurrence: { always: true },
    ...at,
  });

  /** Not the registry: without it nothing begins. */
  const notRegistry = /^(?!automock-environments)/;

  it.each<[string, FaultRule]>([
    [
      "30 % throttling",
      { id: "t", fault: { kind: "throttling" }, occurrence: { probability: 0.3, seed: 7 } },
    ],
    [
      "20 % server errors",
      { id: "e", fault: { kind: "serverError", status: 500 }, occurrence: { probability: 0.2, seed: 11 } },
    ],
    [
      "20 % lost answers",
      {
        id: "l",
        fault: { kind: "connectionClosed", when: "halfWay" },
        occurrence: { probability: 0.2, seed: 5 },
      },
    ],
    [
      "20 % lost requests",
      {
        id: "r",
        fault: { kind: "connectionClosed", when: "beforeHeaders" },
        occurrence: { probability: 0.2, seed: 3 },
      },
    ],
  ])("%s: created, tested, removed", async (key, rule) => {
    stage.aws.faults.add(rule);
    const { exitCode, report, stderr } = await run(key);
    expect([exitCode, report.create?.error, exitCode === 0 ? "" : stderr]).toEqual([0, undefined, ""]);
    stage.aws.faults.clear();
    expect((await down(key)).exitCode).toBe(0);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("one type is denied: exit code 2, and everything else is removed", async () => {
    stage.aws.faults.add(
      always("d", { kind: "accessDenied" }, { service: "lambda", operation: "CreateFunction" }),
    );
    const { exitCode, report } = await run("denied");
    expect(exitCode).toBe(2);
    expect(report.create.error).toContain("api: AccessDenied");
    expect(report.tests).toBeUndefined();
    expect(report.cleanup?.result).toBe("complete");
    expect(await leftOf(stage)).toEqual([]);
  });

  it("a deletion is denied: exit code 3, says what is left, who removes it and when; then down does", async () => {
    stage.aws.faults.add(
      always(
        "d",
        { kind: "accessDenied" },
        { service: "dynamodb", operation: "DeleteTable", resource: notRegistry },
      ),
    );
    const { exitCode, report } = await run("stuck");
    expect(exitCode).toBe(3);
    expect(report.tests?.passed).toBe(true);
    const table = `dynamodb:table test-${report.run}-users`;
    // Roles and log groups go last.
    expect(report.cleanup?.left).toEqual([
      { resource: table, reason: expect.stringContaining("AccessDenied") },
      { resource: `iam:role test-${report.run}-api`, reason: `waits for ${table}` },
      { resource: `logs:log-group /test-${report.run}/api`, reason: `waits for ${table}` },
    ]);
    expect(report.cleanup?.next).toMatch(
      /^The reaper removes the rest by \d{4}-.*Z\. To remove it now: automock test-env down orders-/,
    );
    const read = await registryOf(stage).get(report.run);
    expect(read.kind === "record" && Date.parse(read.record.expiresAt) <= Date.now() + 1000).toBe(true);
    expect(await leftOf(stage)).toHaveLength(3);
    stage.aws.faults.clear();
    expect(await down("stuck")).toMatchObject({ exitCode: 0, cleanup: { deleted: 3 } });
    expect(await down("stuck")).toMatchObject({ exitCode: 0, cleanup: { deleted: 0 } });
    expect(await leftOf(stage)).toEqual([]);
  });

  it("the record cannot be written: exit code 4, and nothing is created", async () => {
    stage.aws.faults.add(
      always("w", { kind: "accessDenied" }, { service: "dynamodb", operation: "PutItem" }),
    );
    expect((await run("no record")).exitCode).toBe(4);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("tables, functions and roles take their time: waited for", async () => {
    stage.aws.delays.set("tableCreation", 3);
    stage.aws.delays.set("functionCreation", 2);
    stage.aws.delays.set("rolePropagation", 3);
    stage.aws.delays.set("tableDeletion", 2);
    const { exitCode, report } = await run("slow");
    expect(exitCode).toBe(0);
    expect(report.create.seconds).toBeGreaterThan(4);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("the token expires during the removal: exit code 3, and down with a new one removes the rest", async () => {
    stage.aws.faults.add(
      always(
        "x",
        { kind: "expiredToken" },
        // Not Describe: creation waits for the table by it.
        { operation: /^(Delete|List|GetResources)/, resource: notRegistry },
      ),
    );
    const { exitCode, report } = await run("expired");
    expect([exitCode, report.create.result, report.cleanup?.result]).toEqual([3, "created", "incomplete"]);
    stage.aws.faults.clear();
    expect((await down("expired")).exitCode).toBe(0);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("the tests leave objects in the bucket: removed", async () => {
    const { stdout } = await verb("up", "orders", "full");
    const { outputs } = JSON.parse(stdout) as { readonly outputs: Record<string, string> };
    const s3 = new S3Client(stage.aws.clientConfig);
    for (let i = 0; i < 5; i++)
      await s3.send(new PutObjectCommand({ Bucket: outputs.FILES_BUCKET, Key: `k${i}`, Body: "x" }));
    s3.destroy();
    expect((await down("full")).exitCode).toBe(0);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("what someone else has under a name of the run is neither used nor deleted", async () => {
    const { stdout } = await verb("down", "orders", "foreign");
    const { run: id } = JSON.parse(stdout) as { readonly run: string };
    const name = `test-${id}-jobs`;
    const sqs = new SQSClient(stage.aws.clientConfig);
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: name, tags: { "automock:owner": "someone" } }),
    );
    const { exitCode, report } = await run("foreign");
    expect(exitCode).toBe(2);
    expect(report.create.error).toContain(`${name} exists and belongs to no environment (owner someone)`);
    expect(await leftOf(stage)).toEqual([`sqs queue ${QueueUrl}`]);
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    sqs.destroy();
  });

  const MANY = isDeep ? 50 : 20;

  it(`${MANY} environments at once: 0 left, and none sees another`, async () => {
    // With AWS's 10 calls of API Gateway per second it takes minutes; the bench does that.
    stage.aws.quotas.set("apiGatewayCalls", 0);
    const started = performance.now();
    const before = stage.aws.calls.all().length;
    const all = pLimit(10);
    const results = await Promise.all(Array.from({ length: MANY }, (_, i) => all(() => run(`many ${i}`))));
    const seconds = (performance.now() - started) / 1000;
    const calls = stage.aws.calls.all().length - before;
    process.stdout.write(`${MANY} environments, 10 at a time: ${seconds.toFixed(1)} s, ${calls} calls\n`);
    expect(results.filter(({ exitCode }) => exitCode !== 0).map(({ stderr }) => stderr)).toEqual([]);
    expect(new Set(results.map(({ report }) => report.outputs.USERS_TABLE)).size).toBe(MANY);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("up again with the key of an environment: everything is adopted, and it expires when it did", async () => {
    const first = JSON.parse((await verb("up", "orders", "again")).stdout) as { readonly run: string };
    const expiresAt = async () => {
      const read = await registryOf(stage).get(first.run);
      return read.kind === "record" && read.record.expiresAt;
    };
    const before = await expiresAt();
    await verb("up", "orders", "another");
    const { exitCode, stdout, stderr } = await verb("up", "orders", "again");
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, { ...first, report: expect.anything() }]);
    expect(stderr.match(/ adopted \(/g)).toHaveLength(9);
    expect(await expiresAt()).toBe(before);
    expect([(await down("again")).exitCode, (await down("another")).exitCode]).toEqual([0, 0]);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("a journal that cannot be written: exit code 4, and no slot is taken", async () => {
    const runs = join(stage.folder, ".automock", "test-environments");
    rmSync(runs, { recursive: true });
    writeFileSync(runs, "");
    const refused = await run("no folder");
    expect([refused.exitCode, refused.stderr]).toEqual([
      4,
      expect.stringMatching(
        /Nothing was created: .* cannot be created \(ENOTDIR\)\. A part of this path is a file\./,
      ),
    ]);
    expect(await registryOf(stage).slotHolders("orders", Date.now())).toEqual([]);
    expect(await leftOf(stage)).toEqual([]);
    expect((await down("no folder")).exitCode).toBe(0);
    rmSync(runs);
  });

  it("the environment above atMost is refused, and a slot of a killed run frees itself", async () => {
    const registry = registryOf(stage);
    const now = Date.now();
    for (let i = 0; i < TEST_ENV_SPEC.atMost.environments; i++)
      await registry.takeSlot("orders", TEST_ENV_SPEC.atMost.environments, `other-${i}`, {
        now,
        until: now + 60_000,
      });
    const { exitCode, stderr } = await run("one too many");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("orders allows 60 environments at the same time");
    expect(await leftOf(stage)).toEqual([]);
    const later = { now: now + 61_000, until: now + 120_000 };
    const slot = await registry.takeSlot("orders", TEST_ENV_SPEC.atMost.environments, "orders-aaaaaa", later);
    expect(slot).toBeDefined();
  });
});
