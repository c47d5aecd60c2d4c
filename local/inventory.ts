import { clientsFor } from "./inventory/clients";
import { listCompute } from "./inventory/compute";
import { listIdentity } from "./inventory/identity";
import type { InventoryItem, Lister } from "./inventory/item";
import { listNetwork } from "./inventory/network";
import { listObservability } from "./inventory/observability";
import { listStorage } from "./inventory/storage";

export type { InventoryItem } from "./inventory/item";

/**
 * Lists everything in one account and region, service by service, with the AWS SDK and not with Terraform, as independent
 * evidence that a destroy has left nothing. Sorted by service, type and id.
 *
 * Left out, because no user made them or AWS keeps them as history for a while: the default VPC with what lies in
 * it, AWS-managed keys and policies, service-linked roles, default parameter groups and the default schedule group;
 * deleted NAT gateways and endpoints, terminated instances, INACTIVE ECS clusters, services and task definition
 * revisions, and keys and secrets that wait for their deletion.
 */
export async function listEverything(env: NodeJS.ProcessEnv, region: string): Promise<InventoryItem[]> {
  const clients = clientsFor(env, region);
  try {
    const listers: Lister[] = [listNetwork, listCompute, listStorage, listObservability, listIdentity];
    const found = await Promise.all(listers.map((list) => list(clients)));
    const key = (item: InventoryItem) => `${item.service}\0${item.type}\0${item.id}`;
    return found.flat().sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}
