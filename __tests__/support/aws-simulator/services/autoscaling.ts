import type * as autoscaling from "@aws-sdk/client-application-auto-scaling";
import { anywhere, operation, type Need, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import type { World } from "../world/world";

const DIMENSION = "ecs:service:DesiredCount" as const;

function onTarget(action: string, world: World, resourceId: string | undefined): Need {
  const target = world.scalableTargets.get(resourceId);
  return {
    action: `application-autoscaling:${action}`,
    resource: target?.arn ?? world.arn("application-autoscaling", "scalable-target/*"),
    tags: target?.tags ?? {},
  };
}

const missing = (id: string | undefined) =>
  new AwsError(
    "ObjectNotFoundException",
    `No scalable target registered for service namespace: ecs, resource ID: ${id}`,
  );

export const AUTOSCALING: Operations = {
  DescribeScalableTargets: operation<
    autoscaling.DescribeScalableTargetsCommandInput,
    autoscaling.DescribeScalableTargetsCommandOutput
  >(anywhere("application-autoscaling:DescribeScalableTargets"), (input, { world }) => {
    const found = world.scalableTargets.where(
      (t) => !input.ResourceIds || input.ResourceIds.includes(t.resourceId),
    );
    const { items, next } = pageOf(world, found, (t) => t.id, input.NextToken, input.MaxResults);
    return {
      ScalableTargets: items.map((t) => ({
        ServiceNamespace: "ecs",
        ResourceId: t.resourceId,
        ScalableDimension: DIMENSION,
        MinCapacity: t.minimum,
        MaxCapacity: t.maximum,
        RoleARN: undefined,
        CreationTime: new Date(0),
        ScalableTargetARN: t.arn,
      })),
      NextToken: next,
    };
  }),
  DescribeScalingPolicies: operation<
    autoscaling.DescribeScalingPoliciesCommandInput,
    autoscaling.DescribeScalingPoliciesCommandOutput
  >(anywhere("application-autoscaling:DescribeScalingPolicies"), (input, { world }) => {
    const found = world.scalingPolicies.where(
      (p) =>
        (!input.ResourceId || p.resourceId === input.ResourceId) &&
        (!input.PolicyNames?.length || input.PolicyNames.includes(p.name)),
    );
    const { items, next } = pageOf(world, found, (p) => p.id, input.NextToken, input.MaxResults);
    return {
      ScalingPolicies: items.map((p) => ({
        PolicyARN: p.arn,
        PolicyName: p.name,
        ServiceNamespace: "ecs",
        ResourceId: p.resourceId,
        ScalableDimension: DIMENSION,
        PolicyType: "StepScaling",
        CreationTime: new Date(0),
      })),
      NextToken: next,
    };
  }),
  DescribeScheduledActions: operation<
    autoscaling.DescribeScheduledActionsCommandInput,
    autoscaling.DescribeScheduledActionsCommandOutput
  >(anywhere("application-autoscaling:DescribeScheduledActions"), () => ({ ScheduledActions: [] })),
  ListTagsForResource: operation<
    autoscaling.ListTagsForResourceCommandInput,
    autoscaling.ListTagsForResourceCommandOutput
  >(anywhere("application-autoscaling:ListTagsForResource"), (input, { world }) => {
    const target = world.scalableTargets.where((t) => t.arn === input.ResourceARN)[0];
    if (!target)
      throw new AwsError("ResourceNotFoundException", `The resource ${input.ResourceARN} was not found`);
    return { Tags: { ...target.tags } };
  }),
  DeregisterScalableTarget: operation<
    autoscaling.DeregisterScalableTargetCommandInput,
    autoscaling.DeregisterScalableTargetCommandOutput
  >(
    (input, world) => onTarget("DeregisterScalableTarget", world, input.ResourceId),
    (input, { world }) => {
      const target = world.scalableTargets.get(input.ResourceId);
      if (!target) throw missing(input.ResourceId);
      world.scalableTargets.delete(target.id);
      for (const policy of world.scalingPolicies.where((p) => p.resourceId === target.resourceId)) {
        world.scalingPolicies.delete(policy.id);
      }
      return {};
    },
  ),
  DeleteScalingPolicy: operation<
    autoscaling.DeleteScalingPolicyCommandInput,
    autoscaling.DeleteScalingPolicyCommandOutput
  >(
    (input, world) => onTarget("DeleteScalingPolicy", world, input.ResourceId),
    (input, { world }) => {
      const policy = world.scalingPolicies.where(
        (p) => p.name === input.PolicyName && p.resourceId === input.ResourceId,
      )[0];
      if (!policy)
        throw new AwsError("ObjectNotFoundException", `No scaling policy found: ${input.PolicyName}`);
      world.scalingPolicies.delete(policy.id);
      return {};
    },
  ),
};
