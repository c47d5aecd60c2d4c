import { digestOf } from "../../../../lambda/ttl-cleanup/terraform-state/state-file";
import { readState, stateStore } from "../../../../lambda/ttl-cleanup/terraform-state/store";
import { ConditionalStores, RefusedError } from "../../../support/conditional-stores";

const REF = { bucket: "b", key: "automock/x/terraform.tfstate", lockTable: "locks", useLockfile: true };
const DIGEST = `b/${REF.key}-md5`;
const TOMBSTONE = `${REF.key}.reaped.json`;
const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:reaper";
const AT = Date.parse("2026-01-31T10:00:00Z");

const FULL = JSON.stringify({
  version: 4,
  terraform_version: "1.15.8",
  serial: 7,
  lineage: "l",
  outputs: {},
  resources: [{ mode: "managed", type: "aws_vpc", name: "v", provider: "p", instances: [] }],
  check_results: null,
});

function setUp(state: string | null = FULL) {
  const stores = new ConditionalStores();
  if (state !== null) {
    stores.put(REF.key, state);
    stores.items.set(DIGEST, { LockID: { S: DIGEST }, Digest: { S: digestOf(Buffer.from(state)) } });
  }
  const place = { functionArn: FUNCTION, lockTable: "locks" };
  const store = stateStore({ read: stores.clients, write: stores.clients }, place);
  const listed = stores.objects.get(REF.key)?.etag;
  return { stores, reset: (ref = REF) => store.reset(ref, "x", AT, listed) };
}

const digestIn = (stores: ConditionalStores) => stores.items.get(DIGEST)?.Digest?.S;
const stateIn = (stores: ConditionalStores) => JSON.parse(stores.text(REF.key)!) as Record<string, unknown>;

test("tombstone, emptied state, digest: in this order", async () => {
  const { stores, reset } = setUp();
  expect(await reset()).toEqual({ kind: "emptied", serial: 8, versionId: "v1" });
  expect(stores.log.filter((line) => line.startsWith("Put"))).toEqual([
    `PutObject ${TOMBSTONE}`,
    `PutObject ${REF.key}`,
    `PutItem ${DIGEST}`,
  ]);
  expect(stateIn(stores)).toEqual({
    version: 4,
    terraform_version: "1.15.8",
    serial: 8,
    lineage: "l",
    outputs: {},
    resources: [],
    check_results: null,
  });
  expect(digestIn(stores)).toBe(digestOf(stores.objects.get(REF.key)!.bytes));
  expect(JSON.parse(stores.text(TOMBSTONE)!)).toEqual({
    environment: "x",
    reapedAt: "2026-01-31T10:00:00Z",
    reapedBy: FUNCTION,
    lineage: "l",
    serial: 7,
    versionId: "v1",
  });
});

test("deletes-own-state: the state's object is never deleted", async () => {
  const { stores, reset } = setUp();
  await reset();
  expect(stores.log.filter((line) => line.startsWith("Delete"))).toEqual([]);
});

test("a pass that died after any of its writes is finished by the next, with the same end", async () => {
  const whole = setUp();
  await whole.reset();
  const writes = whole.stores.log.filter((line) => line.startsWith("Put"));
  for (const last of writes) {
    const { stores, reset } = setUp();
    stores.afterEffect = (line) => {
      if (line === last) throw new Error("died");
    };
    await expect(reset()).rejects.toThrow("died");
    stores.afterEffect = () => undefined;
    expect(await reset()).toEqual({ kind: "emptied", serial: 8, versionId: "v1" });
    expect(stateIn(stores).serial).toBe(8);
    expect(digestIn(stores)).toBe(digestOf(stores.objects.get(REF.key)!.bytes));
  }
});

test("an empty state stays as it is, and its digest is repaired", async () => {
  const empty = FULL.replace(/"resources":\[.*?\](?=,"check)/, '"resources":[]');
  const { stores, reset } = setUp(empty);
  stores.items.set(DIGEST, { LockID: { S: DIGEST }, Digest: { S: "0".repeat(32) } });
  expect(await reset()).toEqual({ kind: "emptied", serial: 7 });
  expect(stores.text(REF.key)).toBe(empty);
  expect(digestIn(stores)).toBe(digestOf(Buffer.from(empty)));
});

test("written by someone under our lock: a conflict, and nothing is overwritten", async () => {
  const { stores, reset } = setUp();
  const theirs = FULL.replace('"serial":7', '"serial":8');
  stores.beforeEffect = (line) => {
    if (line === `PutObject ${REF.key}`) stores.put(REF.key, theirs);
  };
  expect(await reset()).toEqual({
    kind: "conflict",
    error: `PreconditionFailed: the state b/${REF.key} was written under our lock`,
  });
  expect(stores.text(REF.key)).toBe(theirs);
});

test("written by someone since it was the inventory: a conflict, also where there was none", async () => {
  for (const before of [FULL, null]) {
    const { stores, reset } = setUp(before);
    const theirs = FULL.replace('"serial":7', '"serial":8');
    stores.put(REF.key, theirs);
    expect(await reset()).toEqual({
      kind: "conflict",
      error: `the state b/${REF.key} was written after its resources were listed`,
    });
    expect(stores.text(REF.key)).toBe(theirs);
    expect(stores.log.filter((line) => /^(Put|Delete)/.test(line))).toEqual([]);
  }
});

test("our own write whose answer was lost and whose retry was refused is not a conflict", async () => {
  const { stores, reset } = setUp();
  stores.afterEffect = (line) => {
    if (line === `PutObject ${REF.key}`) throw new RefusedError("PreconditionFailed");
  };
  expect(await reset()).toEqual({ kind: "emptied", serial: 8, versionId: "v1" });
});

test("a state that was never written: only the stray digest goes, it would block the next deploy", async () => {
  const { stores, reset } = setUp(null);
  stores.items.set(DIGEST, { LockID: { S: DIGEST }, Digest: { S: "0".repeat(32) } });
  expect(await reset()).toEqual({ kind: "absent" });
  expect(stores.items.size).toBe(0);
  expect(stores.log).toEqual([`GetObject ${REF.key}`, `DeleteItem ${DIGEST}`]);
});

test("a state of 0 bytes is not a stack that was never applied", async () => {
  const { stores, reset } = setUp("");
  const fault = "the state has 0 bytes; restore an earlier version of it";
  await expect(readState(stores.clients, REF)).rejects.toThrow(fault);
  await expect(reset()).rejects.toThrow(fault);
  expect(stores.log.filter((line) => /^(Put|Delete)/.test(line))).toEqual([]);
});

describe("a record that names no lock table", () => {
  const WITHOUT = { ...REF, lockTable: undefined } as unknown as typeof REF;

  test("and no digest: none is written", async () => {
    const { stores, reset } = setUp();
    stores.items.clear();
    expect(await reset(WITHOUT)).toMatchObject({ kind: "emptied" });
    expect(stores.items.size).toBe(0);
  });

  test("and a digest, because `locking` was changed: it is kept right", async () => {
    const { stores, reset } = setUp();
    expect(await reset(WITHOUT)).toMatchObject({ kind: "emptied" });
    expect(digestIn(stores)).toBe(digestOf(stores.objects.get(REF.key)!.bytes));
  });
});

test("a tombstone that may not be read costs only its version in the report", async () => {
  const { stores, reset } = setUp();
  await reset();
  stores.beforeEffect = (line) => {
    if (line === `GetObject ${TOMBSTONE}`) throw new RefusedError("AccessDenied");
  };
  expect(await reset()).toEqual({ kind: "emptied", serial: 8 });
});

test("a state that cannot be read is an error, never an empty one", async () => {
  const { stores, reset } = setUp();
  stores.beforeEffect = () => {
    throw new RefusedError("AccessDenied");
  };
  await expect(reset()).rejects.toThrow("AccessDenied");
  await expect(readState(stores.clients, REF)).rejects.toThrow("AccessDenied");
});
