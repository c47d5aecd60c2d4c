import type { ServicePatch } from "../call";
import type { QueuePolling } from "../queue-polling";

/** What may end up in a queue. */
const SENDS = new Set(["SendMessage", "SendMessageBatch", "Publish", "PublishBatch", "PutEvents"]);

/** Queues that functions read are looked at as soon as something was sent. */
export function sends(polling: QueuePolling): ServicePatch {
  return async (call, forward) => {
    const answer = await forward(call);
    if (SENDS.has(call.operation)) polling.pollAll();
    return answer;
  };
}
