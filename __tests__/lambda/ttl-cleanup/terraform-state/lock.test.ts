import {
  formatLockInfo,
  lockInfo,
  parseLockInfo,
} from "../../../../lambda/ttl-cleanup/terraform-state/lock-info";
import { stateLock } from "../../../../lambda/ttl-cleanup/terraform-state/lock";
import { ConditionalStores, RefusedError } from "../../../support/conditional-stores";

const BOTH = { bucket: "b", key: "automock/x/terraform.tfstate", lockTable: "locks", useLockfile: true };
const FILE_ONLY = { bucket: BOTH.bucket, key: BOTH.key, useLockfile: true };
const TABLE_ONLY = { ...BOTH, useLockfile: false };
const NO_LOCK = { ...FILE_ONLY, useLockfile: false };
const FILE = `${BOTH.key}.tflock`;
const ITEM = `b/${BOTH.key}`;
const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:reaper";
const ID = "0b6f4c3e-6a55-4c52-9d37-0d3ff1a4f001";
const OTHER = "9f0d2f6e-1111-4222-8333-444455556666";
const INFO = "env x expired 2026-01-31T09:00:00Z; cleanup running";

// Golden: the order of fields and the absence of spaces are Terraform's.
const RECORD = `{"ID":"${ID}","Operation":"OperationTypeReaper","Info":"${INFO}","Who":"ttl-reaper@${FUNCTION}","Version":"1","Created":"2026-01-31T10:00:00Z","Path":"b/${BOTH.key}"}`;

const now = () => Date.parse("2026-01-31T10:00:00Z");

function setUp() {
  const stores = new ConditionalStores();
  return { stores, lock: stateLock(stores.clients, { functionArn: FUNCTION, lockTable: "locks" }, now) };
}

const recordOf = (id: string, who = "ada@laptop") =>
  formatLockInfo({
    ...lockInfo({ lockId: id, info: "", functionArn: "", createdAt: "2026-01-31T08:00:00Z", path: "" }),
    Who: who,
    Operation: "OperationTypeApply",
  });

test("both locks are taken with Terraform's record, the file first", async () => {
  const { stores, lock } = setUp();
  expect(await lock.acquire(BOTH, ID, INFO)).toEqual({ kind: "held" });
  expect(stores.text(FILE)).toBe(RECORD);
  expect(stores.items.get(ITEM)).toEqual({ LockID: { S: ITEM }, Info: { S: RECORD } });
  expect(stores.log).toEqual([`PutObject ${FILE}`, `PutItem ${ITEM}`]);
});

describe.each([
  ["the lock file alone", FILE_ONLY],
  ["the table alone", TABLE_ONLY],
  ["no lock at all", NO_LOCK],
])("a record that names %s, from before `locking` was changed", (_what, ref) => {
  it("takes both locks, and gives both back", async () => {
    const { stores, lock } = setUp();
    expect(await lock.acquire(ref, ID, INFO)).toEqual({ kind: "held" });
    expect([[...stores.objects.keys()], [...stores.items.keys()]]).toEqual([[FILE], [ITEM]]);
    await lock.release(ref, ID);
    expect([stores.objects.size, stores.items.size]).toEqual([0, 0]);
  });

  it.each(["file", "item"])("respects the %s of a running apply", async (kind) => {
    const { stores, lock } = setUp();
    if (kind === "file") stores.put(FILE, recordOf(OTHER));
    else stores.items.set(ITEM, { LockID: { S: ITEM }, Info: { S: recordOf(OTHER) } });
    expect(await lock.acquire(ref, ID, INFO)).toMatchObject({ kind: "busy", holder: { id: OTHER } });
  });
});

test.each(["file", "item"])(
  "a %s of Terraform is not adopted or released, even if the record has its id",
  async (kind) => {
    const { stores, lock } = setUp();
    if (kind === "file") stores.put(FILE, recordOf(ID));
    else stores.items.set(ITEM, { LockID: { S: ITEM }, Info: { S: recordOf(ID) } });
    expect(await lock.acquire(BOTH, ID, INFO)).toMatchObject({
      kind: "busy",
      holder: { id: ID, who: "ada@laptop" },
    });
    await lock.release(BOTH, ID);
    expect([stores.objects.has(FILE), stores.items.has(ITEM)]).toEqual([kind === "file", kind === "item"]);
  },
);

test("v2-no-lock: someone's lock file is respected, and its holder named", async () => {
  const { stores, lock } = setUp();
  stores.put(FILE, recordOf(OTHER));
  expect(await lock.acquire(BOTH, ID, INFO)).toEqual({
    kind: "busy",
    holder: {
      id: OTHER,
      who: "ada@laptop",
      operation: "OperationTypeApply",
      created: Date.parse("2026-01-31T08:00:00Z"),
    },
  });
  expect(stores.text(FILE)).toBe(recordOf(OTHER));
  expect(stores.items.size).toBe(0);
});

test("someone's lock item: our half of the lock is given back", async () => {
  const { stores, lock } = setUp();
  stores.items.set(ITEM, { LockID: { S: ITEM }, Info: { S: recordOf(OTHER) } });
  expect(await lock.acquire(BOTH, ID, INFO)).toMatchObject({ kind: "busy", holder: { id: OTHER } });
  expect(stores.objects.size).toBe(0);
  expect(stores.items.get(ITEM)?.Info?.S).toBe(recordOf(OTHER));
});

test("a lock record that nobody can read still counts as held", async () => {
  const { stores, lock } = setUp();
  stores.put(FILE, "not JSON");
  expect(await lock.acquire(BOTH, ID, INFO)).toEqual({
    kind: "busy",
    holder: { id: "", who: "unreadable lock record", operation: "unknown" },
  });
});

test.each([
  ["only the file", (stores: ConditionalStores) => stores.items.clear()],
  ["only the item", (stores: ConditionalStores) => stores.objects.clear()],
  ["both", () => undefined],
])("a pass that died with %s resumes", async (_what, lose) => {
  const { stores, lock } = setUp();
  await lock.acquire(BOTH, ID, INFO);
  lose(stores);
  expect(await lock.acquire(BOTH, ID, INFO)).toEqual({ kind: "held" });
  expect([stores.objects.size, stores.items.size]).toEqual([1, 1]);
});

test("a holder that is gone before it can be read makes room", async () => {
  const { stores, lock } = setUp();
  stores.put(FILE, recordOf(OTHER));
  stores.beforeEffect = (line) => {
    if (line === `GetObject ${FILE}`) stores.objects.delete(FILE);
  };
  expect(await lock.acquire(FILE_ONLY, ID, INFO)).toEqual({ kind: "held" });
});

test("one that comes and goes all the time is busy, not an endless loop", async () => {
  const { stores, lock } = setUp();
  stores.beforeEffect = (line) => {
    if (line.startsWith("PutObject")) throw new RefusedError("ConditionalRequestConflict");
  };
  expect(await lock.acquire(FILE_ONLY, ID, INFO)).toEqual({
    kind: "busy",
    holder: { id: "", who: "someone who takes and releases it quickly", operation: "unknown" },
  });
});

test.each(["PutObject", "PutItem"])("a refusal of %s for another reason is an error", async (command) => {
  const { stores, lock } = setUp();
  stores.beforeEffect = (line) => {
    if (line.startsWith(command)) throw new RefusedError("AccessDenied");
  };
  await expect(lock.acquire(BOTH, ID, INFO)).rejects.toThrow("AccessDenied");
});

test("release takes away both, and a second release finds nothing to do", async () => {
  const { stores, lock } = setUp();
  await lock.acquire(BOTH, ID, INFO);
  await lock.release(BOTH, ID);
  await lock.release(BOTH, ID);
  expect([stores.objects.size, stores.items.size]).toEqual([0, 0]);
});

test("release never takes away someone else's lock", async () => {
  const { stores, lock } = setUp();
  stores.put(FILE, recordOf(OTHER));
  stores.items.set(ITEM, { LockID: { S: ITEM }, Info: { S: recordOf(OTHER) } });
  await lock.release(BOTH, ID);
  expect([stores.objects.size, stores.items.size]).toEqual([1, 1]);
});

test("a lock that changed hands between reading and deleting stays", async () => {
  const { stores, lock } = setUp();
  await lock.acquire(BOTH, ID, INFO);
  stores.beforeEffect = (line) => {
    if (line === `DeleteObject ${FILE}`) stores.put(FILE, recordOf(OTHER));
    if (line === `DeleteItem ${ITEM}`) {
      stores.items.set(ITEM, { LockID: { S: ITEM }, Info: { S: recordOf(OTHER) } });
    }
  };
  await lock.release(BOTH, ID);
  expect(stores.text(FILE)).toBe(recordOf(OTHER));
  expect(stores.items.get(ITEM)?.Info?.S).toBe(recordOf(OTHER));
});

test("a lock that is still there after its deletion is an error", async () => {
  const { stores, lock } = setUp();
  await lock.acquire(FILE_ONLY, ID, INFO);
  stores.afterEffect = (line) => {
    if (line.startsWith("DeleteObject")) stores.put(FILE, RECORD);
  };
  await expect(lock.release(FILE_ONLY, ID)).rejects.toThrow(`the lock ${ID} of b/${BOTH.key} still exists`);
});

test("Terraform's own record is read; unknown fields and kinds are left out", () => {
  const text = `{"ID":"${ID}","Operation":"OperationTypeApply","Info":"","Who":"ada@laptop","Version":"1.15.8","Created":"2026-01-31T08:00:00.123456Z","Path":"p","More":1,"toString":"x"}`;
  expect(parseLockInfo(text)).toEqual({
    ID,
    Operation: "OperationTypeApply",
    Info: "",
    Who: "ada@laptop",
    Version: "1.15.8",
    Created: "2026-01-31T08:00:00.123456Z",
    Path: "p",
  });
  expect(parseLockInfo("null").Who).toBe("unreadable lock record");
});
