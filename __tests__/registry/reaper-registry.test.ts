import { DeleteItemCommand, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { LeaseLost, RecordChanged } from "../../contract/lease";
import { registryKey, SETTINGS_KEY } from "../../contract/registry";
import { toItem } from "../../registry/item";
import { ReaperRegistry } from "../../registry/reaper-registry";
import { PLACE, START } from "../support/aws-simulator/scenario";
import { at, HOUR, simulatedRegistry, TABLE } from "../support/simulated-registry";

test("a record is read; none is missing; a spoiled one says what is wrong", async () => {
  const { port, run, put, record } = await simulatedRegistry();
  expect(await record()).toMatchObject({ environment: "pr-1", phase: "ACTIVE", token: 0, expiresAt: at(4) });
  expect(await run(port.get("pr-2"))).toEqual({ kind: "missing" });
  await put(toItem({ ...registryKey("pr-3"), open: "1", expiresAt: "soon" }));
  const read = await run(port.get("pr-3"));
  expect(read).toMatchObject({ kind: "invalid" });
});

test("a record that names another environment than its key is spoiled: nobody's clock is moved by it", async () => {
  const { port, run, put, record } = await simulatedRegistry();
  await put(toItem({ ...(await record()), ...registryKey("pr-2"), open: "1" }));
  expect(await run(port.get("pr-2"))).toEqual({
    kind: "invalid",
    faults: ['environment is "pr-1"; allowed: "pr-2", as in its key'],
    owner: "team-a",
  });
});

test("the open ones, over all pages", async () => {
  const { clock, port, run, put } = await simulatedRegistry();
  for (const name of ["a", "b", "c"])
    await put(toItem({ ...registryKey(name), open: "1", expiresAt: at(1) }));
  await put(toItem({ ...registryKey("done"), expiresAt: at(1) }));
  // The index lags.
  await run(clock.sleep(1_000));
  expect([...(await run(port.listOpen()))].sort()).toEqual(["a", "b", "c", "pr-1"]);
});

describe("lease", () => {
  test("one at a time; free again when it is over or given back; the token only grows", async () => {
    const { port, run } = await simulatedRegistry();
    const take = (owner: string, now: number) => run(port.takeLease("pr-1", owner, now, now + HOUR));
    expect(await take("me", START)).toEqual({ environment: "pr-1", owner: "me", token: 1 });
    expect(await take("you", START + HOUR - 1)).toBeUndefined();
    expect(await take("me", START + 1)).toMatchObject({ token: 2 });
    const yours = (await take("you", START + 1 + HOUR))!;
    expect(yours.token).toBe(3);
    await run(port.releaseLease(yours));
    expect(await take("me", START + HOUR + 2)).toMatchObject({ token: 4 });
  });

  test("no lease on a record that is not there", async () => {
    const { port, run, raw } = await simulatedRegistry();
    expect(await run(port.takeLease("pr-2", "me", START, START + HOUR))).toBeUndefined();
    expect(await raw("pr-2")).toBeUndefined();
  });
});

describe("update", () => {
  test("sets and removes, also attributes whose names DynamoDB reserves", async () => {
    const { port, run, leased, record } = await simulatedRegistry();
    const lease = await leased();
    await run(port.update(lease, { phase: "EXPIRED", lockId: "l", protected: true, lastError: "x" }));
    await run(port.update(lease, { lockId: null, deleted: { "ec2:vpc": 1 } }));
    const { phase, lockId, lastError, deleted, ...rest } = await record();
    expect({ phase, lockId, lastError, deleted, protected: rest.protected }).toEqual({
      phase: "EXPIRED",
      lockId: undefined,
      lastError: "x",
      deleted: { "ec2:vpc": 1 },
      protected: true,
    });
  });

  test("with the token of another owner, given again after an old record was put back, it is refused", async () => {
    const { port, run, leased, record } = await simulatedRegistry();
    const lease = await leased();
    const before = await record();
    const other = { ...lease, owner: "a pass that still runs" };
    await expect(run(port.update(other, { lastError: "x" }))).rejects.toBeInstanceOf(LeaseLost);
    await expect(run(port.saveProgress(other, [], {}))).rejects.toBeInstanceOf(LeaseLost);
    await expect(
      run(port.complete(other, START, { listings: [], deleted: {}, durationMs: 0 }, START)),
    ).rejects.toBeInstanceOf(LeaseLost);
    expect(await record()).toEqual(before);
  });

  test("with an older token it is refused and changes nothing", async () => {
    const { port, run, leased, record } = await simulatedRegistry();
    const old = await leased();
    await leased();
    await expect(run(port.update(old, { phase: "DELETING" }))).rejects.toBeInstanceOf(LeaseLost);
    expect((await record()).phase).toBe("ACTIVE");
  });

  test.each([
    ["extended", { expiresAt: at(8) }],
    ["protected", { protected: true }],
  ])("guarded: refused when the environment was %s meanwhile", async (_what, change) => {
    const { port, run, leased, record } = await simulatedRegistry();
    const lease = await leased();
    const guard = { expiresAt: at(4) };
    await run(port.update(lease, { phase: "EXPIRED" }, guard));
    await run(port.update(lease, change));
    await expect(run(port.update(lease, { phase: "DELETING" }, guard))).rejects.toBeInstanceOf(RecordChanged);
    expect((await record()).phase).toBe("EXPIRED");
  });

  test("nothing to change writes nothing", async () => {
    const { port, run, leased } = await simulatedRegistry();
    await run(port.update({ ...(await leased()), token: 99 }, {}));
  });
});

describe("the end", () => {
  const proof = { listings: [], deleted: { "ec2:vpc": 1 }, durationMs: 5 };

  test("META becomes history without lease and lock, with the proof and an expiry, and can come back", async () => {
    const { port, run, leased, raw } = await simulatedRegistry();
    const lease = await leased();
    await run(port.update(lease, { lockId: "l" }));
    await run(port.complete(lease, START + 5 * HOUR, proof, START + 90 * 24 * HOUR));
    expect(await raw("pr-1")).toBeUndefined();
    const done = (await raw("pr-1", `DONE#${at(5)}`))!;
    expect(done).toMatchObject({ phase: "DONE", proof, expireAt: START / 1000 + 90 * 24 * 3600 });
    const absent = ["open", "leaseOwner", "leaseUntilMs", "lockId"];
    expect(absent.filter((name) => name in done)).toEqual([]);

    const last = (await run(port.lastDone("pr-1")))!;
    expect(last).toMatchObject({ environment: "pr-1", phase: "DONE" });
    const lives = { ...last, warnFor: at(4), warnedAt: at(3), firstDeleteAt: at(4), lastError: "x" };
    await run(port.reopen(lives, START + 7 * HOUR, START + 6 * HOUR));
    await run(port.reopen({ ...last, owner: "another" }, START + 9 * HOUR, START + 8 * HOUR));
    const open = (await raw("pr-1"))!;
    expect(open).toMatchObject({
      phase: "ACTIVE",
      open: "1",
      owner: "team-a",
      createdAt: at(6),
      expiresAt: at(7),
      deleted: {},
      token: 0,
    });
    const over = ["warnFor", "warnedAt", "firstDeleteAt", "lastError", "vpcId", "proof"];
    expect(over.filter((name) => name in open)).toEqual([]);
  });

  test("not by a pass that has lost its lease", async () => {
    const { port, run, leased, raw } = await simulatedRegistry();
    const old = await leased();
    const newer = await leased();
    const another = new LeaseLost("another pass is working on pr-1");
    await expect(run(port.complete(old, START, proof, START))).rejects.toEqual(another);
    expect(await raw("pr-1")).toMatchObject({ phase: "ACTIVE" });
    await run(port.complete(newer, START, proof, START));
    const gone = new LeaseLost("the record of pr-1 is gone");
    await expect(run(port.complete(old, START, proof, START))).rejects.toEqual(gone);
    await expect(run(port.update(old, { lastError: "x" }))).rejects.toEqual(gone);
  });

  test("not when the lease goes between reading and writing", async () => {
    const { clients, run, leased, raw } = await simulatedRegistry();
    const old = await leased();
    const send = clients.dynamoDb.send.bind(clients.dynamoDb) as (command: object) => Promise<unknown>;
    const stealing = async (command: object): Promise<unknown> => {
      if (command instanceof TransactWriteItemsCommand)
        await new ReaperRegistry(clients.dynamoDb, PLACE).takeLease(
          "pr-1",
          "you",
          START + 2 * HOUR,
          START + 3 * HOUR,
        );
      return send(command);
    };
    const port = new ReaperRegistry({ send: stealing } as typeof clients.dynamoDb, PLACE);
    await expect(run(port.complete(old, START, proof, START))).rejects.toBeInstanceOf(LeaseLost);
    expect(await raw("pr-1")).toMatchObject({ phase: "ACTIVE" });
  });

  test("the newest of several lives is the last", async () => {
    const { port, run, leased } = await simulatedRegistry();
    expect(await run(port.lastDone("pr-1"))).toBeUndefined();
    for (const hours of [5, 30, 200]) {
      await run(port.complete(await leased(), START + hours * HOUR, proof, START + 999 * HOUR));
      const last = (await run(port.lastDone("pr-1")))!;
      const now = START + hours * HOUR;
      await run(port.reopen({ ...last, owner: `after ${hours}` }, now + HOUR, now));
    }
    expect(await run(port.lastDone("pr-1"))).toMatchObject({ owner: "after 30" });
  });
});

test("progress is replaced as a whole, more than one transaction takes, and without anything unfinished", async () => {
  const { port, run, leased } = await simulatedRegistry();
  const lease = await leased();
  const one = (id: string) => ({
    type: "ec2:subnet",
    id,
    status: "blocked",
    attempts: 1,
    firstSeen: START,
    blockedBy: ["x"],
  });
  await run(port.saveProgress(lease, [one("gone"), one("kept")], {}));
  const many = [one("kept"), ...Array.from({ length: 120 }, (_, i) => one(`s${i}`))];
  await run(port.saveProgress(lease, many, { "ec2:subnet": 1 }));
  const read = await run(port.unfinished("pr-1"));
  expect([...read].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    [...many].sort((a, b) => (a.id < b.id ? -1 : 1)),
  );
  await expect(run(port.saveProgress({ ...lease, token: 99 }, [one("x")], {}))).rejects.toBeInstanceOf(
    LeaseLost,
  );
  expect(await run(port.get("pr-1"))).toMatchObject({ record: { deleted: { "ec2:subnet": 1 } } });
  await run(port.saveProgress(lease, [], { "ec2:subnet": 122 }));
  expect(await run(port.unfinished("pr-1"))).toEqual([]);
  await run(port.saveProgress(lease, [], { "ec2:subnet": 123 }));
  expect(await run(port.get("pr-1"))).toMatchObject({ record: { deleted: { "ec2:subnet": 123 } } });
});

test("deletion is disabled until people enable it, and again when they disable it", async () => {
  const { port, run, raw } = await simulatedRegistry();
  await run(port.setDeletionEnabled(false, START));
  expect(await run(port.deletionEnabled())).toBe(false);
  await run(port.setDeletionEnabled(true, START));
  expect(await run(port.deletionEnabled())).toBe(true);
  expect(await raw("pr-1")).toMatchObject({ environment: "pr-1" });
});

test("deletion is disabled in a registry without the setting", async () => {
  const { clients, port, run } = await simulatedRegistry();
  await run(clients.dynamoDb.send(new DeleteItemCommand({ TableName: TABLE, Key: toItem(SETTINGS_KEY) })));
  expect(await run(port.deletionEnabled())).toBe(false);
});

test("records are read as they were last written: the table's other reads lag by a second", async () => {
  const { port, run, clients } = await simulatedRegistry();
  expect(await run(port.setProtected("pr-1", true))).toBe(true);
  const Key = toItem(registryKey("pr-1"));
  const { Item } = await run(clients.dynamoDb.send(new GetItemCommand({ TableName: TABLE, Key })));
  expect(Item!.protected).toEqual({ BOOL: false });
  expect(await run(port.get("pr-1"))).toMatchObject({ record: { protected: true } });
  expect(await run(port.setProtected("pr-1", false))).toBe(true);
  expect(await run(port.getAll(["pr-1"]))).toMatchObject([{ record: { protected: false } }]);
  await run(port.setDeletionEnabled(false, START));
  expect(await run(port.deletionEnabled())).toBe(false);
  const lease = (await run(port.takeLease("pr-1", "me", START, START + HOUR)))!;
  const left = { type: "ec2:vpc", id: "v", status: "blocked", attempts: 1, firstSeen: START, blockedBy: [] };
  await run(port.saveProgress(lease, [left], {}));
  expect(await run(port.unfinished("pr-1"))).toEqual([left]);
});
