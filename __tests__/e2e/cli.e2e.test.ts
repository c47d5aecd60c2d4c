import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, DeleteAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { start, type Finished } from "../../operations/process";
import { stateBucketName, stateKey } from "../../contract/names";
import type { InventoryItem } from "../../local/inventory";
import { openStage, type Stage } from "../../local/stage";
import { eventually } from "../support/eventually";
import { copyProject } from "../support/project-copy";
import { describeWith } from "../support/requires";

const NAME = "cli";
const STACK = `automock-${NAME}`;

/** Every command, in the order of an environment's life; the tests share one local AWS. */
describeWith(["terraform", "moto_server"], "the automock command on the local AWS", () => {
  let stage: Stage;
  let before: InventoryItem[];

  const file = () => join(stage.folder, "environments", "ephemeral", `${NAME}.json`);
  const plans = (...parts: string[]) => join(stage.folder, ".automock", "plans", ...parts);
  const automock = (...args: string[]): Promise<Finished> => stage.automock(args);
  /** Ends with 0; otherwise the test shows why. */
  async function done(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await automock(...args);
    expect([args.join(" "), exitCode, exitCode === 0 ? "" : stderr]).toEqual([args.join(" "), 0, ""]);
    return stdout;
  }
  const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await done("--json", ...args)) as T;
  /** Ends with 1 and a message without a stack trace. */
  async function refused(...args: string[]): Promise<string> {
    const { exitCode, stderr } = await automock(...args);
    expect([exitCode, stderr.match(/^ {4}at /m)]).toEqual([1, null]);
    return stderr;
  }
  const ecs = () => new ECSClient(stage.clientConfig);
  const bin = () => join(stage.folder, "cli", "bin", "automock.mjs");
  async function terraformState(): Promise<string[]> {
    await stage.terraform.init(stage.stackFolder(STACK));
    return stage.terraform.stateList(stage.stackFolder(STACK));
  }

  beforeAll(async () => {
    stage = await openStage({ copy: copyProject(), log: () => undefined });
  });
  afterAll(() => stage?.close());

  it("doctor shows what is missing before the bootstrap, and how to fix it", async () => {
    const { exitCode, stdout } = await automock("doctor");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/automock --local bootstrap/);
  });

  it("bootstrap creates the state backend once", async () => {
    expect(await json("bootstrap", "--yes")).toMatchObject({ stack: "bootstrap", result: "created" });
    expect(await json("bootstrap", "--yes")).toMatchObject({ result: "unchanged" });
    await done("doctor");
    before = await stage.list();
  });

  it("init reports every fault at once, and writes nothing", async () => {
    const said = await refused("init", "Not_A_Name", "--ttl", "900h", "--min-tasks", "0");
    for (const word of ["NAME", "--ttl", "--min-tasks"]) expect(said).toContain(word);
    expect(existsSync(join(stage.folder, "environments", "ephemeral", "Not_A_Name.json"))).toBe(false);
  });

  it("init writes a validated environment, and does not overwrite it", async () => {
    await done("init", NAME, "--ttl", "4h", "--min-tasks", "2", "--max-tasks", "20");
    expect(JSON.parse(readFileSync(file(), "utf8"))).toMatchObject({
      name: NAME,
      ttlHours: 4,
      automock: { tasks: { min: 2, max: 20 } },
    });
    expect(await refused("init", NAME)).toMatch(/--force/);
  });

  it("commands refuse an unknown stack and suggest the closest name", async () => {
    for (const command of ["plan", "deploy", "status", "destroy"]) {
      expect(await refused(command, `${STACK}i`)).toMatch(
        new RegExp(`There is no stack.*Did you mean ${STACK}`, "s"),
      );
    }
  });

  it("before the deployment: status and cost answer, destroy has nothing to do", async () => {
    expect(await done("status", STACK)).toMatch(/not deployed/i);
    expect(await done("cost", STACK)).toMatch(/\$\d/);
    expect(await done("destroy", STACK, "--yes")).toMatch(/nothing/i);
  });

  it("plan saves what it shows, and writes reports", async () => {
    const args = [
      "plan",
      STACK,
      "--detailed-exitcode",
      "--report",
      "md",
      "--report",
      "html",
      "--report",
      "json",
    ];
    const { exitCode, stdout } = await automock("--json", ...args);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/"digest": "sha256:[0-9a-f]{64}"/);
    for (const report of ["plan.md", "plan.html", "plan.json"]) expect(existsSync(plans(report))).toBe(true);
    expect(readFileSync(plans("plan.md"), "utf8")).toMatch(/^<!-- cdktf-plan:/);
  });

  it("deploy refuses a plan that was altered, another digest, and another commit", async () => {
    expect(
      await refused(
        "deploy",
        STACK,
        "--plan",
        ".automock/plans",
        "--digest",
        `sha256:${"0".repeat(64)}`,
        "--yes",
      ),
    ).toMatch(/digest/);
    copyFileSync(plans(STACK, "cdk.tf.json"), plans("aside"));
    writeFileSync(plans(STACK, "cdk.tf.json"), "{}");
    expect(await refused("deploy", STACK, "--plan", ".automock/plans", "--yes")).toMatch(
      /cdk\.tf\.json was changed/,
    );
    copyFileSync(plans("aside"), plans(STACK, "cdk.tf.json"));
    expect(
      await refused("deploy", STACK, "--plan", ".automock/plans", "--commit", "0".repeat(40), "--yes"),
    ).toMatch(/commit/);
    expect(await refused("deploy", STACK)).toMatch(/--yes/);
  });

  it("Ctrl-C during an apply lets terraform stop safely: state saved, lock free", async () => {
    let steps = 0;
    const deploy = await start(process.execPath, {
      args: [bin(), "--local", "deploy", STACK, "--plan", ".automock/plans", "--yes"],
      cwd: stage.folder,
      env: process.env,
      onLine: (line) => {
        if (/ created /.test(line) && ++steps === 20) process.kill(deploy.pid, "SIGINT");
      },
    });
    const { exitCode, stderr } = await deploy.finished;
    expect([exitCode, stderr]).toEqual([
      130,
      expect.stringMatching(/Stopped after \d+ of \d+ steps.*lock released/s),
    ]);
    expect((await terraformState()).length).toBeGreaterThanOrEqual(20);
  });

  it("the plan that was begun is stale, and nothing else is applied instead", async () => {
    const calls = stage.aws.calls.all().length;
    expect(await refused("deploy", STACK, "--plan", ".automock/plans", "--yes")).toMatch(/is stale/);
    const changing = stage.aws.calls
      .all()
      .slice(calls)
      .filter(({ operation }) => /^(Create|Register|Run)/.test(operation));
    expect(changing).toEqual([]);
  });

  it("deploy finishes the rest and shows the details; a second plan is empty", async () => {
    const said = await done("deploy", STACK, "--yes");
    for (const part of ["ENDPOINTS", "COMPUTE", "STORAGE", "AUTO-TEARDOWN", "QUICK START"])
      expect(said).toContain(part);
    await done("plan", STACK, "--detailed-exitcode", "--out", "second");
  });

  it("suggested commands stay on the local AWS", async () => {
    expect(await done("deploy", STACK, "--yes")).toContain(`automock --local destroy ${STACK}`);
  });

  it("status and list show what runs", async () => {
    const { services } = await ecs().send(
      new DescribeServicesCommand({ cluster: STACK, services: [`${STACK}-mockserver`] }),
    );
    expect(await done("status", STACK)).toContain(String(services![0]!.desiredCount));
    expect(await done("list")).toMatch(new RegExp(`${NAME}.*quality|${NAME}`));
    expect(JSON.stringify(await json("list"))).toContain(`"${NAME}"`);
  });

  it("extend moves the expiry, up to the maximum; protect and unprotect work twice", async () => {
    await done("extend", STACK, "--by", "2h");
    expect(await refused("extend", STACK, "--by", "400h")).toMatch(/most|maximum|latest/i);
    expect(await refused("extend", STACK, "--by", "soon")).toMatch(/2h/);
    expect(await refused("extend", "automock-staging", "--by", "2h")).toMatch(/permanent|time to live/i);
    for (const command of ["protect", "protect", "unprotect", "unprotect"]) await done(command, STACK);
  });

  it("expectations are checked, versioned, and never overwritten unseen", async () => {
    const write = (name: string, value: unknown) =>
      writeFileSync(join(stage.folder, name), typeof value === "string" ? value : JSON.stringify(value));
    const mock = (id: string, path: string) => ({
      id,
      httpRequest: { path },
      httpResponse: { statusCode: 200 },
    });
    write("broken.json", "[{]");
    write("twice.json", [mock("a", "/a"), mock("a", "/b")]);
    write("one.json", [mock("a", "/a")]);
    write("two.json", [mock("a", "/a"), mock("b", "/b")]);
    const broken = await automock("expectations", "validate", "broken.json");
    expect([broken.exitCode, broken.stdout]).toEqual([1, expect.stringContaining("broken.json:1:3")]);
    expect(await refused("expectations", "push", STACK, "twice.json")).toContain('"a"');
    await done("expectations", "push", STACK, "one.json");
    await done("expectations", "push", STACK, "two.json");
    const history = await done("expectations", "history", STACK);
    expect(history.split("\n").length).toBeGreaterThan(2);
    await done("expectations", "pull", STACK, "pulled.json");
    expect(JSON.parse(readFileSync(join(stage.folder, "pulled.json"), "utf8"))).toHaveLength(2);
  });

  it("reap shows what it would delete, with proofs, and deletes nothing", async () => {
    const there = await stage.list();
    expect(await done("reap", STACK)).toMatch(/vpc/);
    const { exitCode, stdout } = await automock("reap", STACK, "--yes");
    expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/^Nothing of \S+ was deleted: /)]);
    // The pass arms the schedules of the environment, which no tick has done here; nothing is gone.
    expect(await stage.list()).toEqual(expect.arrayContaining(there));
  });

  /** The lock file beside the state; empty if the lock is free. */
  async function lock(): Promise<string> {
    const Bucket = stateBucketName(stage.accountId, stage.region);
    const Key = `${stateKey("automock", NAME)}.tflock`;
    const held = await new S3Client(stage.clientConfig)
      .send(new GetObjectCommand({ Bucket, Key }))
      .catch(() => undefined);
    return (await held?.Body?.transformToString()) ?? "";
  }

  /** Changes what the environment's file says, so that a plan has something to do. */
  function change(maxTasks: number): void {
    const value = JSON.parse(readFileSync(file(), "utf8")) as { automock: { tasks: { max: number } } };
    value.automock.tasks.max = maxTasks;
    writeFileSync(file(), JSON.stringify(value));
  }

  it("deploy refuses a plan if something was changed outside of Terraform since", async () => {
    change(30);
    const { plans } = await json<{ plans: { changes: { drift: number } }[] }>(
      "plan",
      STACK,
      "--out",
      "before",
    );
    // What was uploaded and extended is meant to change.
    expect(plans.map(({ changes }) => changes.drift)).toEqual([0]);
    const AlarmNames = [`${STACK}-mockserver-scale-in`];
    await new CloudWatchClient(stage.clientConfig).send(new DeleteAlarmsCommand({ AlarmNames }));
    expect(await refused("deploy", STACK, "--plan", "before", "--yes")).toMatch(
      /changed outside of Terraform.*aws_cloudwatch_metric_alarm\.\S+: now also to add/s,
    );
  });

  it("the second of two concurrent deploys names the lock holder; an earlier plan is refused as stale", async () => {
    await done("plan", STACK, "--out", "earlier");
    await done("plan", STACK, "--out", "other");
    let release: () => void = () => undefined;
    stage.aws.faults.add({
      id: "held",
      operation: "RegisterScalableTarget",
      occurrence: { always: true },
      fault: { kind: "held", until: new Promise<void>((resolve) => (release = resolve)) },
    });
    const first = done("deploy", STACK, "--plan", "other", "--yes");
    await eventually("the first one applies", async () => (await lock()).includes("OperationTypeApply"));
    const second = await refused("deploy", STACK, "--plan", "earlier", "--yes").finally(release);
    await first;
    expect(second).toMatch(/locked|lock/i);
    expect(second).toContain(userInfo().username);
    stage.aws.faults.clear();
    expect(await refused("deploy", STACK, "--plan", "earlier", "--yes")).toMatch(
      /stale|changed since|serial/i,
    );
  });

  it("destroy asks for --yes without a terminal, and leaves nothing", async () => {
    expect(await refused("destroy", STACK)).toMatch(/--yes/);
    await done("destroy", STACK, "--yes");
    const known = new Set(before.map((item) => JSON.stringify(item)));
    expect((await stage.list()).filter((item) => !known.has(JSON.stringify(item)))).toEqual([]);
    expect(await done("destroy", STACK, "--yes")).toMatch(/nothing/i);
  });
});
