import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Lease } from "../../contract/lease";
import { reaperNames } from "../../contract/reaper";
import { formatInstant, registryKey } from "../../contract/registry";
import { fromItem, toItem, type Item } from "../../registry/item";
import { newRecordItem } from "../../registry/new-record";
import { ReaperRegistry } from "../../registry/reaper-registry";
import { simulatedClients } from "./aws-simulator/clients";
import { Process } from "./aws-simulator/kernel/faults";
import { PLACE, Scenario, START } from "./aws-simulator/scenario";

export const HOUR = 3_600_000;
export const { registryTableName: TABLE } = reaperNames(PLACE.accountId, PLACE.region);
export const at = (hours: number) => formatInstant(START + hours * HOUR);

/** The registry on the simulator's DynamoDB, with the record of `pr-1`, in pages of two items. */
export async function simulatedRegistry() {
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
  const put = (Item: Item) => run(clients.dynamoDb.send(new PutItemCommand({ TableName: TABLE, Item })));
  await put(item);
  const raw = async (environment: string, sortKey?: string) => {
    const Key = toItem(registryKey(environment, sortKey));
    const { Item } = await run(
      clients.dynamoDb.send(new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true })),
    );
    return Item && fromItem(Item);
  };
  const port = new ReaperRegistry(clients.dynamoDb, PLACE);
  const leased = async (): Promise<Lease> => (await run(port.takeLease("pr-1", "me", START, START + HOUR)))!;
  const record = async () => {
    const read = await run(port.get("pr-1"));
    if (read.kind !== "record") throw new Error(JSON.stringify(read));
    return read.record;
  };
  return { clients, port, run, put, raw, leased, record, clock: scenario.clock, log: scenario.simulator.log };
}
