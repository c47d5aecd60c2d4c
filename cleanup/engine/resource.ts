/** What came of a request to delete. There is no "ignored": whatever is not gone is tried again or reported. */
export type Outcome =
  | { readonly kind: "gone" }
  | { readonly kind: "accepted" }
  | { readonly kind: "blocked"; readonly by: readonly string[] }
  | { readonly kind: "throttled" | "denied" | "transient" | "bug"; readonly error: string };

export type Presence = "present" | "deleting" | "absent";

/** A resource as AWS describes it now. */
export interface Found {
  /** The handler's type, for example `ec2:nat-gateway`. */
  readonly type: string;
  /** Id that AWS's API takes and that Terraform's state has as `id` or `arn`. */
  readonly id: string;
  readonly arn?: string;
  readonly name?: string;
  /** Tags as read from the service itself; `{}` where a type cannot have any. */
  readonly tags: Readonly<Record<string, string>> | "unreadable";
  readonly vpcId?: string;
  /** `<type> <id>` of the resource it is nothing without: whose that is, is this. */
  readonly partOf?: string;
  /** Account and region it lies in, where known other than from the ARN. */
  readonly accountId?: string;
  readonly region?: string;
  /** What AWS made itself and must stay, for example `default security group`: never deleted. */
  readonly builtIn?: string;
  /** The AWS service that created it inside of something else, as AWS itself says. */
  readonly createdBy?: string;
  /** What of others' needs it too, so that it stays. */
  readonly neededBy?: string;
  /** Its state at listing; `present` unless said. */
  readonly presence?: Exclude<Presence, "absent">;
}

/** What tells one environment from all others. */
export interface EnvKey {
  readonly environment: string;
  readonly system: string;
  readonly accountId: string;
  readonly region: string;
}

/** An environment as the handlers see it. */
export interface EnvScope extends EnvKey {
  /** VPCs proven to be the environment's own; empty in a foreign network. */
  readonly ownedVpcIds: readonly string[];
  /** Ids and ARNs from claims and the tag index, by handler type: hints for `list`, no proof. */
  readonly hints: ReadonlyMap<string, readonly string[]>;
}

/** Names that belong to an environment alone: exact ones, and prefixes that end in a slash. */
export interface OwnNames {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
}

/** One per resource type. The engine owns order, ownership, retries and reports. */
export interface Handler {
  readonly type: string;
  /** `final` types wait until no `workload` type is left: secrets, keys, log groups, roles, policies. */
  readonly layer: "workload" | "final";
  /** Types of this environment that must be absent first. */
  readonly after: readonly string[];
  /** After this long it is stuck, and its blockers are named. */
  readonly stuckMs: number;
  /** `start`: prepare before the `after` types are absent, for example to revoke security group rules. */
  readonly prepareAt?: "start" | "ready";
  /** Proof by name, for types that cannot be tagged or that a service makes without tags. */
  ownNames?(env: EnvScope): OwnNames;
  /** True where an AWS service creates it in an owned VPC without tags: then that membership is a proof. */
  readonly ownedByVpc?: boolean;
  /** All candidates of this type, paginated; throws rather than leave one out. */
  list(env: EnvScope): AsyncIterable<Found>;
  look(found: Found): Promise<Presence>;
  /** Unprotect, detach, revoke, scale to zero. Idempotent. */
  prepare?(found: Found): Promise<void>;
  remove(found: Found): Promise<Outcome>;
  /** Turns what `list`, `look` or `prepare` threw into a class; the engine's own classification unless given. */
  classify?(error: unknown): Outcome;
}
