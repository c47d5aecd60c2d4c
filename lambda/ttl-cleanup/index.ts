import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics as PowertoolsMetrics } from "@aws-lambda-powertools/metrics";
import { Tracer } from "@aws-lambda-powertools/tracer";
import { budgetOf } from "../../cleanup/aws/budget";
import { createClients, type ClientOptions } from "../../cleanup/aws/clients";
import { describeError } from "../../cleanup/engine/classify";
import { ADMIN_METRICS } from "../../contract/admin-box";
import { METRICS_NAMESPACE, REAPER_ENV, REAPER_SERVICE } from "../../contract/reaper";
import { triggersOf } from "./aws/events";
import { clock } from "./aws/identity";
import { metrics } from "./aws/metrics";
import type { Invocation } from "./core/config";
import { reap, type ReaperResult } from "./core/reaper";
import { createWorld, type WorldOptions } from "./world";

/** What Lambda says about an invocation. */
export interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Calls end this long before Lambda would end everything. */
const RESERVE_MS = 5_000;

const serviceName = REAPER_SERVICE;
const logger = new Logger({ serviceName });
const powertools = new PowertoolsMetrics({ namespace: METRICS_NAMESPACE, serviceName });
const boxMetrics = new PowertoolsMetrics({ namespace: ADMIN_METRICS.namespace, serviceName });
const tracer = new Tracer({ serviceName });

let signal: AbortSignal | undefined;
let options: WorldOptions | undefined;

/**
 * The reaper's entry: the hourly tick, the one-time schedules, the registry's stream, and invocations by hand
 * (`{"action":"plan"|"reap","environment":"<name>"}`, a dry run unless it has `"dryRun":false`). Returns the results;
 * throws if Lambda should try again.
 */
export async function handler(event: unknown, context: LambdaContext): Promise<readonly ReaperResult[]> {
  const { awsRequestId: requestId } = context;
  logger.appendKeys({ requestId });
  signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS));
  const invocation = {
    requestId,
    remainingMs: () => context.getRemainingTimeInMillis(),
    // Callers that wait also wait for work, so the timer keeps no process alive.
    wait: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref()),
  };
  const endTrace = trace("reap");
  try {
    return await run(event, (options ??= optionsFrom(process.env)), invocation);
  } catch (error) {
    logger.error(describeError(error), error instanceof Error ? error : String(error));
    throw error;
  } finally {
    powertools.publishStoredMetrics();
    endTrace();
  }
}

/** Every trigger of an event, in parallel, so that one that fails or waits does not delay the others. */
export async function run(
  event: unknown,
  world: WorldOptions,
  invocation: Invocation,
): Promise<readonly ReaperResult[]> {
  const results: ReaperResult[] = [];
  const errors: unknown[] = [];
  await Promise.all(
    triggersOf(event).map(async (trigger) => {
      try {
        const result = await reap(createWorld(world, invocation), trigger);
        world.logger.info(`${trigger.kind} done`, { trigger, result });
        results.push(result);
      } catch (error) {
        errors.push(error);
      }
    }),
  );
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(describeError).join("; "));
  return results;
}

/** Settings of the function; the clients live as long as the container. */
export function optionsFrom(env: NodeJS.ProcessEnv): WorldOptions {
  const region = required(env, "AWS_REGION");
  const shared: ClientOptions = {
    region,
    budget: budgetOf({ now: () => Date.now(), sleep: (ms) => new Promise((end) => setTimeout(end, ms)) }),
    endpoint: env.AWS_ENDPOINT_URL,
    signal: () => signal,
    instrument: (client) => (tracer.isTracingEnabled() ? tracer.captureAWSv3Client(client) : client),
  };
  const read = createClients({ ...shared, shareReads: true });
  return {
    accountId: required(env, REAPER_ENV.accountId),
    region,
    read,
    clientsFor: (credentials) => createClients({ ...shared, credentials, connectionsOf: read }),
    clock: clock(read),
    logger: { info: (message, fields) => logger.info(message, fields as Record<string, unknown>) },
    metrics: metrics(powertools),
    boxMetrics: metrics(boxMetrics),
    permanentNames: listed(env[REAPER_ENV.permanentNames]),
    accountAliases: listed(env[REAPER_ENV.accountAliases]),
    overridesEnabled: env[REAPER_ENV.overrides] === "on",
  };
}

function listed(text = ""): string[] {
  return text.split(",").filter((name) => name !== "");
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`the environment variable ${name} is missing; the reaper's function sets it`);
  return value;
}

/** A segment around the invocation's own work; the calls of the clients are its subsegments. */
function trace(name: string): () => void {
  if (!tracer.isTracingEnabled()) return () => undefined;
  const outer = tracer.getSegment();
  const inner = outer?.addNewSubsegment(name);
  if (!outer || !inner) return () => undefined;
  tracer.setSegment(inner);
  return () => {
    inner.close();
    tracer.setSegment(outer);
  };
}
