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
  const managed = new Set(
    state.filter((one) => one.mode === "managed" && typeOf(one) !== undefined).flatMap(({ ids }) => ids),
  );
  return {
    claims: [...state.flatMap((one) => claimOf(one, managed) ?? []), ...(scan.claims ?? [])],
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

/**
 * A data source marks a resource as someone else's, unless the state manages it too: then it only reads more of it. If
 * its type is unknown, that applies to every type. A part of a resource, such as a bucket's policy, manages nothing.
 */
function claimOf(one: StateResource, managed: ReadonlySet<string>): Claim | undefined {
  const { mode, ids, address } = one;
  const type = typeOf(one);
  if (mode === "data") {
    const foreign = ids.filter((id) => !managed.has(id));
    if (foreign.length === 0) return undefined;
    return { says: "foreign", type, ids: foreign, reason: `only read in the Terraform state, as ${address}` };
  }
  return type === undefined
    ? undefined
    : { says: "own", type, ids, reason: `managed in the Terraform state as ${address}` };
}

function typeOf({ handledBy }: StateResource) {
  return typeof handledBy === "object" ? handledBy.type : undefined;
}
