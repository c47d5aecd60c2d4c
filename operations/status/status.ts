import { Names } from "../../contract/names";
import { formatInstant } from "../../contract/registry";
import { alarmsOf, type Alarms } from "./alarms";
import type { StatusClients } from "./clients";
import type { Located } from "../leases/located";
import { scalingOf, type Scaling } from "./scaling";
import { servicesOf, type ServiceStatus } from "./services";
import { termsOf, type Terms } from "../leases/terms";

/** What `automock status --json` prints. */
export interface StackStatus {
  readonly stack: string;
  readonly system: string;
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  /** Time of the lookup, ISO 8601. */
  readonly at: string;
  /** Whether its cluster exists. */
  readonly deployed: boolean;
  readonly services: readonly (ServiceStatus & Scaling)[];
  readonly alarms: Alarms;
  /** For ephemeral environments only. */
  readonly timeToLive?: Terms;
  /** Whether the reaper deletes anything in its account and region. For ephemeral environments only. */
  readonly deletionEnabled?: boolean;
  /** Faults of its record in the registry. */
  readonly recordFaults?: readonly string[];
}

const NO_ALARMS: Alarms = { alarm: [], scaling: [], insufficientData: [], ok: 0 };

/**
 * Looks up a stack in AWS by its names. It requires neither terraform nor the state.
 *
 * @param now milliseconds since 1970
 * @throws the `unknown` of a stack without a file, if AWS does not have the stack either
 */
export async function statusOf(clients: StatusClients, located: Located, now: number): Promise<StackStatus> {
  const { ref, unknown } = located;
  const { id: stack, system, environment, accountId, region } = ref;
  const names = new Names({ system, environment, accountId, region });
  const permanent = ref.definition !== undefined && ref.definition.ttlHours === undefined;
  const [services, read, deletionEnabled] = await Promise.all([
    servicesOf(clients, names.name("cluster")),
    permanent ? undefined : clients.registry.get(environment),
    permanent ? undefined : clients.registry.deletionEnabled(),
  ]);
  const record = read?.kind === "record" && read.record.system === system ? read.record : undefined;
  // The record of another system in that environment does not belong to this stack.
  const isKnown = services !== undefined || record !== undefined || read?.kind === "invalid";
  if (!isKnown && unknown) throw unknown;
  const head = { stack, system, environment, accountId, region, at: formatInstant(now) };
  const life = {
    ...(record && { timeToLive: termsOf(record, now), deletionEnabled }),
    ...(read?.kind === "invalid" && { recordFaults: read.faults }),
  };
  if (services === undefined) return { ...head, deployed: false, services: [], alarms: NO_ALARMS, ...life };
  const [scaled, alarms] = await Promise.all([
    Promise.all(
      services.map(async (service) => ({ ...service, ...(await scalingOf(clients.autoScaling, service)) })),
    ),
    alarmsOf(clients, { system, environment }),
  ]);
  return { ...head, deployed: true, services: scaled, alarms, ...life };
}
