import { scopeOf, type Leads } from "../../../cleanup/engine/inventory";
import type { Claim } from "../../../cleanup/engine/ownership";
import type { EnvScope } from "../../../cleanup/engine/resource";
import type { RegistryRecord } from "../../../contract/registry";
import type { Scan, StateResource } from "./ports";

/** What the record, the Terraform state and the tag index say about an environment, in the form the engine expects. */
export function leadsOf(
  record: Pick<RegistryRecord, "byo">,
  scan: Scan,
  untouchable: readonly string[],
): Leads {
  const state = scan.state === "unreadable" ? [] : scan.state;
  const unsupported = state.filter(
    ({ mode, handledBy }) => mode === "managed" && handledBy === "unsupported",
  );
  return {
    claims: state.flatMap((one) => claimOf(one) ?? []),
    byo: record.byo,
    untouchable,
    tagged: scan.tagged,
    unsupported: [
      ...unsupported.map(({ terraformType, address }) => `${terraformType} ${address}`),
      ...scan.unknownArns,
    ],
    vpcs: scan.vpcs,
    errors: scan.errors,
  };
}

/** A scope without findings, which is enough to move the environment's schedules. */
export function bareScope(record: RegistryRecord): EnvScope {
  const nothing: Scan = { state: [], tagged: new Map(), unknownArns: [], vpcs: [], errors: [] };
  return scopeOf(record, leadsOf(record, nothing, []));
}

/** A data source marks a resource as someone else's. If its type is unknown, that applies to every type. */
function claimOf({ mode, handledBy, ids, address }: StateResource): Claim | undefined {
  const type = typeof handledBy === "object" ? handledBy.type : undefined;
  if (mode === "data") {
    return { says: "foreign", type, ids, reason: `only read in the Terraform state, as ${address}` };
  }
  return type === undefined
    ? undefined
    : { says: "own", type, ids, reason: `managed in the Terraform state as ${address}` };
}
