import {
  isSuccess,
  withBody,
  withRequestBody,
  type Answer,
  type Call,
  type Forward,
  type JsonObject,
  type ServicePatch,
} from "../call";
import { ownCall } from "../own-call";

/**
 * Tags at creation, bucket policies, lifecycles and EventBridge notifications.
 *
 * moto ignores the conditions of a bucket policy: a "deny unless TLS" would refuse every object call. The policy is
 * kept here and read back from here; moto gets it without the conditional denies, because it does look at the allows
 * (a load balancer's access logs need theirs). moto also forgets that a bucket notifies EventBridge, and how many
 * replaced versions a lifecycle keeps: the provider then waits three minutes for its own words and fails.
 */
export function s3(): ServicePatch {
  const policyByBucket = new Map<string, string>();
  const notifiesEventBridge = new Set<string>();
  const lifecycleByBucket = new Map<string, string>();
  return async (call, forward) => {
    switch (call.operation) {
      case "CreateBucket":
        return createWithTags(call, forward);
      case "PutBucketPolicy": {
        const answer = await putWithoutConditionalDenies(call, forward);
        if (isSuccess(answer)) policyByBucket.set(call.resource, call.body.toString("utf8"));
        return answer;
      }
      case "GetBucketPolicy": {
        const policy = policyByBucket.get(call.resource);
        if (policy === undefined) return forward(call);
        return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(policy) };
      }
      case "DeleteBucketPolicy":
      case "DeleteBucket": {
        const answer = await forward(call);
        if (!isSuccess(answer)) return answer;
        policyByBucket.delete(call.resource);
        if (call.operation === "DeleteBucket") notifiesEventBridge.delete(call.resource);
        return answer;
      }
      case "PutBucketNotificationConfiguration": {
        const answer = await forward(call);
        if (!isSuccess(answer)) return answer;
        if (call.body.includes("<EventBridgeConfiguration")) notifiesEventBridge.add(call.resource);
        else notifiesEventBridge.delete(call.resource);
        return answer;
      }
      case "GetBucketNotificationConfiguration": {
        const answer = await forward(call);
        return notifiesEventBridge.has(call.resource) ? withEventBridge(answer) : answer;
      }
      case "PutBucketLifecycleConfiguration": {
        const answer = await forward(call);
        if (isSuccess(answer)) lifecycleByBucket.set(call.resource, call.body.toString("utf8"));
        return answer;
      }
      case "GetBucketLifecycleConfiguration": {
        // The document is returned unchanged.
        const answer = await forward(call);
        const lifecycle = lifecycleByBucket.get(call.resource);
        return isSuccess(answer) && lifecycle !== undefined ? withBody(answer, lifecycle) : answer;
      }
      default:
        return forward(call);
    }
  };
}

/** moto drops the tags that a bucket is created with. */
async function createWithTags(call: Call, forward: Forward): Promise<Answer> {
  const answer = await forward(call);
  const tags = /<Tags>(.*)<\/Tags>/s.exec(call.body.toString("utf8"))?.[1];
  if (tags === undefined || !isSuccess(answer)) return answer;
  const { accountId, region, resource } = call;
  const body = `<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet>${tags}</TagSet></Tagging>`;
  const path = `/${resource}?tagging`;
  const tagged = await forward(ownCall({ accountId, region, service: "s3", method: "PUT", path, body }));
  return isSuccess(tagged) ? answer : tagged;
}

async function putWithoutConditionalDenies(call: Call, forward: Forward): Promise<Answer> {
  const reduced = withoutConditionalDenies(call.body.toString("utf8"));
  if (reduced !== undefined) return forward(withRequestBody(call, reduced));
  // Nothing is left, and moto must not keep an older policy.
  return forward({ ...withRequestBody(call, ""), method: "DELETE", operation: "DeleteBucketPolicy" });
}

/** The policy without its conditional Deny statements; `undefined` if no statement is left. */
export function withoutConditionalDenies(policy: string): string | undefined {
  let document: JsonObject;
  try {
    document = JSON.parse(policy) as JsonObject;
  } catch {
    return policy; // moto answers MalformedPolicy
  }
  const statements = [document.Statement ?? []].flat() as JsonObject[];
  const kept = statements.filter(
    (statement) => statement.Effect !== "Deny" || statement.Condition === undefined,
  );
  return kept.length > 0 ? JSON.stringify({ ...document, Statement: kept }) : undefined;
}

function withEventBridge(answer: Answer): Answer {
  const text = answer.body.toString("utf8");
  if (!isSuccess(answer) || text.includes("<EventBridgeConfiguration")) return answer;
  const fixed = text.replace(
    /<NotificationConfiguration([^>]*?)(\/?)>/,
    (_, attributes: string, selfClosing: string) =>
      `<NotificationConfiguration${attributes}><EventBridgeConfiguration/>${selfClosing && "</NotificationConfiguration>"}`,
  );
  return withBody(answer, fixed);
}
