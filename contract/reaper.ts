import { lockTableName, Names, partitionOf, registryTableName, stateBucketName } from "./names";

/**
 * Names of the reaper's resources in one account and region, used by the module, the Lambda and the CLI.
 *
 * The prefix contains the region because roles are global. No environment can have the same prefix: its name would be
 * `bootstrap-<region>`, which is too long for an environment.
 */
export interface ReaperNames {
  readonly names: Names;
  readonly functionName: string;
  readonly functionArn: string;
  readonly logGroupName: string;
  /** Role of the Lambda: reads, registry and Terraform's locks. */
  readonly reaperRoleName: string;
  readonly reaperRoleArn: string;
  /** Role that deletes, assumed with the session tags of `SESSION_TAG`. */
  readonly cleanupRoleName: string;
  readonly cleanupRoleArn: string;
  /** Role with which schedules invoke the Lambda. */
  readonly schedulerRoleName: string;
  readonly schedulerRoleArn: string;
  /** Topic for warnings, completions and failures. */
  readonly topicName: string;
  readonly topicArn: string;
  /** Group of all environments' one-time schedules. */
  readonly scheduleGroupName: string;
  readonly deadLetterQueueName: string;
  readonly deadLetterQueueArn: string;
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
    scheduleGroupName: names.name("schedule", "environments"),
    deadLetterQueueName,
    deadLetterQueueArn: names.arn("sqs", deadLetterQueueName),
    registryTableName: registry,
    registryTableArn: names.arn("dynamodb", `table/${registry}`),
    stateBucketName: stateBucketName(accountId, region),
    lockTableName: lockTable,
    lockTableArn: names.arn("dynamodb", `table/${lockTable}`),
  };
}

/** Registry index with only the open environments. */
export const OPEN_INDEX = "open";

/** One-time schedules of an environment. */
export const SCHEDULES = ["warn", "expire", "rearm"] as const;

export type ScheduleName = (typeof SCHEDULES)[number];

/**
 * `<environment>.<schedule>`. An environment's name has no dot, so that no environment's schedules start like another's.
 */
export function scheduleName(environment: string, schedule: ScheduleName | ""): string {
  return `${environment}.${schedule}`;
}

/**
 * Environment variables of the Lambda. `reaperNames` computes every name from `accountId` and the runtime's
 * `AWS_REGION`.
 */
export const REAPER_ENV = {
  /** Account id, 12 digits. The Lambda stops if STS reports another account. */
  accountId: "REAPER_ACCOUNT_ID",
  /** Names of environments that are never deleted, separated by commas. */
  permanentNames: "REAPER_PERMANENT_NAMES",
  /** Aliases of accounts that look like production and are not, separated by commas. */
  accountAliases: "REAPER_ACCOUNT_ALIASES",
  /** `on` lets manual invocations override safety gates. Set by hand, temporarily. */
  overrides: "REAPER_OVERRIDES",
} as const;

/** Keys of the cleanup role's session tags. */
export const SESSION_TAG = {
  environment: "automock:environment",
  /** `automock` for the stack of that name, `test` for the run: one may never change the other. */
  system: "automock:system",
  vpcId: "automock:vpc-id",
} as const;

/**
 * Value of the environment's session tag in a session for several, which may only delete VPC endpoints; its own policy
 * names the environments. No environment can have this name.
 */
export const SEVERAL_ENVIRONMENTS = "@several";

/** Input of the hourly schedule: `{"kind":"tick"}`; of an environment's own: `{"kind":"warn"|"expire"|"rearm","environment":"<id>"}`. */
export type ReaperEvent =
  { readonly kind: "tick" } | { readonly kind: ScheduleName; readonly environment: string };

/** Namespace of the Lambda's metrics. */
export const METRICS_NAMESPACE = "AutomockReaper";

/** Powertools' service name, the only dimension (`service`) of every metric. */
export const REAPER_SERVICE = "reaper";

/** Metrics with alarms. */
export const REAPER_METRIC = {
  heartbeat: "Heartbeat",
  overdueMinutes: "OverdueMinutes",
  cleanupFailed: "CleanupFailed",
  discoveryErrors: "DiscoveryErrors",
  orphansFound: "OrphansFound",
  noticesFailed: "NoticesFailed",
} as const;

/** A resource that is proven to belong to an environment. */
export interface ProvenResource {
  /** `<type> <id>`. */
  readonly resource: string;
  readonly proofs: readonly string[];
}

/** What a pass over an environment would do: the response to `{"action":"plan"}`. */
export interface ReaperPlan {
  /** Deletions in order. The resources of one wave are deleted together. */
  readonly waves: readonly (readonly ProvenResource[])[];
  /** Cannot be deleted, because a held resource depends on them. */
  readonly waiting: readonly ProvenResource[];
  /** Proven but not deleted, so the environment cannot be finished. */
  readonly held: readonly (ProvenResource & { readonly vetoes: readonly string[] })[];
  /** Resources of types without a handler. */
  readonly unsupported: readonly string[];
  /** Found, but not the environment's. */
  readonly leftAlone: readonly { readonly resource: string; readonly vetoes: readonly string[] }[];
  /** Failures to list or read. */
  readonly errors: readonly string[];
  /** If false, the Terraform state cannot be read and nothing would be deleted. */
  readonly stateReadable: boolean;
  /** Closed safety gates. While any is closed, nothing is deleted. */
  readonly gates: readonly { readonly gate: string; readonly reason: string }[];
}
