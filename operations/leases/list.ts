import type { Environment } from "../../environments/schema";
import { explainAwsError } from "../aws/errors";
import type { Place } from "../../environments/schema/stacks";
import type { Registry } from "../../registry/registry";
import { termsOf, type Terms } from "./terms";

/** An ephemeral environment with a record in the registry, with an invalid record, or with a file and no record. */
export type ListEntry =
  | ({ readonly state: "deployed" } & Place & Terms)
  | ({
      readonly state: "faulty";
      readonly environment: string;
      readonly faults: readonly string[];
    } & Place)
  | ({
      readonly state: "notDeployed";
      readonly environment: string;
      readonly owner: string;
      readonly ttlHours: number;
    } & Place);

/** What `automock list --json` prints. */
export interface EnvironmentList {
  /** Invalid records first, then those that expire soonest, then files without a record. */
  readonly environments: readonly ListEntry[];
  /** Whether deletion is enabled. Where it is not, the reaper only reports what it would delete. */
  readonly deletion: readonly (Place & { readonly enabled: boolean })[];
  /** Accounts and regions whose registry could not be read. */
  readonly unreadable: readonly (Place & { readonly message: string })[];
}

/**
 * Lists the environments of several registries. An unreadable registry does not hide the others.
 *
 * @param now milliseconds since 1970
 * @throws the error of the first registry when none can be read
 */
export async function listEnvironments(
  registries: readonly Registry[],
  files: readonly Environment[],
  now: number,
): Promise<EnvironmentList> {
  const read = await Promise.allSettled(registries.map((registry) => entriesOf(registry, files, now)));
  const failures = read.flatMap((result, i) =>
    result.status === "rejected" ? [{ place: registries[i]!.place, error: result.reason as unknown }] : [],
  );
  const [first] = failures;
  if (first && failures.length === read.length) throw first.error;
  return {
    environments: read
      .flatMap((result) => (result.status === "fulfilled" ? result.value.entries : []))
      .sort((a, b) => rank(a) - rank(b) || (a.environment < b.environment ? -1 : 1)),
    deletion: read.flatMap((result, i) =>
      result.status === "fulfilled"
        ? [{ ...registries[i]!.place, enabled: result.value.deletionEnabled }]
        : [],
    ),
    unreadable: failures.map(({ place, error }) => ({ ...place, message: messageOf(error) })),
  };
}

async function entriesOf(
  registry: Registry,
  files: readonly Environment[],
  now: number,
): Promise<{ readonly entries: ListEntry[]; readonly deletionEnabled: boolean }> {
  const { place } = registry;
  const [listed, deletionEnabled] = await Promise.all([registry.list(), registry.deletionEnabled()]);
  const known = new Set(listed.map(({ environment }) => environment));
  const entries = [
    ...listed.map((one): ListEntry =>
      one.kind === "record"
        ? { state: "deployed", ...place, ...termsOf(one.record, now) }
        : { state: "faulty", ...place, environment: one.environment, faults: one.faults },
    ),
    ...files.flatMap(({ name, owner, ttlHours, accountId, region }): ListEntry[] =>
      ttlHours === undefined || known.has(name) || accountId !== place.accountId || region !== place.region
        ? []
        : [{ state: "notDeployed", accountId, region, environment: name, owner, ttlHours }],
    ),
  ];
  return { entries, deletionEnabled };
}

function rank(entry: ListEntry): number {
  if (entry.state === "faulty") return -Number.MAX_VALUE;
  return entry.state === "deployed" ? entry.minutesLeft : Number.MAX_VALUE;
}

function messageOf(error: unknown): string {
  return explainAwsError(error) ?? (error instanceof Error ? error.message : String(error));
}
