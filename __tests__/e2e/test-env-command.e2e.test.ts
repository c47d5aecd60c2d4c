import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { run } from "../../operations/process";
import type { RunReport } from "../../operations/test-environments/report";
import { describeWith } from "../support/requires";
import {
  EVERY_TYPE,
  leftOf,
  openTestEnvStage,
  PLACE,
  registryOf,
  TEST_ENV_SPEC,
  type TestEnvStage,
} from "../support/test-env-stage";

const CLI = join(__dirname, "..", "..", "cli", "bin", "automock.mjs");
const OTHER_ACCOUNT = "222222222222";
const roleIn = (account: string) => `arn:aws:iam::${account}:role/automock-test-env`;

/** A test command that says that it has begun, and does not end by itself. */
const WAITING = ["node", "-e", "console.log('the tests run'); setInterval(() => undefined, 1000)"];
/** One that shows who and where it is. */
const SHOWING = ["sh", "-c", 'echo "key $AWS_ACCESS_KEY_ID table $USERS_TABLE"'];

/** The command itself, as people and pipelines start it. */
describeWith(["moto_server"], "automock test-env", () => {
  let stage: TestEnvStage;

  beforeAll(async () => {
    const role = (account: string, externalId: string) => ({ arn: roleIn(account), externalId });
    stage = await openTestEnvStage({
      orders: { ...TEST_ENV_SPEC, test: { command: WAITING, timeoutMinutes: 5 } },
      all: EVERY_TYPE,
      dear: { ...TEST_ENV_SPEC, atMost: { usd: 0.000001 } },
      other: { ...TEST_ENV_SPEC, accountId: OTHER_ACCOUNT, role: role(OTHER_ACCOUNT, "jenkins-orders") },
      wrong: { ...TEST_ENV_SPEC, accountId: OTHER_ACCOUNT, role: role(OTHER_ACCOUNT, "guessed") },
    });
  });
  afterAll(() => stage?.close());

  const automock = (...args: readonly string[]) =>
    run(process.execPath, {
      args: [CLI, "--local", ...args],
      cwd: stage.folder,
      env: process.env,
    });

  /** Starts a run and sends signals, each when its line appears. */
  async function interrupted(
    ...signals: readonly (readonly [line: RegExp, signal: NodeJS.Signals])[]
  ): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
    const child: ChildProcess = spawn(process.execPath, [CLI, "--local", "test-env", "run", "orders"], {
      cwd: stage.folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const waiting = [...signals];
    let stderr = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      for (let next = waiting[0]; next?.[0].test(stderr); next = waiting[0]) child.kill(waiting.shift()![1]);
    });
    const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
    expect(waiting).toEqual([]);
    return { exitCode, stderr };
  }

  it.each<[string, RegExp, NodeJS.Signals]>([
    ["before the first resource", /: creating; its journal is/, "SIGINT"],
    ["while resources are created", /: \S+ created \(/, "SIGTERM"],
    ["while the tests run", /the tests run/, "SIGINT"],
    ["while the tests run, by the end of a pod", /the tests run/, "SIGTERM"],
  ])("interrupted %s: exit code 130, and everything is removed", async (_, line, signal) => {
    const { exitCode, stderr } = await interrupted([line, signal]);
    expect([exitCode, exitCode === 130 ? "" : stderr]).toEqual([130, ""]);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("a second signal ends it at once, and says what may be left; down removes that", async () => {
    const { exitCode, stderr } = await interrupted(
      [/the tests run/, "SIGINT"],
      [/Interrupted: removing the environment/, "SIGINT"],
    );
    expect(exitCode).toBe(130);
    const [, id] = /To remove the rest: .* test-env down (orders-\w{6})/.exec(stderr) ?? [stderr];
    expect(stderr).toContain("What may be left:");
    expect(stderr).toContain(`  dynamodb:table test-${id}-users`);
    expect((await automock("test-env", "down", id!)).exitCode).toBe(0);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("every type: tests get a variable of each, and nothing is left", async () => {
    const command = ["sh", "-c", 'env | grep -E "^(USERS|FILES|JOBS|API|HTTP|EVENTS|TICK|OLD)_"'];
    const { exitCode, stdout, stderr } = await automock("--json", "test-env", "run", "all", "--", ...command);
    expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
    const { outputs, create } = JSON.parse(stdout) as RunReport;
    expect(create.resources).toBe(12);
    expect(Object.keys(outputs).sort()).toEqual([
      "API_FUNCTION",
      "EVENTS_TOPIC_ARN",
      "FILES_BUCKET",
      "HTTP_URL",
      "JOBS_QUEUE_URL",
      "OLD_URL",
      "TEST_RUN",
      "TICK_RULE",
      "USERS_TABLE",
    ]);
    for (const [name, value] of Object.entries(outputs))
      if (name !== "TEST_RUN") expect(stderr).toContain(`${name}=${value}`);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("a run that costs more than its cap is refused before the first create", async () => {
    const { exitCode, stderr } = await automock("test-env", "run", "dear", "--", "true");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/One run of dear costs up to \$0\.\d{4}, more than atMost\.usd \(\$0\.0000\)/);
    expect(await leftOf(stage)).toEqual([]);
  });

  it("a service that fails opens its breaker, which refuses new runs and stops no removal", async () => {
    const up = JSON.parse((await automock("--json", "test-env", "up", "orders")).stdout) as RunReport;
    stage.aws.faults.add({
      id: "broken",
      service: "lambda",
      operation: "CreateFunction",
      fault: { kind: "serverError", status: 500 },
      occurrence: { always: true },
    });
    expect((await automock("test-env", "run", "orders", "--", "true")).exitCode).toBe(2);
    stage.aws.faults.clear();
    const { exitCode, stderr } = await automock("test-env", "run", "orders", "--", "true");
    expect(exitCode).toBe(4);
    expect(stderr).toContain("lambda failed in another run a moment ago, so nothing is created in it until");
    expect((await automock("test-env", "down", up.run)).exitCode).toBe(0);
    await registryOf(stage).openBreaker("lambda", Date.now() - 1, "over");
    const again = await automock("test-env", "run", "orders", "--", "true");
    expect([again.exitCode, again.exitCode === 0 ? "" : again.stderr]).toEqual([0, ""]);
    expect(await leftOf(stage)).toEqual([]);
  });

  describe("in another account", () => {
    beforeAll(async () => {
      const { clientConfig } = await stage.openAccount(OTHER_ACCOUNT);
      const iam = new IAMClient(clientConfig);
      await iam.send(
        new CreateRoleCommand({
          RoleName: "automock-test-env",
          AssumeRolePolicyDocument: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${PLACE.accountId}:root` },
                Action: "sts:AssumeRole",
                Condition: { StringEquals: { "sts:ExternalId": "jenkins-orders" } },
              },
            ],
          }),
        }),
      );
      iam.destroy();
    });

    it("the run is that account's, its tests act in the role, and this account sees nothing of it", async () => {
      const seen: string[] = [];
      const mine = new DynamoDBClient(stage.aws.clientConfig);
      const listing = setInterval(() => {
        void mine.send(new ListTablesCommand({})).then(({ TableNames = [] }) => seen.push(...TableNames));
      }, 200);
      const { exitCode, stderr } = await automock("test-env", "run", "other", "--", ...SHOWING);
      clearInterval(listing);
      expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
      expect(stderr).toMatch(/key (?!undefined)\S+ table test-other-\w{6}-users/);
      expect(stderr).not.toContain(`key ${stage.aws.variables.AWS_ACCESS_KEY_ID} `);
      expect(seen.filter((name) => name.includes("test-other-"))).toEqual([]);
      expect(seen.length).toBeGreaterThan(0);
    });

    it("a wrong external id is refused before anything is created", async () => {
      const { exitCode, stderr } = await automock("test-env", "run", "wrong", "--", ...SHOWING);
      expect(exitCode).toBe(4);
      expect(stderr).toContain("is not authorized to perform: sts:AssumeRole");
    });
  });

  it("the script of the Jenkins step runs the tests, and keeps the report", async () => {
    const step = readFileSync(join(__dirname, "..", "..", "delivery", "jenkins", "vars", "testEnvironment.groovy"), "utf8"); // prettier-ignore
    const script = /script: '''\n([\s\S]*?)'''/.exec(step)![1]!;
    const bin = join(stage.folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "npx"), `#!/bin/sh\nshift\nexec ${process.execPath} ${CLI} --local "$@"\n`);
    chmodSync(join(bin, "npx"), 0o755);
    const { exitCode } = await run("sh", {
      args: ["-xe", "-c", script],
      cwd: stage.folder,
      env: {
        ...process.env,
        PATH: `${bin}:${process.env.PATH}`,
        TEST_ENV_SPEC: "orders",
        TEST_ENV_KEY: "jenkins-7-Integration tests",
        TEST_ENV_COMMAND: 'test -n "$USERS_TABLE" && exit 5',
        TEST_ENV_TTL: "45m",
      },
    });
    const report = JSON.parse(readFileSync(join(stage.folder, "test-env.json"), "utf8")) as RunReport;
    expect([exitCode, report.tests?.exitCode, report.cleanup?.result]).toEqual([1, 5, "complete"]);
    expect(await leftOf(stage)).toEqual([]);
  });
});
