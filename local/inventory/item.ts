import type { AwsClients } from "./clients";

/** One thing that exists in the account. */
export interface InventoryItem {
  /** Signing name: `ec2`, `ecs`, `s3` … */
  readonly service: string;
  /** AWS's word for the kind: `vpc`, `natGateway`, `service` … */
  readonly type: string;
  /** Id, name or ARN. */
  readonly id: string;
}

/** Lists the resources of a group of services. */
export type Lister = (clients: AwsClients) => Promise<InventoryItem[]>;

/** Items of one kind; things without an id are dropped. */
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
