import { lockTableName, Names, partitionOf, registryTableName, stateBucketName } from "./names";

/**
 * Name of everything that belongs to the reaper of one account and region. All are literals made here, so
 * that module, Lambda and command line agree without telling each other.
 *
 * The prefix names the region because roles are global. No environment can own a name under it: that would
 * take an environment called `bootstrap-<region>`, which is longer than an environment's name may be.
 */
export interface ReaperNames {
  readonly names: Names;
  readonly functionName: string;
  readonly functionArn: string;
  readonly logGroupName: string;
  /** Role of the Lambda: reads, registry and Terraform's locks. */
  readonly reaperRoleName: string;
  readonly reaperRoleArn: string;
  /** Role of every deletion, assumed with the session tags of `SESSION_TAG`. */
  readonly cleanupRoleName: string;
  readonly cleanupRoleArn: string;
  /** Role with which schedules invoke the Lambda. */
  readonly schedulerRoleName: string;
  readonly schedulerRoleArn: string;
  /** What reaches people: warnings, completions, failures. */
  readonly topicName: string;
  readonly topicArn: string;
  readonly deadLetterQueueName: string;
  readonly deadLetterQueueArn: string;
  /** The registry of environments. */
  readonly registryTableName: string;
  readonly registryTableArn: string;
  readonly stateBucketName: string;
  readonly lockTableName: string;
  readonly lockTableArn: string;
}

export function reaperNames(accountId: string, region: string): ReaperNames {
  const names = new Names({ system: "automock-bootstrap", environment: region, accountId, region });
  const functionName = names.name("lambda", "reaper");
  const role = (purpose: string) => names.name("role", purpose);
  const topicName = names.name("topic", "notifications");
  const deadLetterQueueName = names.name("queue", "dead-letters");
  const registry = registryTableName(accountId, region);
  const lockTable = lockTableName(accountId, region);
  const roleArn = (name: string) => `arn:${partitionOf(region)}:iam::${accountId}:role/${name}`;
  return {
    names,
    functionName,
    functionArn: names.arn("lambda", `function:${functionName}`),
    logGroupName: `/aws/lambda/${functionName}`,
    reaperRoleName: role("reaper"),
    reaperRoleArn: roleArn(role("reaper")),
    cleanupRoleName: role("cleanup"),
    cleanupRoleArn: roleArn(role("cleanup")),
    schedulerRoleName: role("scheduler"),
    schedulerRoleArn: roleArn(role("scheduler")),
    topicName,
    topicArn: names.arn("sns", topicName),
    deadLetterQueueName,
    deadLetterQueueArn: names.arn("sqs", deadLetterQueueName),
    registryTableName: registry,
    registryTableArn: names.arn("dynamodb", `table/${registry}`),
    stateBucketName: stateBucketName(accountId, region),
    lockTableName: lockTable,
    lockTableArn: names.arn("dynamodb", `table/${lockTable}`),
  };
}

/** Index of the registry that holds open environments only. */
export const OPEN_INDEX = "open";

/** Schedule group of an environment; the one-time schedules in it are `warn`, `expire` and `rearm`. */
export function scheduleGroupName(environment: string): string {
  return `automock-${environment}`;
}

/**
 * The Lambda's own settings as environment variables. `accountId` and the runtime's `AWS_REGION` are enough
 * to compute every name by `reaperNames`.
 */
export const REAPER_ENV = {
  /** Account the Lambda may work in, 12 digits; it stops when STS says another. */
  accountId: "REAPER_ACCOUNT_ID",
  /** `off`: whatever is asked, nothing is deleted. Set by hand in an emergency. */
  deletions: "REAPER_DELETIONS",
  /** `on`: an invocation by hand may override safety gates. Set by hand, for as long as it takes. */
  overrides: "REAPER_OVERRIDES",
} as const;

/** Keys of the session tags with which the cleanup role is assumed. */
export const SESSION_TAG = {
  environment: "automock:environment",
  vpcId: "automock:vpc-id",
} as const;

/** Input of the hourly schedule: `{"kind":"tick"}`; of an environment's own: `{"kind":"warn"|"expire"|"rearm","environment":"<id>"}`. */
export type ReaperEvent =
  { readonly kind: "tick" } | { readonly kind: "warn" | "expire" | "rearm"; readonly environment: string };

/** Namespace of the Lambda's metrics. */
export const METRICS_NAMESPACE = "AutomockReaper";

/** Powertools' service name: the one dimension of every metric (`service`). */
export const REAPER_SERVICE = "reaper";

/** Metrics that alarms look at. */
export const REAPER_METRIC = {
  heartbeat: "Heartbeat",
  overdueMinutes: "OverdueMinutes",
  cleanupFailed: "CleanupFailed",
  discoveryErrors: "DiscoveryErrors",
  orphansFound: "OrphansFound",
} as const;

/** A resource that is proven to be an environment's. */
export interface ProvenResource {
  /** `<type> <id>`. */
  readonly resource: string;
  readonly proofs: readonly string[];
}

/** What a pass over an environment would do: the answer to `{"action":"plan"}`. */
export interface ReaperPlan {
  /** In order; the resources of one wave go together. */
  readonly waves: readonly (readonly ProvenResource[])[];
  /** Would wait for ever, for what is held. */
  readonly waiting: readonly ProvenResource[];
  /** Not deleted although proven; the environment cannot be finished. */
  readonly held: readonly (ProvenResource & { readonly vetoes: readonly string[] })[];
  /** Of types that no handler knows. */
  readonly unsupported: readonly string[];
  /** Seen and left alone: not the environment's. */
  readonly leftAlone: readonly { readonly resource: string; readonly vetoes: readonly string[] }[];
  /** What could not be listed, or read. */
  readonly errors: readonly string[];
  /** False: the Terraform state cannot be read, so nothing would be deleted. */
  readonly stateReadable: boolean;
  /** Safety gates that are shut: nothing is deleted before they are open. */
  readonly gates: readonly { readonly gate: string; readonly reason: string }[];
}
