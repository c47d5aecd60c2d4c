import { reaperNames } from "../../../../contract/reaper";
import { formatInstant, newRecordItem, registryKey } from "../../../../contract/registry";
import { registry } from "../../../../lambda/ttl-cleanup/aws/registry";
import { audit } from "../../../../lambda/ttl-cleanup/aws/audit";
import { fromItem } from "../../../../contract/registry-item";
import { toItem } from "../../../../lambda/ttl-cleanup/aws/attributes";
import { LeaseLost, RecordChanged, type Lease } from "../../../../lambda/ttl-cleanup/core/ports";
import { simulatedClients } from "../../../support/aws-simulator/clients";
import { Process } from "../../../support/aws-simulator/kernel/faults";
import { PLACE, Scenario, START } from "../../../support/aws-simulator/scenario";
import {
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";

const HOUR = 3_600_000;
const { registryTableName: TABLE } = reaperNames(PLACE.accountId, PLACE.region);
const at = (hours: number) => formatInstant(START + hours * HOUR);

/** The registry on the simulator's DynamoDB, with the record of `pr-1`, in pages of two items. */
async function setUp() {
  const scenario = new Scenario({ seed: 1, pageSize: 2 });
  const clients = simulatedClients(scenario.simulator, new Process(), { arn: "test", tags: {} });
  const run = <T>(work: Promise<T>): Promise<T> => scenario.clock.run(work);
  const item = newRecordItem({
    environment: "pr-1",
    system: "automock",
    owner: "team-a",
    accountId: PLACE.accountId,
    region: PLACE.region,
    createdAt: at(0),
    ttlHours: 4,
    expiresAt: at(4),
    maxExpiresAt: at(336),
    stateRef: { bucket: "b", key: "k", lockTable: "t", useLockfile: true },
  });
  const put = (Item: Record<string, AttributeValue>) =>
    run(clients.dynamoDb.send(new PutItemCommand({ TableName: TABLE, Item })));
  await put(item as Record<string, AttributeValue>);
  const raw = async (environment: string, sortKey?: string) => {
    const Key = toItem(registryKey(environment, sortKey));
    const { Item } = await run(clients.dynamoDb.send(new GetItemCommand({ TableName: TABLE, Key })));
    return Item && fromItem(Item);
  };
  const port = registry(clients, TABLE);
  const leased = async (): Promise<Lease> => (await run(port.takeLease("pr-1", "me", START, START + HOUR)))!;
  const record = async () => {
    const read = await run(port.get("pr-1"));
    if (read.kind !== "record") throw new Error(JSON.stringify(read));
    return read.record;
  };
  return { clients, port, run, put, raw, leased, record };
}

test("a record is read; none is missing; a spoiled one says what is wrong", async () => {
  const { port, run, put, record } = await setUp();
  expect(await record()).toMatchObject({ environment: "pr-1", phase: "ACTIVE", token: 0, expiresAt: at(4) });
  expect(await run(port.get("pr-2"))).toEqual({ kind: "missing" });
  await put(toItem({ ...registryKey("pr-3"), open: "1", expiresAt: "soon" }));
  const read = await run(port.get("pr-3"));
  expect(read).toMatchObject({ kind: "invalid" });
});

test("a record that names another environment than its key is spoiled: nobody's clock is moved by it", async () => {
  const { port, run, put, record } = await setUp();
  await put(toItem({ ...(await record()), ...registryKey("pr-2"), open: "1" }));
  expect(await run(port.get("pr-2"))).toEqual({
    kind: "invalid",
    faults: ['environment is "pr-1"; allowed is "pr-2", as in its key'],
  });
});

test("the open ones, over all pages", async () => {
  const { port, run, put } = await setUp();
  for (const name of ["a", "b", "c"])
    await put(toItem({ ...registryKey(name), open: "1", expiresAt: at(1) }));
  await put(toItem({ ...registryKey("done"), expiresAt: at(1) }));
  expect([...(await run(port.listOpen()))].sort()).toEqual(["a", "b", "c", "pr-1"]);
});

describe("lease", () => {
  test("one at a time; free again when it is over or given back; the token only grows", async () => {
    const { port, run } = await setUp();
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
    const { port, run, raw } = await setUp();
    expect(await run(port.takeLease("pr-2", "me", START, START + HOUR))).toBeUndefined();
    expect(await raw("pr-2")).toBeUndefined();
  });
});

describe("update", () => {
  test("sets and removes, also attributes whose names DynamoDB reserves", async () => {
    const { port, run, leased, record } = await setUp();
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

  test("with an older token it is refused and changes nothing", async () => {
    const { port, run, leased, record } = await setUp();
    const old = await leased();
    await leased();
    await expect(run(port.update(old, { phase: "DELETING" }))).rejects.toBeInstanceOf(LeaseLost);
    expect((await record()).phase).toBe("ACTIVE");
  });

  test.each([
    ["extended", { expiresAt: at(8) }],
    ["protected", { protected: true }],
  ])("guarded: refused when the environment was %s meanwhile", async (_what, change) => {
    const { port, run, leased, record } = await setUp();
    const lease = await leased();
    const guard = { expiresAt: at(4) };
    await run(port.update(lease, { phase: "EXPIRED" }, guard));
    await run(port.update(lease, change));
    await expect(run(port.update(lease, { phase: "DELETING" }, guard))).rejects.toBeInstanceOf(RecordChanged);
    expect((await record()).phase).toBe("EXPIRED");
  });

  test("nothing to change writes nothing", async () => {
    const { port, run, leased } = await setUp();
    await run(port.update({ ...(await leased()), token: 99 }, {}));
  });
});

describe("the end", () => {
  const proof = { listings: [], deleted: { "ec2:vpc": 1 }, durationMs: 5 };

  test("META becomes history without lease and lock, with the proof and an expiry, and can come back", async () => {
    const { port, run, leased, raw } = await setUp();
    const lease = await leased();
    await run(port.update(lease, { lockId: "l" }));
    await run(port.complete(lease, START + 5 * HOUR, proof, START + 90 * 24 * HOUR));
    expect(await raw("pr-1")).toBeUndefined();
    const done = (await raw("pr-1", `DONE#${at(5)}`))!;
    expect(done).toMatchObject({ phase: "DONE", proof, expireAt: START / 1000 + 90 * 24 * 3600 });
    expect(Object.keys(done)).toEqual(
      expect.not.arrayContaining(["open", "leaseOwner", "leaseUntilMs", "lockId"]),
    );

    const last = (await run(port.lastDone("pr-1")))!;
    expect(last).toMatchObject({ environment: "pr-1", phase: "DONE" });
    await run(port.reopen(last));
    await run(port.reopen({ ...last, owner: "another" }));
    expect(await raw("pr-1")).toMatchObject({ phase: "EXPIRED", open: "1", owner: "team-a" });
  });

  test("not by a pass that has lost its lease", async () => {
    const { port, run, leased, raw } = await setUp();
    const old = await leased();
    await leased();
    await expect(run(port.complete(old, START, proof, START))).rejects.toBeInstanceOf(LeaseLost);
    expect(await raw("pr-1")).toMatchObject({ phase: "ACTIVE" });
  });

  test("not when the lease goes between reading and writing", async () => {
    const { clients, run, leased, raw } = await setUp();
    const old = await leased();
    const send = clients.dynamoDb.send.bind(clients.dynamoDb) as (command: object) => Promise<unknown>;
    const stealing = async (command: object): Promise<unknown> => {
      if (command instanceof TransactWriteItemsCommand)
        await registry(clients, TABLE).takeLease("pr-1", "you", START + 2 * HOUR, START + 3 * HOUR);
      return send(command);
    };
    const port = registry({ dynamoDb: { send: stealing } as typeof clients.dynamoDb }, TABLE);
    await expect(run(port.complete(old, START, proof, START))).rejects.toBeInstanceOf(LeaseLost);
    expect(await raw("pr-1")).toMatchObject({ phase: "ACTIVE" });
  });

  test("the newest of several lives is the last", async () => {
    const { port, run, leased } = await setUp();
    expect(await run(port.lastDone("pr-1"))).toBeUndefined();
    for (const hours of [5, 30, 200]) {
      await run(port.complete(await leased(), START + hours * HOUR, proof, START + 999 * HOUR));
      const last = (await run(port.lastDone("pr-1")))!;
      await run(port.reopen({ ...last, owner: `after ${hours}` }));
    }
    expect(await run(port.lastDone("pr-1"))).toMatchObject({ owner: "after 30" });
  });
});

test("unfinished resources are replaced as a whole, more than one transaction takes", async () => {
  const { port, run, leased } = await setUp();
  const lease = await leased();
  const one = (id: string) => ({
    type: "ec2:subnet",
    id,
    status: "blocked",
    attempts: 1,
    firstSeen: START,
    blockedBy: ["x"],
  });
  await run(port.saveUnfinished(lease, [one("gone"), one("kept")]));
  const many = [one("kept"), ...Array.from({ length: 120 }, (_, i) => one(`s${i}`))];
  await run(port.saveUnfinished(lease, many));
  const read = await run(port.unfinished("pr-1"));
  expect([...read].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    [...many].sort((a, b) => (a.id < b.id ? -1 : 1)),
  );
  await expect(run(port.saveUnfinished({ ...lease, token: 99 }, [one("x")]))).rejects.toBeInstanceOf(
    LeaseLost,
  );
});

test("audit lines go to the log and beside the record, numbered, for ninety days", async () => {
  const { clients, run, raw } = await setUp();
  const logged: unknown[] = [];
  const port = audit(clients, TABLE, { info: (message, fields) => logged.push([message, fields]) });
  const line = {
    at: START,
    seq: 7,
    environment: "pr-1",
    passId: "p",
    actor: "reaper",
    action: "delete",
    resource: "ec2:vpc vpc-1",
    proof: ["tag"],
    outcome: "gone",
    dryRun: false,
  };
  port.say(line);
  const ts = new Date(START).toISOString();
  const rest: Partial<typeof line> = { ...line };
  delete rest.at;
  expect(logged).toEqual([["delete: gone", { audit: { ts, ...rest } }]]);
  // More than one transaction takes.
  await run(port.keep(Array.from({ length: 101 }, (_, i) => ({ ...line, seq: 107 - i }))));
  expect(await raw("pr-1", `AUDIT#${ts}#p#000107`)).toMatchObject({ seq: 107 });
  expect(logged).toHaveLength(1);
  const sk = `AUDIT#${ts}#p#000007`;
  const expireAt = START / 1000 + 90 * 24 * 3600;
  expect(await raw("pr-1", sk)).toEqual({ pk: "ENV#pr-1", sk, ts, ...rest, expireAt });
});
