import { isSuccess, jsonOf, withJson, withRequestBody, type JsonObject, type ServicePatch } from "../call";
import type { QueuePolling } from "../queue-polling";

/**
 * Mappings from queues to functions that really deliver. moto would try it with Docker at every message and hold
 * them up: it gets the mapping disabled.
 */
export function eventSourceMappings(polling: QueuePolling): ServicePatch {
  const queues = new Set<string>();
  const withState = (body: JsonObject): JsonObject =>
    polling.has(String(body.UUID)) ? { ...body, State: "Enabled" } : body;
  return async (call, forward) => {
    switch (call.operation) {
      case "CreateEventSourceMapping":
      case "UpdateEventSourceMapping": {
        const { Enabled, ...input } = jsonOf(call);
        const isNew = call.operation === "CreateEventSourceMapping";
        const reads = isNew ? /:sqs:/.test(String(input.EventSourceArn)) : queues.has(call.resource);
        if (!reads) return forward(call); // streams are read by nobody here
        const answer = await forward(withRequestBody(call, JSON.stringify({ ...input, Enabled: false })));
        if (!isSuccess(answer)) return answer;
        const body = jsonOf(answer);
        const uuid = String(body.UUID);
        queues.add(uuid);
        const wanted = Enabled ?? (isNew || polling.has(uuid));
        polling.stop(uuid);
        if (wanted) {
          polling.start({
            uuid,
            accountId: call.accountId,
            region: call.region,
            queueArn: String(body.EventSourceArn),
            functionArn: String(body.FunctionArn),
            batchSize: Number(body.BatchSize ?? 10),
            reportsItemFailures: [body.FunctionResponseTypes ?? []]
              .flat()
              .includes("ReportBatchItemFailures"),
          });
        }
        return withJson(answer, withState(body));
      }
      case "DeleteEventSourceMapping": {
        const answer = await forward(call);
        if (isSuccess(answer)) polling.stop(call.resource);
        return answer;
      }
      case "GetEventSourceMapping": {
        const answer = await forward(call);
        return isSuccess(answer) ? withJson(answer, withState(jsonOf(answer))) : answer;
      }
      case "ListEventSourceMappings": {
        const answer = await forward(call);
        if (!isSuccess(answer)) return answer;
        const { EventSourceMappings = [], ...rest } = jsonOf(answer) as {
          EventSourceMappings?: JsonObject[];
        };
        return withJson(answer, { ...rest, EventSourceMappings: EventSourceMappings.map(withState) });
      }
      default:
        return forward(call);
    }
  };
}
