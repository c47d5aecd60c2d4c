import {
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ListTagsForResourceCommand,
  type ScalableTarget,
} from "@aws-sdk/client-application-auto-scaling";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { ResourceType } from "./resource-type";
import { GONE, hintsOf, isCandidateName, readTags } from "./shared";

const TYPE = "application-autoscaling:scalable-target";
const NAMESPACE = "ecs";
const DIMENSION = "ecs:service:DesiredCount";

const scalableTarget: ResourceType = {
  type: TYPE,
  terraform: ["aws_appautoscaling_target"],
  parts: ["aws_appautoscaling_policy", "aws_appautoscaling_scheduled_action"],
  where: { service_namespace: NAMESPACE },
  arns: ["scalable-target/"],
  handler: ({ read, write }) => ({
    async *list(env) {
      const hints = hintsOf(env, TYPE);
      const all = await allPages(async (NextToken) => {
        const page = await read.autoScaling.send(
          new DescribeScalableTargetsCommand({ ServiceNamespace: NAMESPACE, NextToken }),
        );
        return { items: page.ScalableTargets, next: page.NextToken };
      });
      for (const one of all) {
        const { ResourceId: id, ScalableTargetARN: arn } = one;
        const isOurs = isCandidateName(id?.split("/")[1], env);
        if (!(isOurs || hints.includes(id!) || hints.includes(arn ?? "")) || !isOfServices(one)) continue;
        const tags = await readTags(async () =>
          arn === undefined
            ? {}
            : ((await read.autoScaling.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).Tags ??
              {}),
        );
        if (tags) yield { type: TYPE, id: id!, arn, name: id, tags };
      }
    },
    async look({ id }) {
      const page = await read.autoScaling.send(
        new DescribeScalableTargetsCommand({ ServiceNamespace: NAMESPACE, ResourceIds: [id] }),
      );
      return page.ScalableTargets?.some(isOfServices) ? "present" : "absent";
    },
    /** AWS deletes the policies with their target. The handler deletes them first, so that their alarms go before alarms are listed. */
    async prepare({ id }) {
      const at = { ServiceNamespace: NAMESPACE, ResourceId: id, ScalableDimension: DIMENSION } as const;
      const policies = await allPages(async (NextToken) => {
        const page = await read.autoScaling.send(new DescribeScalingPoliciesCommand({ ...at, NextToken }));
        return { items: page.ScalingPolicies, next: page.NextToken };
      });
      for (const { PolicyName } of policies) {
        await unlessNotFound(() =>
          write.autoScaling.send(new DeleteScalingPolicyCommand({ ...at, PolicyName })),
        );
      }
      const actions = await allPages(async (NextToken) => {
        const page = await read.autoScaling.send(new DescribeScheduledActionsCommand({ ...at, NextToken }));
        return { items: page.ScheduledActions, next: page.NextToken };
      });
      for (const { ScheduledActionName } of actions) {
        await unlessNotFound(() =>
          write.autoScaling.send(new DeleteScheduledActionCommand({ ...at, ScheduledActionName })),
        );
      }
    },
    async remove({ id }) {
      await write.autoScaling.send(
        new DeregisterScalableTargetCommand({
          ServiceNamespace: NAMESPACE,
          ResourceId: id,
          ScalableDimension: DIMENSION,
        }),
      );
      return GONE;
    },
  }),
};

/** Scalable targets of ECS services, with their policies and scheduled actions. */
export const applicationAutoScaling: readonly ResourceType[] = [scalableTarget];

function isOfServices({ ScalableDimension }: ScalableTarget): boolean {
  return ScalableDimension === DIMENSION;
}
