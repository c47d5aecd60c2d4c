import type { CreateResult } from "./create";
import type { OpenRun } from "./open";

/** Milliseconds that a service's breaker stays open. */
const BREAKER_MS = 60_000;

/** Service of a node type by the SDK's name of the service. */
const SERVICE: Readonly<Record<string, string>> = {
  DynamoDB: "dynamodb",
  S3: "s3",
  SQS: "sqs",
  SNS: "sns",
  IAM: "iam",
  Lambda: "lambda",
  EventBridge: "events",
  CloudWatchLogs: "logs",
  ApiGatewayV2: "apigateway",
  APIGateway: "apigateway",
};

/** Opens the breaker of a service that is overloaded or broken: what failed after all retries fails for the next run too. */
export async function openBreaker(
  { registry, now, calls }: Pick<OpenRun, "registry" | "now" | "calls">,
  { error, node, message }: NonNullable<CreateResult["failure"]>,
): Promise<void> {
  const { name, $metadata } = error as {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const isOverload = /Throttl|TooManyRequests|SlowDown|RequestLimitExceeded/.test(name ?? "");
  if (!isOverload && ($metadata?.httpStatusCode ?? 0) < 500) return;
  const service = SERVICE[calls.serviceOf(error) ?? ""];
  if (service === undefined) return;
  await registry.openBreaker(service, now() + BREAKER_MS, `${node}: ${message}`).catch(() => undefined);
}
