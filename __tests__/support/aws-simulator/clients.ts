import type { Budget } from "../../../cleanup/aws/budget";
import type { Clients } from "../../../cleanup/aws/clients";
import { coalesce } from "../../../cleanup/aws/coalesce";
import { paced } from "../../../cleanup/aws/pace";
import { SERVICE_OF } from "./services/names";
import type { Principal } from "./kernel/call";
import type { Process } from "./kernel/faults";
import type { Simulator } from "./kernel/simulator";

/** How the clients of a process keep to what the account takes. */
export interface Sharing {
  readonly budget: Budget;
  readonly shareReads?: boolean;
}

/** The reaper's clients, as one process that acts for one principal. */
export function simulatedClients(
  simulator: Simulator,
  process: Process,
  principal: Principal,
  sharing?: Sharing,
): Clients {
  const entries = Object.entries(SERVICE_OF).map(([key, service]) => {
    const client = paced(
      simulator.client(service, process, principal),
      sharing && ((command) => sharing.budget(key, command)),
    );
    return [key, sharing?.shareReads ? coalesce(client) : client];
  });
  return Object.fromEntries(entries) as unknown as Clients;
}
