import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Terraform } from "../../operations/terraform/terraform";
import { stateKey } from "../../contract/names";
import type { InventoryItem } from "../../local/inventory";
import { LocalReaper, type Invoked } from "../../local/reaper";
import { LocalNotices, LocalRegistry } from "../../local/registry";
import { openStage, type Stage } from "../../local/stage";
import { ephemeralInput } from "../support/environments";
import { commandsOn, type Commands } from "../support/commands";
import { EarlyBootstrap } from "../support/early-bootstrap";
import { countsOf, countsWith, missing } from "../support/inventory";
import { copyProject } from "../support/project-copy";
import { describeWith } from "../support/requires";
import { spoil } from "../support/spoil";
import { StoredStates } from "../support/stored-states";

const { accountId, region } = ephemeralInput;
const TWINS = ["alpha", "beta"] as const;
type Twin = (typeof TWINS)[number];

/** A cleanup that needs more invocations than this makes no progress. */
const MOST_INVOCATIONS = 100;

/** Equal environments but for name and network. */
function writeTwins(folder: string): void {
  const ephemeral = join(folder, "environments", "ephemeral");
  mkdirSync(ephemeral, { recursive: true });
  TWINS.forEach((name, i) => {
    const named = spoil(ephemeralInput, "name", name);
    const environment = spoil(named, "automock.network.vpcCidr", `10.${10 + i}.0.0/16`);
    writeFileSync(join(ephemeral, `${name}.json`), JSON.stringify(environment));
  });
}

/** The tests run in order and share one local AWS: each is a step in the life of two equal environments. */
describeWith(["terraform", "moto_server"], "TTL cleanup on the local AWS", () => {
  let stage: Stage;
  let automock: Commands;
  let terraform: Terraform;
  let reaper: LocalReaper;
  let registry: LocalRegistry;
  let notices: LocalNotices;
  let states: StoredStates;
  /** What there is without any environment, and what each of them adds, by type. */
  let bare: InventoryItem[];
  let share: Map<string, number>;
  let resources: number;
  /** What is not alpha's, as it was before anything expired. */
  let others: unknown[];
  /** How long it took, to the last deletion and to the proof, and how many calls. */
  const reaped = { toLastDeletion: 0, seconds: 0, calls: 0 };

  const stackOf = (twin: Twin) => stage.stackFolder(`automock-${twin}`);
  const inventory = () => stage.list();

  beforeAll(async () => {
    const copy = copyProject();
    writeTwins(copy.folder);
    const bootstrap = new EarlyBootstrap();
    stage = await openStage({ copy, log: () => undefined, onLine: bootstrap.onLine });
    ({ terraform } = stage);
    automock = commandsOn(stage);
    states = new StoredStates(stage.clientConfig, { accountId, region });
    registry = LocalRegistry.open(stage.aws.env, accountId, region);
    await stage.synth(TWINS.map((twin) => `automock-${twin}`));
    const { finished } = await bootstrap.begin(stage, () => stage.bootstrap());
    await registry.setDeletionEnabled(true, Date.now());
    notices = await LocalNotices.subscribe(stage.aws.env, accountId, region);
    reaper = await LocalReaper.prepare({
      accountId,
      region,
      env: stage.aws.env,
      zipFile: join(copy.folder, "dist", "ttl-cleanup.zip"),
      folder: join(copy.folder, "reaper"),
    });
    bare = await inventory();
    await Promise.all([finished, ...TWINS.map(deploy)]);
  });
  afterAll(async () => {
    registry?.close();
    await notices?.close();
    states?.close();
    await stage?.close();
  });

  async function deploy(twin: Twin): Promise<void> {
    await terraform.init(stackOf(twin));
    await terraform.apply(stackOf(twin));
  }

  /** Ages the record by hours and lets the reaper act, again and again until the environment has no record. */
  async function reap(twin: Twin): Promise<Invoked[]> {
    const runs: Invoked[] = [];
    while ((await registry.record(twin)) !== undefined) {
      if (runs.length === MOST_INVOCATIONS)
        throw new Error(`${twin}: ${JSON.stringify([await registry.record(twin), runs.at(-1)])}`);
      runs.push(await reaper.invoke({ kind: runs.length === 0 ? "expire" : "rearm", environment: twin }));
    }
    return runs;
  }

  /** The hour of the warning, then the expiry. */
  async function expire(twin: Twin): Promise<void> {
    await registry.passHours(twin, 3.5);
    expect(await reaper.invoke({ kind: "warn", environment: twin })).toMatchObject({ kind: "returned" });
    await registry.passHours(twin, 1);
  }

  /** The account holds the bootstrap resources and so many whole environments, nothing less and nothing more. */
  async function expectEnvironments(count: number): Promise<void> {
    const found = await inventory();
    expect(missing(found, bare)).toEqual([]);
    expect(countsOf(found)).toEqual(countsWith(bare, share, count));
  }

  /** Stored state of the bootstrap stack and of alpha's twin, and all their attributes as AWS says them now. */
  async function everyAttribute(): Promise<unknown[]> {
    const stacks = [
      ["bootstrap/shared", stage.stackFolder("bootstrap")],
      ["automock/beta", stackOf("beta")],
    ] as const;
    return Promise.all(
      stacks.map(async ([key, stack]) => {
        const { hasChanges } = await terraform.plan(stack, { out: "now.tfplan" });
        const { prior_state } = (await terraform.show(stack, "now.tfplan")) as { prior_state: unknown };
        expect(JSON.stringify(prior_state).length).toBeGreaterThan(10_000);
        return { hasChanges, prior_state, stored: await states.text(`${key}/terraform.tfstate`) };
      }),
    );
  }

  /** When the reaper saw each resource gone, by its audit lines. */
  async function goneAt(twin: Twin): Promise<number[]> {
    const items = await registry.items(twin);
    return items.flatMap(({ action, ts }) => (action === "gone" ? [Date.parse(String(ts))] : []));
  }

  /** Its state is empty and nobody holds its lock. */
  async function expectReset(twin: Twin): Promise<void> {
    expect(await terraform.stateList(stackOf(twin))).toEqual([]);
    const key = stateKey("automock", twin);
    expect(await states.lockFile(key)).toBeUndefined();
    expect(await states.isLockedInTable(key)).toBe(false);
  }

  it("two equal environments are deployed; a second plan is empty", async () => {
    const { hasChanges, text } = await terraform.plan(stackOf("alpha"));
    expect(hasChanges ? text : "").toBe("");
    others = await everyAttribute();
    expect(others).toEqual(Array(2).fill(expect.objectContaining({ hasChanges: false })));
    resources = (await terraform.stateList(stackOf("alpha"))).filter((it) => !it.startsWith("data.")).length;
    expect(resources).toBeGreaterThan(100);
    expect((await registry.record("alpha"))?.phase).toBe("ACTIVE");

    const [before, after] = [countsOf(bare), countsOf(await inventory())];
    share = new Map(
      [...after].map(([type, number]) => [type, (number - (before.get(type) ?? 0)) / TWINS.length]),
    );
    expect([...share].filter(([, each]) => !Number.isInteger(each))).toEqual([]);
    expect([...share.values()].reduce((sum, each) => sum + each)).toBeGreaterThan(40);
  });

  it("a deploy of someone else's environment is refused at the plan, and says whose it is", async () => {
    await registry.change("alpha", { owner: "team-z" });
    await expect(terraform.plan(stackOf("alpha"))).rejects.toThrow(
      /environment alpha belongs to team-z\s+since/,
    );
    await registry.change("alpha", { owner: ephemeralInput.owner });
  });

  it("init reports every fault at once; it writes a validated environment and does not overwrite it", async () => {
    const file = (name: string) => join(stage.folder, "environments", "ephemeral", `${name}.json`);
    const said = await automock.refused("init", "Not_A_Name", "--ttl", "900h", "--min-tasks", "0");
    for (const word of ["NAME", "--ttl", "--min-tasks"]) expect(said).toContain(word);
    expect(existsSync(file("Not_A_Name"))).toBe(false);

    await automock.done("init", "gamma", "--ttl", "4h", "--min-tasks", "2", "--max-tasks", "20");
    expect(JSON.parse(readFileSync(file("gamma"), "utf8"))).toMatchObject({
      name: "gamma",
      ttlHours: 4,
      automock: { tasks: { min: 2, max: 20 } },
    });
    expect(await automock.refused("init", "gamma")).toMatch(/--force/);
  });

  it("list shows them; extend moves the expiry, up to the maximum; protect and unprotect work twice", async () => {
    const listed = JSON.stringify(await automock.json("list"));
    for (const twin of TWINS) expect(listed).toContain(`"${twin}"`);
    const { refused } = automock;
    await automock.done("extend", "automock-alpha", "--by", "2h");
    expect(await refused("extend", "automock-alpha", "--by", "400h")).toMatch(/most|maximum|latest/i);
    expect(await refused("extend", "automock-alpha", "--by", "soon")).toMatch(/2h/);
    expect(await refused("extend", "automock-staging", "--by", "2h")).toMatch(/permanent|time to live/i);
    for (const command of ["protect", "protect", "unprotect", "unprotect"])
      await automock.done(command, "automock-alpha");
    await registry.passHours("alpha", 2);
  });

  it("half an hour before the expiry it has warned, once, and deleted nothing", async () => {
    const before = await inventory();
    await registry.passHours("alpha", 3.5);
    for (let i = 0; i < 2; i++) {
      expect(await reaper.invoke({ kind: "warn", environment: "alpha" })).toMatchObject({ kind: "returned" });
    }
    const sent = await notices.take();
    expect(sent.map(({ subject }) => subject)).toEqual([expect.stringContaining("alpha")]);
    expect((await registry.record("alpha"))?.phase).toBe("WARNED");
    expect(missing(await inventory(), before)).toEqual([]);
  });

  it("asked by hand it plans, with the proof of each resource, and deletes nothing that has not expired", async () => {
    const before = await inventory();
    expect(await automock.done("reap", "automock-alpha")).toMatch(/vpc/);
    expect(await inventory()).toEqual(before);
    const { exitCode, stdout } = await automock.run("reap", "automock-alpha", "--yes");
    expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/^Nothing of \S+ was deleted: /)]);
    // The pass arms the schedules of the environment, which no tick has done here; nothing is gone.
    expect(missing(await inventory(), before)).toEqual([]);
  });

  it("removes the expired environment completely and leaves the others as they are", async () => {
    await terraform.run(stackOf("alpha"), ["plan", "-destroy", "-input=false", "-out=stale.tfplan"]);

    await registry.passHours("alpha", 1);
    const calls = stage.aws.calls.all().length;
    const started = Date.now();
    const runs = await reap("alpha");
    reaped.toLastDeletion = (Math.max(...(await goneAt("alpha"))) - started) / 1000;
    reaped.seconds = runs.reduce((sum, { seconds }) => sum + seconds, 0);
    reaped.calls = stage.aws.calls.all().length - calls;

    await expectEnvironments(1);
    await expectReset("alpha");
    expect(await everyAttribute()).toEqual(others);
    const sent = await notices.take();
    expect(sent).toHaveLength(1);
    expect(sent[0]!.text).toContain("alpha");
  });

  it("the next plan creates everything, a plan saved before is refused", async () => {
    const plan = await terraform.plan(stackOf("alpha"));
    expect(plan.text).toContain(`Plan: ${resources} to add, 0 to change, 0 to destroy.`);
    await expect(terraform.apply(stackOf("alpha"), { planFile: "stale.tfplan" })).rejects.toThrow(
      /Saved plan is stale/,
    );
  });

  /** The same request each time: Lambda tries an event again that ended without an answer. */
  async function reapKilled(twin: Twin): Promise<Invoked[]> {
    const runs: Invoked[] = [];
    for (let count = 10; (await registry.record(twin)) !== undefined; count *= 2) {
      expect(runs.length).toBeLessThan(MOST_INVOCATIONS);
      const killAfterCalls = { count, log: stage.aws.calls };
      runs.push(
        await reaper.invoke({ kind: "rearm", environment: twin }, { requestId: twin, killAfterCalls }),
      );
    }
    return runs;
  }

  it("at once: a new deploy, and a reaper that is killed after 10, 20, 40 … calls under 30 % of throttling", async () => {
    await expire("beta");
    stage.aws.faults.add({
      id: "throttled",
      client: /app\/beta/,
      occurrence: { probability: 0.3, seed: 7 },
      fault: { kind: "throttling" },
    });
    const [killed, details] = await Promise.all([
      reapKilled("beta"),
      automock.done("deploy", "automock-alpha", "--yes"),
    ]);
    expect(details).toMatch(/AUTO-TEARDOWN[^]*\n *Warned:\s+\S+@\S+/);
    stage.aws.faults.clear();

    expect(killed.filter(({ kind }) => kind === "killed").length).toBeGreaterThan(3);
    const throttled = stage.aws.calls.all().filter(({ fault }) => fault === "throttled");
    expect(throttled.length).toBeGreaterThan(50);
    await expectEnvironments(1);
    await expectReset("beta");
    expect((await terraform.plan(stackOf("alpha"))).hasChanges).toBe(false);
  });

  it("destroy leaves nothing; compared with the reaper", async () => {
    const calls = stage.aws.calls.all().length;
    const started = performance.now();
    await automock.done("destroy", "automock-alpha", "--yes");
    const seconds = (performance.now() - started) / 1000;
    const callsOfDestroy = stage.aws.calls.all().length - calls;
    // The reaper waits half a minute between the two listings of its proof; destroy lists once.
    const toLastDeletion = reaped.toLastDeletion / seconds;
    process.stderr.write(
      `reaper: ${reaped.toLastDeletion.toFixed(1)} s to the last deletion, ${reaped.seconds.toFixed(0)} s to the proof, ${reaped.calls} calls; ` +
        `automock destroy: ${seconds.toFixed(1)} s, ${callsOfDestroy} calls; ratio ${toLastDeletion.toFixed(2)} (aim 0.25)\n`,
    );
    expect(await inventory()).toEqual(bare);
    expect(reaped.calls / callsOfDestroy).toBeLessThan(1.25);
  });
});
