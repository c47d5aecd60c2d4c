import { isSuccess, jsonAnswer, jsonOf, type Call, type JsonObject, type ServicePatch } from "../call";
import { ownCall } from "../own-call";

/**
 * moto has no tag calls for scalable targets and drops the tags of RegisterScalableTarget. The gateway stores
 * them by target ARN. moto has no scaling activities either; no policy scales here, so there are none.
 *
 * @param changeService answers the calls that move a service of ECS into the bounds of its registration
 */
export function applicationAutoScaling(changeService: ServicePatch): ServicePatch {
  const tagsByArn = new Map<string, JsonObject>();
  return async (call, forward) => {
    const input = jsonOf(call);
    const arn = String(input.ResourceARN ?? "");
    switch (call.operation) {
      case "RegisterScalableTarget": {
        const answer = await forward(call);
        const registered = isSuccess(answer) ? jsonOf(answer).ScalableTargetARN : undefined;
        if (typeof registered === "string" && input.Tags) tagsByArn.set(registered, input.Tags as JsonObject);
        if (isSuccess(answer)) {
          await moveIntoBounds(call, input, (own) => changeService(own, forward));
        }
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

/**
 * AWS compares the capacity with the bounds at each registration.
 * Source: https://docs.aws.amazon.com/autoscaling/application/userguide/getting-started.html
 */
async function moveIntoBounds(
  { accountId, region }: Call,
  { ResourceId, MinCapacity = 0, MaxCapacity = Infinity }: JsonObject,
  send: (call: Call) => ReturnType<ServicePatch>,
): Promise<void> {
  const [, cluster, service] = /^service\/([^/]+)\/(.+)$/.exec(String(ResourceId)) ?? [];
  if (service === undefined) return;
  const ecs = async (operation: string, input: object) => {
    const target = `AmazonEC2ContainerServiceV20141113.${operation}`;
    return jsonOf(
      await send(
        ownCall({ accountId, region, service: "ecs", json: { target, input: { cluster, ...input } } }),
      ),
    );
  };
  const { services = [] } = await ecs("DescribeServices", { services: [service] });
  for (const { desiredCount } of services as { desiredCount: number }[]) {
    const within = Math.min(Math.max(desiredCount, Number(MinCapacity)), Number(MaxCapacity));
    if (within !== desiredCount) await ecs("UpdateService", { service, desiredCount: within });
  }
}
