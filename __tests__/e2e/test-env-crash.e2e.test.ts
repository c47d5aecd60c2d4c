import { readFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { sample } from "../support/examples";
import { describeWith } from "../support/requires";
import {
  leftOf,
  openTestEnvStage,
  processOf,
  TEST_ENV_SPEC,
  type RunProcess,
  type TestEnvStage,
} from "../support/test-env-stage";

/** How many of these processes run at the same time. */
const AT_ONCE = 4;

/** Odd, because each call has two places: before and after it. */
const EVERY = 9;

/** A process that is killed at any of its calls leaves nothing that a later one does not find. */
describeWith(["moto_server"], "test environments whose process is killed", () => {
  let stage: TestEnvStage;
  let start: RunProcess;
  let twin: { readonly run: string; readonly outputs: Readonly<Record<string, string>> };
  const all = pLimit(AT_ONCE);

  beforeAll(async () => {
    stage = await openTestEnvStage({ orders: TEST_ENV_SPEC });
    start = processOf(stage);
    twin = JSON.parse((await start(["up", "orders", "twin"])).stdout) as typeof twin;
  });
  afterAll(() => stage?.close());

  /** Number of calls that a process makes. */
  async function callsOf(verb: "up" | "down"): Promise<number> {
    const file = join(stage.folder, `${verb}.count`);
    const { exitCode, stderr } = await start([verb, "orders", "counted"], { COUNT_FILE: file });
    if (exitCode !== 0) throw new Error(stderr);
    return readFileSync(file, "utf8").length;
  }

  const places = (calls: number) =>
    Array.from({ length: calls }, (_, i): Readonly<Record<string, string>>[] => [
      { KILL_AT: String(i + 1) },
      { KILL_AT: String(i + 1), KILL_AFTER: "1" },
    ]).flat();

  it("before and after calls of up and of down: 0 left, the twin untouched", async () => {
    const [up, down] = [await callsOf("up"), await callsOf("down")];
    const kill = (verb: "up" | "down", env: Readonly<Record<string, string>>) =>
      all(async () => {
        const key = `${verb} ${JSON.stringify(env)}`;
        if (verb === "down") await start(["up", "orders", key]);
        const killed = await start([verb, "orders", key], env);
        const after = await start(["down", "orders", key]);
        return { key, signal: killed.signal, exitCode: after.exitCode, stderr: after.stderr };
      });
    const [ups, downs] = [sample(places(up), EVERY), sample(places(down), EVERY)];
    const results = await Promise.all([
      ...ups.map((env) => kill("up", env)),
      ...downs.map((env) => kill("down", env)),
    ]);
    process.stdout.write(`${up} calls of up and ${down} of down, ${results.length} kills\n`);
    expect([ups, downs].every(({ length }) => length >= 10)).toBe(true);
    expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([]);
    expect(results.filter(({ signal }) => signal === "SIGKILL").length).toBeGreaterThan(0.9 * results.length);
    expect(await leftOf(stage, [twin.run])).toEqual([]);
    const answer = await fetch(`${twin.outputs.HTTP_URL}/users/1`);
    expect(await answer.json()).toMatchObject({ path: "/users/1", users: twin.outputs.USERS_TABLE });
    expect((await start(["down", "orders", "twin"])).exitCode).toBe(0);
    expect(await leftOf(stage)).toEqual([]);
  });
});
