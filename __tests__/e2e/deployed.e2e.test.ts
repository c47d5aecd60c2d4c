import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, DeleteAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  DeleteLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { stateKey } from "../../contract/names";
import type { InventoryItem } from "../../local/inventory";
import { openStage, type Stage } from "../../local/stage";
import type { Finished } from "../../operations/process";
import type { Terraform } from "../../operations/terraform/terraform";
import { cdktfOn } from "../support/cdktf";
import { commandsOn, type Commands } from "../support/commands";
import { containersOf, databasesOf, readToken, secretOf } from "../support/deployed";
import { EarlyBootstrap } from "../support/early-bootstrap";
import { stagingEnvironment } from "../support/environments";
import { eventually } from "../support/eventually";
import { missing } from "../support/inventory";
import { copyProject } from "../support/project-copy";
import { describeWith } from "../support/requires";
import { StoredStates } from "../support/stored-states";

const { accountId, region } = stagingEnvironment;
const STACK = "automock-staging";
const STATE = stateKey("automock", "staging");
const PROD = ["automock-prod", "task-api-prod"] as const;
const BY_CDKTF = ["task-api-staging", ...PROD] as const;
const SAVED = ["--plan", ".automock/plans"];

/**
 * The permanent environments of both systems: one stack by the `automock` command, with all that can go wrong, the
 * others by cdktf's own command line beside it. The tests run in order and share one local AWS, one bootstrap and one
 * deployment: each is a step in the life of the environments.
 */
describeWith(["terraform", "moto_server"], "the permanent environments on the local AWS", () => {
  let stage: Stage;
  let automock: Commands;
  let terraform: Terraform;
  let bare: InventoryItem[];
  let beforeDeploy: InventoryItem[];
  let bootstrapped: { readonly finished: Promise<Finished> };
  let others: Promise<void>;
  let states: StoredStates;

  const folder = (stack: string) => stage.stackFolder(stack);
  const key = ({ service, type, id }: InventoryItem) => `${service} ${type} ${id}`;
  const plans = (...parts: string[]) => join(stage.folder, ".automock", "plans", ...parts);

  beforeAll(async () => {
    stage = await openStage({ copy: copyProject(), log: () => undefined });
    ({ terraform } = stage);
    automock = commandsOn(stage);
    states = new StoredStates(stage.clientConfig, { accountId, region });
    bare = await stage.list();
  });
  afterAll(async () => {
    await others?.catch(() => undefined);
    states?.close();
    await stage?.close();
  });

  it("doctor shows what is missing before the bootstrap, and how to fix it", async () => {
    const { exitCode, stdout } = await automock.run("doctor");
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining("automock --local bootstrap")]);
  });

  it("a bootstrap that nobody confirms creates nothing", async () => {
    expect(await automock.refused("bootstrap")).toMatch(/--yes/);
    expect(await stage.list()).toEqual(bare);
  });

  it("bootstrap begins; what environments need of it is there at once", async () => {
    const early = new EarlyBootstrap();
    bootstrapped = await early.begin(stage, () =>
      stage.automock(["--json", "--verbose", "bootstrap", "--enable-deletion", "--yes"], {
        onLine: early.onLine,
      }),
    );
    beforeDeploy = await stage.list();
  });

  it("before the deployment status and cost answer; an unknown stack gets the closest name", async () => {
    expect(await automock.done("status", STACK)).toMatch(/not deployed/i);
    expect(await automock.done("cost", STACK)).toMatch(/\$\d/);
    for (const command of ["plan", "deploy", "status", "destroy"]) {
      expect(await automock.refused(command, `${STACK}i`)).toMatch(
        new RegExp(`There is no stack.*Did you mean ${STACK}`, "s"),
      );
    }
  });

  it("plan saves what it shows, and writes reports", async () => {
    const reports = ["md", "html", "json"].flatMap((format) => ["--report", format]);
    const args = ["--json", "plan", STACK, "--detailed-exitcode", ...reports];
    const { exitCode, stdout } = await automock.run(...args);
    expect([exitCode, stdout]).toEqual([2, expect.stringMatching(/"digest": "sha256:[0-9a-f]{64}"/)]);
    for (const report of ["plan.md", "plan.html", "plan.json"]) expect(existsSync(plans(report))).toBe(true);
    expect(readFileSync(plans("plan.md"), "utf8")).toMatch(/^<!-- cdktf-plan:/);
  });

  it("deploy refuses a plan that was altered, another digest, another commit, and one that nobody confirms", async () => {
    const refused = (...args: string[]) => automock.refused("deploy", STACK, ...SAVED, ...args);
    expect(await refused("--digest", `sha256:${"0".repeat(64)}`, "--yes")).toMatch(/digest/);
    copyFileSync(plans(STACK, "cdk.tf.json"), plans("aside"));
    writeFileSync(plans(STACK, "cdk.tf.json"), "{}");
    expect(await refused("--yes")).toMatch(/cdk\.tf\.json was changed/);
    copyFileSync(plans("aside"), plans(STACK, "cdk.tf.json"));
    expect(await refused("--commit", "0".repeat(40), "--yes")).toMatch(/commit/);
    expect(await refused()).toMatch(/--yes/);
  });

  it("Ctrl-C during an apply lets terraform stop safely: state saved, lock free", async () => {
    const args = ["deploy", STACK, ...SAVED, "--yes"];
    const { exitCode, stderr } = await automock.interrupted(20, / created /, ...args);
    expect([exitCode, stderr]).toEqual([
      130,
      expect.stringMatching(/Stopped after \d+ of \d+ steps.*lock released/s),
    ]);
    const { resources } = JSON.parse(await states.text(STATE)) as { resources: unknown[] };
    expect(resources.length).toBeGreaterThanOrEqual(20);
  });

  it("the plan that was begun is stale, and nothing else is applied instead", async () => {
    const calls = stage.aws.calls.all().length;
    expect(await automock.refused("deploy", STACK, ...SAVED, "--yes")).toMatch(/is stale/);
    // The bootstrap goes on meanwhile; names say what belongs to this stack.
    const created = stage.aws.calls
      .all()
      .slice(calls)
      .filter(
        ({ operation, resource }) => /^(Create|Register|Run)/.test(operation) && resource.includes(STACK),
      );
    expect(created).toEqual([]);
  });

  it("bootstrap has moved its own state into the bucket, and changes nothing when repeated", async () => {
    const { stdout } = await bootstrapped.finished;
    expect(JSON.parse(stdout)).toMatchObject({ stack: "bootstrap", result: "created" });
    expect(existsSync(join(stage.folder, ".bootstrap", `${accountId}-${region}.tfstate`))).toBe(false);
    await states.exists(stateKey("bootstrap", "shared"));
    others = cdktfOn(stage, "deploy", ...BY_CDKTF);
    others.catch(() => undefined); // awaited below
    expect(await automock.json("bootstrap", "--yes")).toMatchObject({ result: "unchanged" });
    await automock.done("doctor");
  });

  it("deploy finishes the rest and shows the details; a second one meanwhile names the lock holder", async () => {
    let release: () => void = () => undefined;
    stage.aws.faults.add({
      id: "held",
      operation: "RegisterScalableTarget",
      resource: new RegExp(STACK),
      occurrence: { always: true },
      fault: { kind: "held", until: new Promise<void>((resolve) => (release = resolve)) },
    });
    const first = automock.done("deploy", STACK, "--yes");
    await eventually("the first one applies", async () =>
      ((await states.lockFile(STATE)) ?? "").includes("OperationTypeApply"),
    );
    const second = await automock.refused("deploy", STACK, ...SAVED, "--yes").finally(release);
    expect(second).toMatch(/locked|lock/i);
    expect(second).toContain(userInfo().username);
    const details = await first;
    stage.aws.faults.clear();
    for (const part of ["ENDPOINTS", "COMPUTE", "STORAGE", "QUICK START"]) expect(details).toContain(part);
    // Suggested commands stay on the local AWS.
    expect(details).toContain(`automock --local destroy ${STACK}`);
  });

  it("every-stack-validates (TA-01): all of them are deployed, each with its state under its own key and its lock free", async () => {
    await others;
    for (const system of ["automock", "task-api"] as const) {
      for (const environment of ["staging", "prod"]) {
        const key = stateKey(system, environment);
        await states.exists(key);
        expect(await states.digest(key)).toMatch(/^[0-9a-f]{32}$/);
        expect(await states.lockFile(key)).toBeUndefined();
      }
    }
  });

  it("status shows what runs; expectations are checked, versioned, and never overwritten unseen", async () => {
    expect(await automock.done("status", STACK)).toMatch(/tasks +\d+ of 1 running/);
    const mock = (id: string, path: string) => ({ id, httpRequest: { path }, httpResponse: {} });
    const files = {
      "twice.json": [mock("a", "/a"), mock("a", "/b")],
      "one.json": [mock("a", "/a")],
      "two.json": [mock("a", "/a"), mock("b", "/b")],
    };
    for (const [name, mocks] of Object.entries(files))
      writeFileSync(join(stage.folder, name), JSON.stringify(mocks));
    writeFileSync(join(stage.folder, "broken.json"), "[{]");
    const broken = await automock.run("expectations", "validate", "broken.json");
    expect([broken.exitCode, broken.stdout]).toEqual([1, expect.stringContaining("broken.json:1:3")]);
    expect(await automock.refused("expectations", "push", STACK, "twice.json")).toContain('"a"');
    await automock.done("expectations", "push", STACK, "one.json");
    await automock.done("expectations", "push", STACK, "two.json");
    const history = await automock.done("expectations", "history", STACK);
    expect(history.split("\n").length).toBeGreaterThan(2);
    await automock.done("expectations", "pull", STACK, "pulled.json");
    expect(JSON.parse(readFileSync(join(stage.folder, "pulled.json"), "utf8"))).toHaveLength(2);
  });

  it("the second plan of every stack is empty, with uploaded expectations too", async () => {
    const stacks = [STACK, "bootstrap", ...BY_CDKTF];
    const { plans } = await automock.json<{
      plans: { stack: string; changes: Record<string, number> }[];
    }>("plan", ...stacks, "--out", "second");
    const pending = plans.filter(({ changes }) => Object.values(changes).some((count) => count > 0));
    expect(pending).toEqual([]);
    expect(plans.map(({ stack }) => stack).sort()).toEqual(stacks.sort());
  });

  it("deploy refuses a plan if something was changed outside of Terraform since", async () => {
    const AlarmNames = [`${STACK}-mockserver-scale-in`];
    await new CloudWatchClient(stage.clientConfig).send(new DeleteAlarmsCommand({ AlarmNames }));
    expect(await automock.refused("deploy", STACK, "--plan", "second", "--yes")).toMatch(
      /changed outside of Terraform.*aws_cloudwatch_metric_alarm\.\S+: now also to add/s,
    );
  });

  it("prod's load balancer is protected against deletion", async () => {
    const prod = JSON.parse(await terraform.statePull(folder("automock-prod"))) as {
      resources: { type: string; instances: { attributes: { arn: string } }[] }[];
    };
    const { arn } = prod.resources.find(({ type }) => type === "aws_lb")!.instances[0]!.attributes;
    await expect(
      new ElasticLoadBalancingV2Client(stage.clientConfig).send(
        new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }),
      ),
    ).rejects.toMatchObject({ name: "OperationNotPermittedException" });
  });

  it("the database's password is in Secrets Manager, and not in the state", async () => {
    const { database_secret_arn } = await terraform.output(folder("task-api-staging"));
    const arn = String(database_secret_arn!.value);
    // The keys that the task definition asks for.
    const { username, password } = await secretOf(stage.clientConfig, arn);
    expect(username).toMatch(/^\w+$/);
    expect(password!.length).toBeGreaterThan(8);
    const state = await terraform.statePull(folder("task-api-staging"));
    expect(state).toContain(arn);
    expect(state.includes(password!)).toBe(false);
  });

  it("a token that the command signs is one of the key that the tasks of the deployed stack know", async () => {
    const signed = await automock.json<{ token: string; subject: string }>("control-plane", "token", STACK);
    const containers = await containersOf(stage.clientConfig, `${STACK}-mockserver`);
    const variables = containers.flatMap(({ environment = [] }) => environment);
    const keySet = variables.find(({ name }) => name === "CONTROL_PLANE_JWKS")!.value!;
    expect(readToken(signed.token, keySet)).toEqual({
      claims: expect.objectContaining({ sub: signed.subject, aud: STACK }) as unknown,
      signedBy: [true],
    });
  });

  it("the dashboard's door stays open until Ctrl-C", async () => {
    const { exitCode, stdout } = await automock.interrupted(1, /Ctrl-C ends it/, "dashboard", STACK);
    // 128: the signal itself ended it.
    expect([exitCode, stdout]).toEqual([128, expect.stringMatching(/^http:\/\/127[.]0[.]0[.]1:\d+\//)]);
  });

  it("the tasks are told the database and the secret that exist", async () => {
    const outputs = await terraform.output(folder("task-api-staging"));
    const [container] = await containersOf(stage.clientConfig, String(outputs.task_family!.value));
    const databases = await databasesOf(stage.clientConfig);
    const { Endpoint, MasterUserSecret } = databases["task-api-staging"]!;
    expect(container!.image).toBe(`${String(outputs.repository_url!.value)}:v1.0.0`);
    expect(container!.environment).toContainEqual({ name: "DB_HOST", value: Endpoint!.Address });
    expect(container!.secrets!.map(({ valueFrom }) => valueFrom)).toEqual([
      `${MasterUserSecret!.SecretArn}:password::`,
      `${MasterUserSecret!.SecretArn}:username::`,
    ]);
  });

  it("automock and cdktf destroy staging: nothing of it is left, and prod is as it was", async () => {
    const all = await stage.list();
    await Promise.all([
      automock.refused("destroy", STACK).then(async (said) => {
        expect(said).toMatch(/--yes/);
        await automock.done("destroy", STACK, "--yes");
        expect(await automock.done("destroy", STACK, "--yes")).toMatch(/nothing/i);
      }),
      cdktfOn(stage, "destroy", "task-api-staging"),
    ]);
    const left = await stage.list();
    expect(all.length).toBeGreaterThan(left.length);
    // The permissions boundary of staging's roles belongs to the bootstrap stack.
    const ofStaging = left.filter(({ id }) => /staging/.test(id) && !/automock-bootstrap-/.test(id));
    expect(ofStaging.map(key)).toEqual([]);

    const ofProd = (await Promise.all(PROD.map((stack) => terraform.statePull(folder(stack))))).join("\n");
    const isExpected = ({ id }: InventoryItem) => /-prod|automock-bootstrap-/.test(id) || ofProd.includes(id);
    const strange = missing(beforeDeploy, left).filter((item) => !isExpected(item));
    expect(strange.map(key)).toEqual([]);
    const planned = await Promise.all(PROD.map((stack) => terraform.plan(folder(stack))));
    expect(planned.map(({ hasChanges }) => hasChanges)).toEqual([false, false]);
  });

  it("production refuses to be destroyed", async () => {
    await expect(terraform.destroy(folder("task-api-prod"))).rejects.toThrow(/protect/i);
    expect(Object.keys(await databasesOf(stage.clientConfig))).toEqual(["task-api-prod"]);
  });
});
