import { formatInstant } from "../../contract/registry";
import { TestRunRegistry } from "../../registry/test-runs";
import { PLACE, START } from "../support/aws-simulator/scenario";
import { testRecordOf } from "../support/reaper-values";
import { simulatedRegistry } from "../support/simulated-registry";

const MINUTE = 60_000;
const at = (minutes: number) => START + minutes * MINUTE;

/** The registry's table with a run of the spec `orders`. */
async function registry() {
  const { clients, run, raw, log } = await simulatedRegistry();
  const runs = new TestRunRegistry(clients.dynamoDb, PLACE);
  const take = (name: string, now: number, until: number, slots = 2) =>
    run(runs.takeSlot("orders", slots, name, { now: at(now), until: at(until) }));
  const holders = (now: number) => run(runs.slotHolders("orders", at(now)));
  return { runs, run, raw, take, holders, log };
}

const RECORD = testRecordOf({ ...PLACE, expiresAt: formatInstant(at(30)) });
const RUN = RECORD.environment;

describe("the slots of a spec", () => {
  it("are as many as it allows; one whose time has passed is free", async () => {
    const { take, holders } = await registry();
    expect([await take("a", 0, 30), await take("b", 5, 35)].sort()).toEqual([0, 1]);
    expect(await take("c", 29, 60)).toBeUndefined();
    expect((await holders(29)).sort()).toEqual(["a", "b"]);
    expect(await holders(31)).toEqual(["b"]);
    expect(await take("c", 31, 60)).toBeDefined();
    expect((await holders(31)).sort()).toEqual(["b", "c"]);
    expect(await take("d", 31, 60)).toBeUndefined();
  });

  it("a run of the same key takes its own again, and frees only its own", async () => {
    const { runs, run, take, holders } = await registry();
    const slot = await take("a", 0, 30, 9);
    await take("b", 0, 30, 9);
    expect(await take("a", 1, 31, 9)).toBe(slot);
    expect((await holders(1)).sort()).toEqual(["a", "b"]);
    await run(runs.freeSlots("orders", "a"));
    expect(await holders(1)).toEqual(["b"]);
  });

  it("a run holds its own longer or shorter, and not one that it has lost", async () => {
    const { runs, run, take, holders } = await registry();
    await take("a", 0, 30);
    await run(runs.holdSlots("orders", "a", at(90)));
    expect(await holders(89)).toEqual(["a"]);
    await run(runs.holdSlots("orders", "a", at(10)));
    expect(await holders(11)).toEqual([]);
    expect(await take("b", 11, 40, 1)).toBeDefined();
    await run(runs.holdSlots("orders", "a", at(200)));
    expect([await holders(39), await holders(41)]).toEqual([["b"], []]);
  });

  it("runs that begin at once take different ones", async () => {
    const { run, runs, holders, log } = await registry();
    const names = Array.from({ length: 60 }, (_, i) => `r${i}`);
    const before = log.length;
    const taken = await run(
      Promise.all(names.map((name) => runs.takeSlot("orders", 50, name, { now: at(0), until: at(30) }))),
    );
    expect(taken.filter((slot) => slot === undefined)).toHaveLength(10);
    expect(new Set(taken.filter((slot) => slot !== undefined)).size).toBe(50);
    expect(await holders(1)).toHaveLength(50);
    // If all tried the same ones in turn, there were more than a thousand.
    expect(log.slice(before).filter(({ command }) => command === "PutItem").length).toBeLessThan(250);
  });
});

describe("the record of a run", () => {
  it("is written once, in the index of unfinished ones", async () => {
    const { runs, run, raw } = await registry();
    expect(await run(runs.open(RECORD))).toBe(true);
    expect(await run(runs.open({ ...RECORD, owner: "someone" }))).toBe(false);
    expect(await raw(RUN)).toMatchObject({ owner: RECORD.owner, open: "1" });
  });

  it("expires now, but never later than it does", async () => {
    const { runs, run, raw } = await registry();
    await run(runs.open(RECORD));
    await run(runs.expire(RUN, at(10)));
    const expired = (await raw(RUN))!.expiresAt;
    expect(expired).toBe(formatInstant(at(10) + 1000));
    await run(runs.expire(RUN, at(20)));
    expect((await raw(RUN))!.expiresAt).toBe(expired);
    await run(runs.expire("orders-zzzzzz", at(20)));
    expect(await raw("orders-zzzzzz")).toBeUndefined();
  });

  it("goes with its journal, unless the reaper is at it", async () => {
    const { runs, run, raw } = await registry();
    await run(runs.open(RECORD));
    const entry = { node: "users", type: "dynamodb:table", name: "test", at: formatInstant(at(0)) } as const;
    await run(runs.note(RUN, { ...entry, state: "intent" }));
    await run(runs.note(RUN, { ...entry, state: "created", id: "test" }));
    expect(await run(runs.journal(RUN))).toEqual([{ ...entry, state: "created", id: "test" }]);
    expect(await run(runs.close(RUN, ["users"]))).toBe(true);
    expect([await raw(RUN), await run(runs.journal(RUN))]).toEqual([undefined, []]);
    await run(runs.open({ ...RECORD, leaseOwner: "reaper" } as typeof RECORD));
    expect(await run(runs.close(RUN, []))).toBe(false);
    expect(await raw(RUN)).toBeDefined();
  });
});

it("a breaker is open until its time", async () => {
  const { runs, run } = await registry();
  expect(await run(runs.breakerUntil("lambda", at(0)))).toBeUndefined();
  await run(runs.openBreaker("lambda", at(1), "api: Throttling"));
  expect(await run(runs.breakerUntil("lambda", at(0)))).toBe(at(1));
  expect(await run(runs.breakerUntil("lambda", at(1)))).toBeUndefined();
  expect(await run(runs.breakerUntil("sqs", at(0)))).toBeUndefined();
});

it("calls that AWS limits per account get their turns, also when they ask at once", async () => {
  const { runs, run } = await registry();
  const turns = await run(Promise.all([1, 2, 3].map(() => runs.reserve("CreateRestApi", 3000, at(0)))));
  expect(turns.sort()).toEqual([at(0), at(0) + 3000, at(0) + 6000]);
  expect(await run(runs.reserve("CreateDeployment", 5000, at(0)))).toBe(at(0));
  expect(await run(runs.reserve("CreateRestApi", 3000, at(10)))).toBe(at(10));
});

it("finished runs are kept by their time, over all pages", async () => {
  const { runs, run } = await registry();
  const finished = (minutes: number) => ({
    run: RUN,
    spec: "orders",
    at: formatInstant(at(minutes)),
    exitCode: 0,
    resources: 9,
    createSeconds: 1,
    destroySeconds: 1,
    leftovers: 0,
  });
  for (const minutes of [3, 1, 2, 0]) await run(runs.finished(finished(minutes)));
  const since = await run(runs.finishedSince("orders", formatInstant(at(1))));
  expect(since.map((one) => one.at)).toEqual([1, 2, 3].map((minutes) => formatInstant(at(minutes))));
  expect(await run(runs.finishedSince("billing", formatInstant(at(0))))).toEqual([]);
});
