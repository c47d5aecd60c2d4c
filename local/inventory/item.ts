import type { AwsClients } from "./clients";

/** A resource in the account. */
export interface InventoryItem {
  /** Signing name: `ec2`, `ecs`, `s3` … */
  readonly service: string;
  /** Type in AWS's terms: `vpc`, `natGateway`, `service` … */
  readonly type: string;
  /** Id, name or ARN. */
  readonly id: string;
}

/** Lists the resources of a group of services. */
export type Lister = (clients: AwsClients) => Promise<InventoryItem[]>;

/** Items of one type. Those without an id are dropped. */
export function items<Thing>(
  service: string,
  type: string,
  things: readonly Thing[],
  idOf: (thing: Thing) => string | undefined,
): InventoryItem[] {
  return things.flatMap((thing) => {
    const id = idOf(thing);
    return id ? [{ service, type, id }] : [];
  });
}
