import { readFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { sample } from "../support/examples";
import { describeWith } from "../support/requires";
import { letExpire, tick } from "../support/test-env-reaper";
import { testEnvVerb } from "../support/test-env-verb";
import {
  leftOf,
  openTestEnvStage,
  processOf,
  registryOf,
  TEST_ENV_SPEC,
  type RunProcess,
  type TestEnvStage,
} from "../support/test-env-stage";

/** How many of these processes run at the same time. */
const AT_ONCE = 4;

/** Odd, because each call has two places: before and after it. */
const EVERY = { down: 17, tick: 23 };

/** A process that is killed at any of its calls leaves nothing that a later one does not find. */
describeWith(["moto_server"], "test environments whose process is killed", () => {
  let stage: TestEnvStage;
  let start: RunProcess;
  /** In this process, where nothing is killed. */
  const verb = (...args: Parameters<typeof testEnvVerb>[1]) => testEnvVerb(stage.folder, args);
  let calls: { readonly up: number; readonly down: number };
  let twin: { readonly run: string; readonly outputs: Readonly<Record<string, string>> };
  const all = pLimit(AT_ONCE);

  beforeAll(async () => {
    stage = await openTestEnvStage({ orders: TEST_ENV_SPEC });
    start = processOf(stage);
    // Throttled calls are repeated, and a place would not be the same call each time.
    stage.aws.quotas.set("apiGatewayCalls", 0);
    twin = JSON.parse((await verb("up", "orders", "twin")).stdout) as typeof twin;
    calls = { up: await callsOf("up"), down: await callsOf("down") };
    process.stdout.write(`${calls.up} calls of up and ${calls.down} of down\n`);
  });
  afterAll(() => stage?.close());

  /** Number of calls that a process makes. */
  async function callsOf(counted: "up" | "down"): Promise<number> {
    const file = join(stage.folder, `${counted}.count`);
    const { exitCode, stderr } = await start([counted, "orders", "counted"], { COUNT_FILE: file });
    if (exitCode !== 0) throw new Error(stderr);
    return readFileSync(file, "utf8").length;
  }

  const places = (calls: number) =>
    Array.from({ length: calls }, (_, i): Readonly<Record<string, string>>[] => [
      { KILL_AT: String(i + 1) },
      { KILL_AT: String(i + 1), KILL_AFTER: "1" },
    ]).flat();

  /** Kills processes at a sample of the places of both verbs. */
  async function killed(by: "down" | "tick"): Promise<string[]> {
    const [ups, downs] = [calls.up, calls.down].map((count) => sample(places(count), EVERY[by]));
    const kill = (killed: "up" | "down", env: Readonly<Record<string, string>>) =>
      all(async () => {
        const key = `${by} ${killed} ${JSON.stringify(env)}`;
        if (killed === "down") await verb("up", "orders", key);
        const { signal } = await start([killed, "orders", key], env);
        return { key, signal };
      });
    const results = await Promise.all([
      ...ups!.map((env) => kill("up", env)),
      ...downs!.map((env) => kill("down", env)),
    ]);
    process.stdout.write(`${results.length} kills\n`);
    expect([ups, downs].every((all) => all!.length >= 4)).toBe(true);
    expect(results.filter(({ signal }) => signal === "SIGKILL").length).toBeGreaterThan(0.9 * results.length);
    return results.map(({ key }) => key);
  }

  async function expectTwinAlone(): Promise<void> {
    expect(await leftOf(stage, [twin.run])).toEqual([]);
    const answer = await fetch(`${twin.outputs.HTTP_URL}/users/1`);
    expect(await answer.json()).toMatchObject({ path: "/users/1", users: twin.outputs.USERS_TABLE });
  }

  it("before and after calls of up and of down: then down leaves 0, the twin untouched", async () => {
    const results = await Promise.all(
      (await killed("down")).map((key) => all(() => verb("down", "orders", key))),
    );
    expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    await expectTwinAlone();
  });

  it("before and after calls of up and of down: then one tick of the reaper leaves 0, the twin untouched", async () => {
    await killed("tick");
    const dead = await letExpire(stage, [twin.run]);
    const [ticked] = await tick(stage);
    const results = ticked?.kind === "tick" ? ticked.environments : {};
    expect(Object.keys(results).sort()).toEqual([twin.run, ...dead].sort());
    expect(dead.filter((run) => results[run]?.kind !== "done").map((run) => [run, results[run]])).toEqual([]);
    expect(results[twin.run]).toEqual({ kind: "nothing", reason: "not due" });
    expect((await registryOf(stage).list()).map(({ environment }) => environment)).toEqual([twin.run]);
    expect(await registryOf(stage).journal(dead[0]!)).toEqual([]);
    await expectTwinAlone();
  });

  it("the twin goes with its own down", async () => {
    expect((await verb("down", "orders", "twin")).exitCode).toBe(0);
    expect(await leftOf(stage)).toEqual([]);
  });
});
