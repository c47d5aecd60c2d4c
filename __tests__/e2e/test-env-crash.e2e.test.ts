import { readFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { isDeep, sample } from "../support/examples";
import { describeWith } from "../support/requires";
import { forget, letExpire, tick } from "../support/test-env-reaper";
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

/** How many are killed before the reaper comes; a spec allows 60 at the same time. */
const CROWD = 25;

/** Odd, because each call has two places: before and after it. */
const EVERY = { down: 17, tick: 23 };

// All places take 15 minutes on a busy machine, and with other suites beside them more than the 30 of a test.
if (isDeep) jest.setTimeout(2 * 3_600_000);

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

  /** A place at which a process kills itself. */
  interface Place {
    readonly verb: "up" | "down";
    readonly env: Readonly<Record<string, string>>;
  }

  /** Each place before and after a call of a verb, or a sample of them. */
  function places(verb: Place["verb"], every: number): Place[] {
    const all = Array.from({ length: calls[verb] }, (_, i): Place[] => [
      { verb, env: { KILL_AT: String(i + 1) } },
      { verb, env: { KILL_AT: String(i + 1), KILL_AFTER: "1" } },
    ]);
    const tried = sample(all.flat(), every);
    expect(tried.length).toBeGreaterThanOrEqual(4);
    return tried;
  }

  /** Kills a process at a place. Every place was reached, or its process had ended: the number of calls varies a little. */
  async function kill(by: string, { verb: killed, env }: Place) {
    const key = `${by} ${killed} ${JSON.stringify(env)}`;
    if (killed === "down") await verb("up", "orders", key);
    const { signal, exitCode, stderr } = await start([killed, "orders", key], env);
    return { key, isKilled: signal === "SIGKILL", failed: signal === null && exitCode !== 0 ? stderr : "" };
  }

  function expectKilled(results: readonly Awaited<ReturnType<typeof kill>>[]): void {
    const kills = results.filter(({ isKilled }) => isKilled).length;
    process.stdout.write(`${kills} kills at ${results.length} places\n`);
    expect(results.filter(({ failed }) => failed !== "")).toEqual([]);
    expect(kills).toBeGreaterThan(0.9 * results.length);
  }

  async function expectTwinAlone(): Promise<void> {
    expect(await leftOf(stage, [twin.run])).toEqual([]);
    const answer = await fetch(`${twin.outputs.HTTP_URL}/users/1`);
    expect(await answer.json()).toMatchObject({ path: "/users/1", users: twin.outputs.USERS_TABLE });
  }

  it("before and after calls of up and of down: then down leaves 0, the twin untouched", async () => {
    const results = await Promise.all(
      [...places("up", EVERY.down), ...places("down", EVERY.down)].map((place) =>
        all(async () => {
          const one = await kill("down", place);
          const { exitCode, stderr } = await verb("down", "orders", one.key);
          return { ...one, left: exitCode === 0 ? "" : stderr };
        }),
      ),
    );
    expectKilled(results);
    expect(results.filter(({ left }) => left !== "")).toEqual([]);
    await expectTwinAlone();
  });

  it("before and after calls of up and of down: then one tick of the reaper leaves 0, the twin untouched", async () => {
    const left = [...places("up", EVERY.tick), ...places("down", EVERY.tick)];
    const results: Awaited<ReturnType<typeof kill>>[] = [];
    // Killed runs keep their slots until they expire, so not all are killed before one tick.
    while (left.length > 0) {
      const crowd = left.splice(0, CROWD);
      results.push(...(await Promise.all(crowd.map((place) => all(() => kill("tick", place))))));
      const dead = await letExpire(stage, [twin.run]);
      const [ticked] = await tick(stage);
      const reaped = ticked?.kind === "tick" ? ticked.environments : {};
      expect(Object.keys(reaped).sort()).toEqual([twin.run, ...dead].sort());
      expect(dead.filter((run) => reaped[run]?.kind !== "done").map((run) => [run, reaped[run]])).toEqual([]);
      expect(reaped[twin.run]).toEqual({ kind: "nothing", reason: "not due" });
      expect((await registryOf(stage).list()).map(({ environment }) => environment)).toEqual([twin.run]);
      if (dead[0] !== undefined) expect(await registryOf(stage).journal(dead[0])).toEqual([]);
      await forget(stage, dead);
      process.stdout.write(`${results.length} places tried, ${left.length} to go\n`);
    }
    expectKilled(results);
    await expectTwinAlone();
  });

  it("the twin goes with its own down", async () => {
    expect((await verb("down", "orders", "twin")).exitCode).toBe(0);
    expect(await leftOf(stage)).toEqual([]);
  });
});
