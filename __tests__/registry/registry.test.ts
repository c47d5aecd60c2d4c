import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { RegistryMissing } from "../../registry/missing";
import { ReaperRegistry } from "../../registry/reaper-registry";
import { ACCOUNT, REGION } from "../support/reaper-values";
import { RegistryTable } from "../support/registry-table";

const names = Array.from({ length: 7 }, (_, i) => `env-${i}`);

test("the list has every open record, over all pages and batches, also one with faults", async () => {
  const table = new RegistryTable();
  for (const environment of names) table.put({ environment });
  table.change("env-3", { token: "x" });
  const listed = await table.registry.list();
  expect(listed.map(({ environment }) => environment)).toEqual(names);
  expect(listed.filter(({ kind }) => kind === "invalid")).toEqual([
    {
      kind: "invalid",
      environment: "env-3",
      faults: ['token is "x"; allowed: an integer from 0'],
      owner: "team-a",
    },
  ]);
});

test("a record that names another environment than its key has a fault, in the list as well", async () => {
  const table = new RegistryTable();
  table.put({ environment: "demo" });
  table.change("demo", { environment: "other" });
  const faults = ['environment is "other"; allowed: "demo", as in its key'];
  const invalid = { kind: "invalid", faults, owner: "team-a" };
  expect(await table.registry.get("demo")).toEqual(invalid);
  expect(await table.registry.list()).toEqual([{ ...invalid, environment: "demo" }]);
});

test.each([true, false])("a change of the protection to %s takes the warning back", async (value) => {
  const table = new RegistryTable();
  table.put({ environment: "demo", protected: !value });
  const at = "2026-03-01T00:00:00Z";
  table.change("demo", { warnPending: at, warnFault: "nobody listens", warnedAt: at, warnFor: at });
  expect(await table.registry.setProtected("demo", value)).toBe(true);
  const read = await table.registry.get("demo");
  expect(read).toMatchObject({ record: { protected: value } });
  expect(Object.keys((read as { record: object }).record).filter((name) => name.startsWith("warn"))).toEqual(
    [],
  );
});

test("none is missing", async () =>
  expect(await new RegistryTable().registry.get("demo")).toEqual({ kind: "missing" }));

const place = { accountId: ACCOUNT, region: REGION };
const LEASE = { environment: "demo", owner: "me", token: 1 };
const CALLS: readonly (readonly [string, (registry: ReaperRegistry) => Promise<unknown>])[] = [
  ["get", (registry) => registry.get("demo")],
  ["list", (registry) => registry.list()],
  ["moveExpiry", (registry) => registry.moveExpiry("demo", { from: "a", to: "b", phases: ["ACTIVE"] })],
  ["setProtected", (registry) => registry.setProtected("demo", true)],
  ["listOpen", (registry) => registry.listOpen()],
  ["takeLease", (registry) => registry.takeLease("demo", "me", 0, 1)],
  ["update", (registry) => registry.update(LEASE, { phase: "EXPIRED" })],
  ["lastDone", (registry) => registry.lastDone("demo")],
  ["unfinished", (registry) => registry.unfinished("demo")],
  ["saveProgress", (registry) => registry.saveProgress(LEASE, [], {})],
];

test.each(CALLS)("%s without a table says so", async (_name, call) => {
  const missing = Object.assign(new Error("Requested resource not found"), {
    name: "ResourceNotFoundException",
  });
  const registry = new ReaperRegistry(
    { send: () => Promise.reject(missing) } as unknown as DynamoDBClient,
    place,
  );
  const error: unknown = await call(registry).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RegistryMissing);
  expect(error).toMatchObject({ place, tableName: `automock-environments-${ACCOUNT}-${REGION}` });
});

test("every read of the table itself is consistent; the index, which cannot be, only names environments", async () => {
  const reads: Record<string, unknown>[] = [];
  const send = async (command: { readonly input: { readonly RequestItems?: object } }) => {
    reads.push(
      Object.values(command.input.RequestItems ?? { of: command.input })[0] as Record<string, unknown>,
    );
    return { Items: [{ pk: { S: "ENV#demo" }, sk: { S: "META" } }] };
  };
  const registry = new ReaperRegistry({ send } as unknown as DynamoDBClient, place);
  await registry.get("demo");
  await registry.list();
  await registry.lastDone("demo");
  await registry.unfinished("demo");
  const ofIndex = reads.filter((read) => "IndexName" in read);
  expect(ofIndex).toHaveLength(1);
  expect(reads).toHaveLength(5);
  for (const read of reads.filter((one) => !ofIndex.includes(one))) {
    expect(read).toMatchObject({ ConsistentRead: true });
  }
});
