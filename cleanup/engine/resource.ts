/** Result of a request to delete. There is no "ignored": what still exists is tried again or reported. */
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
  /** Id for AWS's API, which Terraform's state has as `id` or `arn`. */
  readonly id: string;
  readonly arn?: string;
  readonly name?: string;
  /** Tags, read from the service itself; `{}` if the type has no tags. */
  readonly tags: Readonly<Record<string, string>> | "unreadable";
  readonly vpcId?: string;
  /** `<type> <id>` of the resource that it is a part of. Both have the same owner. */
  readonly partOf?: string;
  /** Account and region, if known from a source other than the ARN. */
  readonly accountId?: string;
  readonly region?: string;
  /** Set for what AWS itself created and is never deleted, for example `default security group`. */
  readonly builtIn?: string;
  /** The AWS service that created it inside another resource, according to AWS. */
  readonly createdBy?: string;
  /** Someone else's resource that needs it too, so that it stays. */
  readonly neededBy?: string;
  /** What uses it now, for reports: `instance i-1`. */
  readonly usedBy?: string;
  /** Its state at listing. @default present */
  readonly presence?: Exclude<Presence, "absent">;
}

/** What identifies an environment. */
export interface EnvKey {
  readonly environment: string;
  readonly system: string;
  readonly accountId: string;
  readonly region: string;
}

/** An environment from the view of the handlers. */
export interface EnvScope extends EnvKey {
  /** VPCs that belong to the environment; empty in a foreign network. */
  readonly ownedVpcIds: readonly string[];
  /** Ids and ARNs from claims and the tag index, by handler type: hints for `list`, no proof. */
  readonly hints: ReadonlyMap<string, readonly string[]>;
}

/** Names that only this environment uses: exact ones, and prefixes that end in a slash. */
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
  /** Time after which it counts as stuck, and its blockers are named. */
  readonly stuckMs: number;
  /** `start`: prepare before the `after` types are absent, for example to revoke security group rules. */
  readonly prepareAt?: "start" | "ready";
  /** Proof by name, for types that have no tags or that a service creates without tags. */
  ownNames?(env: EnvScope): OwnNames;
  /** True if an AWS service creates it without tags in an owned VPC, which then is the proof. */
  readonly ownedByVpc?: boolean;
  /** All candidates of this type, paginated; throws rather than leave one out. */
  list(env: EnvScope): AsyncIterable<Found>;
  look(found: Found): Promise<Presence>;
  /** Unprotect, detach, revoke, scale to zero. Idempotent. */
  prepare?(found: Found): Promise<void>;
  remove(found: Found): Promise<Outcome>;
  /** Classifies an error of `list`, `look` or `prepare`. @default the engine's classification */
  classify?(error: unknown): Outcome;
}
