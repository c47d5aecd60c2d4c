import { stateBucketName } from "../../contract/names";
import type { Found, Handler, Outcome } from "../../cleanup/engine/resource";
import type { StackRecord, TestRecord } from "../../contract/registry";
import { TAG } from "../../contract/tags";
import type { ReaperConfig } from "../../lambda/ttl-cleanup/core/config";

export const ACCOUNT = "111122223333";
export const REGION = "us-east-1";
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const T0 = Date.parse("2026-03-01T00:00:00Z");

export const CONFIG: ReaperConfig = {
  accountId: ACCOUNT,
  region: REGION,
  untouchable: ["automock-tfstate", "automock-tflock"],
  maxResources: 500,
  permanentNames: ["qa"],
  accountAliases: ["prod-like"],
  overridesEnabled: false,
  actor: "reaper",
};

/** The process died: nothing after it happens, not even its own clean-up. */
export class Crash extends Error {}

export interface FakeResource {
  readonly type: string;
  readonly id: string;
  readonly environment?: string;
  readonly tags?: Found["tags"];
  readonly vpcId?: string;
  readonly builtIn?: string;
  readonly createdBy?: string;
  readonly usedBy?: string;
  readonly arn?: string;
  /** Keys that must be gone before AWS deletes this one, whether the handlers know it or not. */
  readonly needs?: readonly string[];
  /** From the accepted request to absence. */
  readonly deleteMs?: number;
  /** Outcomes of the first requests, before the real one. */
  readonly refusals?: Outcome[];
  /** What AWS says instead of deleting, for ever. */
  readonly never?: Outcome;
  goneAt?: number;
}

export interface FakeType {
  readonly type: string;
  readonly after?: readonly string[];
  readonly layer?: Handler["layer"];
  readonly prepare?: boolean;
  readonly prepareAt?: Handler["prepareAt"];
  readonly ownedByVpc?: boolean;
  readonly ownNames?: Handler["ownNames"];
  readonly stuckMs?: number;
}

export function recordOf(changes: Partial<StackRecord> = {}): StackRecord {
  const { environment = "pr-1" } = changes;
  return {
    environment,
    system: "automock",
    phase: "ACTIVE",
    owner: "team-a",
    accountId: ACCOUNT,
    region: REGION,
    ephemeral: true,
    createdAt: iso(T0),
    ttlHours: 4,
    expiresAt: iso(T0 + 4 * HOUR),
    maxExpiresAt: iso(T0 + 336 * HOUR),
    protected: false,
    stateRef: {
      bucket: stateBucketName(ACCOUNT, REGION),
      key: `automock/${environment}/terraform.tfstate`,
      lockTable: "locks",
      useLockfile: true,
    },
    byo: [],
    token: 0,
    passes: 0,
    idlePasses: 0,
    deleted: {},
    ...changes,
  };
}

/** The record of a test run of 30 minutes. */
export function testRecordOf(changes: Partial<TestRecord> = {}): TestRecord {
  const { ttlHours: _hours, stateRef: _state, kind: _kind, ...common } = recordOf();
  return {
    ...common,
    kind: "test",
    system: "test",
    environment: "orders-k3f9aa",
    ttlMinutes: 30,
    expiresAt: iso(T0 + 30 * MINUTE),
    maxExpiresAt: iso(T0 + 4 * HOUR),
    ...changes,
  };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

export const keyOf = ({ type, id }: { type: string; id: string }) => `${type} ${id}`;

export function named(name: string, message = name): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

export function foundOf(one: FakeResource): Found {
  const { type, id, arn, tags, environment, vpcId, builtIn, createdBy, usedBy, goneAt } = one;
  return {
    type,
    id,
    arn,
    vpcId,
    builtIn,
    createdBy,
    usedBy,
    tags:
      tags ??
      (environment
        ? { [TAG.environment]: environment, [TAG.ephemeral]: "true", [TAG.system]: "automock" }
        : {}),
    presence: goneAt === undefined ? "present" : "deleting",
  };
}
