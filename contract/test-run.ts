import { fitName, Names, type NameKind, type Place } from "./names";
import { reaperNames } from "./reaper";
import { TAG } from "./tags";

/**
 * A test environment: resources created by API calls for one run of tests. Its run id is the name of its
 * environment, in the registry and in every tag, and `test` is its system.
 */
export const TEST_SYSTEM = "test";

/** Value of the tag `automock:managed-by`. */
export const TEST_MANAGED_BY = "automock test-env";

/** Time to live of a test environment in minutes, and the maximum with extensions. */
export const TEST_TTL_MINUTES = { min: 10, max: 240, default: 30 } as const;

/**
 * The reaper deletes an expired run within so many minutes: its tick comes every hour and skips what is younger than 15
 * minutes.
 */
export const TEST_REAPED_MINUTES = 80;

/** Maximum length of names, so that every resource name fits its AWS limit. */
export const TEST_NAME_LENGTH = { spec: 16, resource: 20 } as const;

/** What a test environment does at most at the same time, and what one run may cost. */
export const TEST_LIMITS = { environments: 100, usd: 20, resources: 40 } as const;

/** Exit codes of `automock test-env`. `cleanupIncomplete` overrides every other one. */
export const TEST_EXIT = {
  ok: 0,
  testsFailed: 1,
  notCreated: 2,
  cleanupIncomplete: 3,
  refused: 4,
  interrupted: 130,
} as const;

/** Lower-case letters and digits without look-alikes, 32 of them. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const SUFFIX_LENGTH = 6;

/**
 * `<name>-<6 letters>`. The same bytes give the same id, so a retried pipeline stage finds its own environment.
 *
 * @param bytes at least six, random or the hash of a build
 */
export function testRunId(name: string, bytes: Uint8Array): string {
  const suffix = [...bytes.slice(0, SUFFIX_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
  return `${name}-${suffix}`;
}

/** Name of the spec in a run id, or `undefined` if the text is not a run id. */
export function specOfRun(runId: string): string | undefined {
  return new RegExp(`^([a-z][a-z0-9]*(?:-[a-z0-9]+)*)-[${LETTERS}]{${SUFFIX_LENGTH}}$`).exec(runId)?.[1];
}

/** What identifies a run in AWS. */
export interface TestRun extends Place {
  /** Run id: `automock:environment` of its resources. */
  readonly run: string;
  readonly owner: string;
  readonly costCenter: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
  readonly buildUrl?: string;
  readonly commit?: string;
}

/** Tags of test runs, besides those of every environment. */
export const TEST_TAG = {
  run: "automock:run",
  expiresAt: "automock:expires-at",
  buildUrl: "automock:build-url",
  commit: "automock:commit",
} as const;

/** Tags of every resource of a run, set by the call that creates it. */
export function testRunTags(run: TestRun): Record<string, string> {
  return {
    [TAG.system]: TEST_SYSTEM,
    [TAG.environment]: run.run,
    [TAG.owner]: run.owner,
    [TAG.costCenter]: run.costCenter,
    [TAG.ephemeral]: "true",
    [TAG.managedBy]: TEST_MANAGED_BY,
    [TEST_TAG.run]: run.run,
    [TEST_TAG.expiresAt]: run.expiresAt,
    ...(run.buildUrl !== undefined && { [TEST_TAG.buildUrl]: run.buildUrl }),
    ...(run.commit !== undefined && { [TEST_TAG.commit]: run.commit }),
  };
}

/** Names of a run: `names.prefix` is `test-<run>`. */
export function testRunNames({
  run,
  accountId,
  region,
}: TestRun | (Place & { readonly run: string })): Names {
  return new Names({ system: TEST_SYSTEM, environment: run, accountId, region });
}

/**
 * Deterministic name of a resource: `test-<run>-<resource>`; a bucket's ends in the account id, because bucket names
 * are global.
 */
export function testResourceName(
  run: Place & { readonly run: string },
  kind: NameKind,
  resource: string,
): string {
  const name = `${testRunNames(run).prefix}-${resource}`;
  return fitName(kind, kind === "bucket" ? `${name}-${run.accountId}` : name);
}

/** Ends of the variables by which tests and functions find a resource, by its type in the spec. */
export const TEST_VARIABLE = {
  table: "TABLE",
  bucket: "BUCKET",
  queue: "QUEUE_URL",
  topic: "TOPIC_ARN",
  function: "FUNCTION",
  httpApi: "URL",
  restApi: "URL",
  rule: "RULE",
} as const;

/** Name of the variable of a resource, for example `ORDERS_TABLE`. */
export function testVariable(resource: string, type: keyof typeof TEST_VARIABLE): string {
  return `${resource.toUpperCase().replaceAll("-", "_")}_${TEST_VARIABLE[type]}`;
}

/**
 * Log group of a function of a run, `/test-<run>/<function>`. It is created before the function, which is told to write
 * there and may not create any other.
 */
export function testLogGroupName(run: Place & { readonly run: string }, functionNode: string): string {
  return testRunNames(run).logGroup(functionNode);
}

/** Path of the roles of test functions. The role of the pipeline may create and pass roles of this path only. */
export const TEST_ROLE_PATH = "/automock-test/";

/** Name of the permissions boundary of every test function's role; the bootstrap stack creates it. */
export function testBoundaryName({ accountId, region }: Place): string {
  return reaperNames(accountId, region).names.name("policy", "test-functions");
}

export function testBoundaryArn(place: Place): string {
  return reaperNames(place.accountId, place.region).names.iamArn(`policy/${testBoundaryName(place)}`);
}

/** Types of what a run creates: those of the deletion handlers. */
export const TEST_NODE_TYPES = [
  "dynamodb:table",
  "s3:bucket",
  "sqs:queue",
  "sns:topic",
  "iam:role",
  "logs:log-group",
  "lambda:function",
  "lambda:event-source-mapping",
  "apigateway:http-api",
  "apigateway:rest-api",
  "events:rule",
] as const;

export type TestNodeType = (typeof TEST_NODE_TYPES)[number];

/**
 * A line of a run's journal. `intent` is written before the create call and is no proof of ownership: the name may
 * belong to someone else. `created` is written after it and is. `refused`: the name exists and is not the run's, so
 * nothing of it may be deleted.
 */
export interface JournalEntry {
  /** Name of the node in the run, for example `users` or `api.role`. */
  readonly node: string;
  readonly state: "intent" | "created" | "refused";
  readonly type: TestNodeType;
  /** Deterministic name. An event source mapping has none of its own, so it has its function's. */
  readonly name: string;
  /** What the deletion handler calls `id`; known when created: queue URL, topic ARN, API id, otherwise the name. */
  readonly id?: string;
  readonly arn?: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** Prefix of the sort keys of journal items; they are beside the record, `pk` is `ENV#<run>`. */
export const NODE_PREFIX = "NODE#";

/** Sort key of a node's journal item, which holds the attributes of its last `JournalEntry`. */
export function nodeSortKey(node: string): string {
  return `${NODE_PREFIX}${node}`;
}

/** Items of the registry table that runs share; each frees itself when its `expiresAt` (ISO 8601 in UTC) has passed. */
export const TEST_KEY = {
  /** A run holds one of the spec's slots. Attributes: `run`, `expiresAt`. */
  slot: (spec: string, number: number) => ({ pk: `SLOT#${spec}`, sk: String(number).padStart(3, "0") }),
  /** Until `openUntil`, no run creates anything in this service. Deletions go on. */
  breaker: (service: string) => ({ pk: `BREAKER#${service}`, sk: "BREAKER" }),
  /** Holder of the next call of an operation that AWS limits per account. Attributes: `notBefore` (ISO 8601). */
  pace: (operation: string) => ({ pk: `PACE#${operation}`, sk: "PACE" }),
  /** Times and result of a finished run, for `stats`. `at` is ISO 8601 in UTC. */
  stats: (spec: string, at: string, run: string) => ({ pk: `STATS#${spec}`, sk: `${at}#${run}` }),
} as const;

/** Namespace and log group of the metrics of runs. */
export const TEST_METRICS = {
  namespace: "AutomockTestEnv",
  logGroup: "/automock/test-environments",
} as const;
