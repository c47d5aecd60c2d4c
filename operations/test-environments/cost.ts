import { priceOf, type PriceId } from "../../contract/prices";
import type { TestEnvironment } from "../../environments/schema/test-environment-fields";

type Resource = TestEnvironment["resources"][string];

/**
 * What a run is assumed to do with each resource. Nothing that a run creates costs anything while it is idle, so its
 * price is that of its use; these figures are far above those of integration tests.
 */
export const ASSUMED = {
  /** Requests to each API, function and topic, reads and writes of each table, messages of each queue. */
  requests: 10_000,
  /** Puts and gets of each bucket. */
  objects: 1_000,
  /** Seconds that one invocation takes. */
  invocationSeconds: 1,
  /** GB of logs of each function. */
  logGigabytes: 0.05,
} as const;

/** Units of prices that a resource uses in one run. */
function usageOf(resource: Resource): Readonly<Partial<Record<PriceId, number>>> {
  const requests = ASSUMED.requests;
  switch (resource.type) {
    case "table": {
      // An index takes a write of its own.
      const writes = requests * (1 + Object.keys(resource.indexes).length);
      return { "dynamodb-write": writes, "dynamodb-read": requests };
    }
    case "bucket":
      return { "s3-put": ASSUMED.objects, "s3-get": ASSUMED.objects };
    case "queue":
      // Sent, received, deleted.
      return { "sqs-request": 3 * requests };
    case "topic":
      return { "sns-request": requests };
    case "function":
      return {
        "lambda-request": requests,
        "lambda-x86": (requests * ASSUMED.invocationSeconds * resource.memoryMiB) / 1024,
        "logs-ingested": ASSUMED.logGigabytes,
      };
    case "httpApi":
      return { "api-http-request": requests };
    case "restApi":
      return { "api-rest-request": requests };
    case "rule":
      return resource.pattern === undefined ? {} : { "event-opt-in": requests };
  }
}

/** Units that a price is for: `1 million writes` → 1000000. */
function unitsOf(unit: string): number {
  const match = /^([\d,]+)(?: (million))? /.exec(unit);
  return match ? Number(match[1]!.replaceAll(",", "")) * (match[2] ? 1_000_000 : 1) : 1;
}

/** US dollars that one run costs at the assumed use. */
export function usdPerRun({ resources }: Pick<TestEnvironment, "resources">): number {
  return Object.values(resources)
    .flatMap((resource) => Object.entries(usageOf(resource)) as [PriceId, number][])
    .reduce((sum, [id, quantity]) => {
      const { usd, unit } = priceOf(id);
      return sum + (usd / unitsOf(unit)) * quantity;
    }, 0);
}
