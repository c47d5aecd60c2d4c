import { isSuccess, jsonAnswer, jsonOf, type JsonObject, type ServicePatch } from "../call";

/**
 * moto has no tag calls for scalable targets and drops the tags of RegisterScalableTarget. The gateway stores
 * them by target ARN. moto has no scaling activities either; nothing scales here, so there are none.
 */
export function applicationAutoScaling(): ServicePatch {
  const tagsByArn = new Map<string, JsonObject>();
  return async (call, forward) => {
    const input = jsonOf(call);
    const arn = String(input.ResourceARN ?? "");
    switch (call.operation) {
      case "RegisterScalableTarget": {
        const answer = await forward(call);
        const registered = isSuccess(answer) ? jsonOf(answer).ScalableTargetARN : undefined;
        if (typeof registered === "string" && input.Tags) tagsByArn.set(registered, input.Tags as JsonObject);
        return answer;
      }
      case "DescribeScalingActivities":
        return jsonAnswer({ ScalingActivities: [] });
      case "ListTagsForResource":
        return jsonAnswer({ Tags: tagsByArn.get(arn) ?? {} });
      case "TagResource":
        tagsByArn.set(arn, { ...tagsByArn.get(arn), ...(input.Tags as JsonObject) });
        return jsonAnswer({});
      case "UntagResource": {
        const removed = new Set(input.TagKeys as string[]);
        const kept = Object.entries(tagsByArn.get(arn) ?? {}).filter(([key]) => !removed.has(key));
        tagsByArn.set(arn, Object.fromEntries(kept));
        return jsonAnswer({});
      }
      default:
        return forward(call);
    }
  };
}
