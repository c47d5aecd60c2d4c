import type { Unfinished } from "../../contract/deletion";
import { newLife } from "../../contract/new-life";
import { NO_NOTICE } from "../../contract/notice";
import { parseRecord, type RegistryRecord } from "../../contract/registry";
import {
  LeaseLost,
  RecordChanged,
  type CompletionProof,
  type Lease,
  type Registry,
} from "../../lambda/ttl-cleanup/core/ports";

interface Tables {
  readonly records: Map<string, RegistryRecord>;
  readonly done: { record: RegistryRecord; proof: CompletionProof; at: number }[];
  readonly unfinished: Map<string, readonly Unfinished[]>;
  /** The worker's. */
  readonly place: { owner?: string; until: number };
  readonly deletionEnabled: (kind?: RegistryRecord["kind"]) => boolean;
  /** Called before a record is closed. */
  readonly checkDone: (record: RegistryRecord) => void;
}

/** The registry in memory, with the conditions of the real one. */
export function fakeRegistry({
  records,
  done,
  unfinished,
  checkDone,
  place,
  deletionEnabled,
}: Tables): Registry {
  const owned = (lease: Lease): RegistryRecord => {
    const record = records.get(lease.environment);
    if (!record || record.token !== lease.token || record.leaseOwner !== lease.owner)
      throw new LeaseLost("fenced off");
    return record;
  };
  return {
    deletionEnabled: async (kind) => deletionEnabled(kind),
    get: async (environment) => {
      const record = records.get(environment);
      return record
        ? parseRecord(JSON.parse(JSON.stringify(record)) as Record<string, unknown>)
        : { kind: "missing" };
    },
    getAll: async (environments) =>
      environments.flatMap((environment) => {
        const record = records.get(environment);
        if (!record) return [];
        const item = JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
        return [{ ...parseRecord(item), environment }];
      }),
    listOpen: async (until = Infinity) =>
      [...records].filter(([, { expiresAt }]) => Date.parse(expiresAt) <= until).map(([name]) => name),
    withdrawWarning: async (environment) => {
      const record = records.get(environment);
      if (record)
        records.set(environment, without(record, ...(Object.keys(NO_NOTICE) as (keyof typeof NO_NOTICE)[])));
    },
    relist: async () => undefined,
    takePlace: async (owner, now, until) => {
      if (place.owner !== undefined && place.owner !== owner && place.until > now) return false;
      Object.assign(place, { owner, until });
      return true;
    },
    leavePlace: async (owner) => {
      if (place.owner === owner) place.owner = undefined;
    },
    takeLease: async (environment, owner, now, until) => {
      const record = records.get(environment);
      if (!record) return undefined;
      const free =
        record.leaseUntilMs === undefined || record.leaseUntilMs <= now || record.leaseOwner === owner;
      if (!free) return undefined;
      const token = record.token + 1;
      records.set(environment, { ...record, token, leaseOwner: owner, leaseUntilMs: until });
      return { environment, owner, token };
    },
    update: async (lease, changes, ifStill) => {
      const record = owned(lease);
      if (ifStill && (record.expiresAt !== ifStill.expiresAt || record.protected))
        throw new RecordChanged("changed");
      const next: Record<string, unknown> = { ...record, ...changes };
      for (const [name, value] of Object.entries(next))
        if (value === null || value === undefined) delete next[name];
      records.set(lease.environment, next as unknown as RegistryRecord);
    },
    releaseLease: async (lease) => {
      records.set(lease.environment, without(owned(lease), "leaseOwner", "leaseUntilMs"));
    },
    tellOfFault: async (environment, about) => {
      const record = records.get(environment);
      if (!record || record.failureSentFor === about) return false;
      records.set(environment, { ...record, failureSentFor: about ?? undefined });
      return true;
    },
    complete: async (lease, at, proof) => {
      const record = owned(lease);
      checkDone(record);
      done.push({ record: { ...record, phase: "DONE" }, proof, at });
      records.delete(lease.environment);
    },
    lastDone: async (environment) =>
      done.filter(({ record }) => record.environment === environment).at(-1)?.record,
    reopen: async (record, expiresAt, now) => {
      if (records.has(record.environment)) return;
      records.set(record.environment, newLife(record, expiresAt, now));
    },
    unfinished: async (environment) => unfinished.get(environment) ?? [],
    saveProgress: async (lease, resources, deleted) => {
      records.set(lease.environment, { ...owned(lease), deleted: { ...deleted } });
      unfinished.set(lease.environment, resources);
    },
  };
}

/** A record without some of its attributes. */
function without(record: RegistryRecord, ...names: (keyof RegistryRecord)[]): RegistryRecord {
  const entries = Object.entries(record).filter(([name]) => !(names as string[]).includes(name));
  return Object.fromEntries(entries) as unknown as RegistryRecord;
}
