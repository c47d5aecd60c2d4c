import type * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { anywhere, operation, type Call, type Need, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { after, DURATIONS } from "../world/after";
import { tagList, type Entity } from "../world/entity";
import type { LoadBalancer } from "../world/workload";
import type { World } from "../world/world";
import { deliverLog } from "./s3-objects";

/** Permission on the resource with this ARN. */
function onArn(action: string, item: Entity | undefined, arn: string | undefined): Need {
  return { action: `elasticloadbalancing:${action}`, resource: arn ?? "*", tags: item?.tags ?? {} };
}

const missing = (what: string) => new AwsError(`${what}NotFoundException`, `One or more ${what}s not found`);

function byArns<T extends Entity>(all: T[], arns: string[] | undefined, what: string): T[] {
  if (!arns?.length) return all;
  return arns.map((arn) => {
    const item = all.find((candidate) => candidate.arn === arn);
    if (!item) throw missing(what);
    return item;
  });
}

export const ELB: Operations = {
  DescribeLoadBalancers: operation<
    elb.DescribeLoadBalancersCommandInput,
    elb.DescribeLoadBalancersCommandOutput
  >(anywhere("elasticloadbalancing:DescribeLoadBalancers"), (input, { world }) => {
    let found = byArns(world.loadBalancers.all(), input.LoadBalancerArns, "LoadBalancer");
    if (input.Names) {
      found = found.filter((item) => input.Names!.includes(item.name));
      if (found.length < input.Names.length) throw missing("LoadBalancer");
    }
    const { items, next } = pageOf(world, found, (item) => item.id, input.Marker, input.PageSize);
    return {
      LoadBalancers: items.map((item) => ({
        LoadBalancerArn: item.arn,
        LoadBalancerName: item.name,
        DNSName: dnsName(item, world),
        VpcId: item.vpcId,
        Type: "application",
        Scheme: "internet-facing",
        State: { Code: "active" },
        SecurityGroups: [...item.groupIds],
        AvailabilityZones: item.subnetIds.map((SubnetId) => ({ SubnetId })),
      })),
      NextMarker: next,
    };
  }),
  DescribeLoadBalancerAttributes: operation<
    elb.DescribeLoadBalancerAttributesCommandInput,
    elb.DescribeLoadBalancerAttributesCommandOutput
  >(anywhere("elasticloadbalancing:DescribeLoadBalancerAttributes"), (input, { world }) => {
    const [item] = byArns(world.loadBalancers.all(), [input.LoadBalancerArn!], "LoadBalancer");
    return { Attributes: [{ Key: "deletion_protection.enabled", Value: String(item!.deletionProtection) }] };
  }),
  ModifyLoadBalancerAttributes: operation<
    elb.ModifyLoadBalancerAttributesCommandInput,
    elb.ModifyLoadBalancerAttributesCommandOutput
  >(
    (input, world) =>
      onArn(
        "ModifyLoadBalancerAttributes",
        byArn(world.loadBalancers.all(), input.LoadBalancerArn),
        input.LoadBalancerArn,
      ),
    (input, { world }) => {
      const [item] = byArns(world.loadBalancers.all(), [input.LoadBalancerArn!], "LoadBalancer");
      for (const { Key, Value } of input.Attributes ?? []) {
        if (Key === "deletion_protection.enabled") item!.deletionProtection = Value === "true";
      }
      return { Attributes: input.Attributes };
    },
  ),
  DeleteLoadBalancer: operation<elb.DeleteLoadBalancerCommandInput, elb.DeleteLoadBalancerCommandOutput>(
    (input, world) =>
      onArn(
        "DeleteLoadBalancer",
        byArn(world.loadBalancers.all(), input.LoadBalancerArn),
        input.LoadBalancerArn,
      ),
    (input, call) => {
      const item = byArn(call.world.loadBalancers.all(), input.LoadBalancerArn);
      if (item) deleteLoadBalancer(item, call); // deleting twice succeeds
      return {};
    },
  ),
  DescribeListeners: operation<elb.DescribeListenersCommandInput, elb.DescribeListenersCommandOutput>(
    anywhere("elasticloadbalancing:DescribeListeners"),
    (input, { world }) => {
      if (input.LoadBalancerArn) byArns(world.loadBalancers.all(), [input.LoadBalancerArn], "LoadBalancer");
      const found = byArns(world.listeners.all(), input.ListenerArns, "Listener").filter(
        (item) => !input.LoadBalancerArn || item.loadBalancerArn === input.LoadBalancerArn,
      );
      const { items, next } = pageOf(world, found, (item) => item.id, input.Marker, input.PageSize);
      return {
        Listeners: items.map((item) => ({
          ListenerArn: item.arn,
          LoadBalancerArn: item.loadBalancerArn,
          Port: item.port,
          Certificates: item.certificateArn === undefined ? [] : [{ CertificateArn: item.certificateArn }],
          DefaultActions: item.targetGroupArns.map((TargetGroupArn) => ({ Type: "forward", TargetGroupArn })),
        })),
        NextMarker: next,
      };
    },
  ),
  DeleteListener: operation<elb.DeleteListenerCommandInput, elb.DeleteListenerCommandOutput>(
    (input, world) =>
      onArn("DeleteListener", byArn(world.listeners.all(), input.ListenerArn), input.ListenerArn),
    (input, call) => {
      const { world } = call;
      const [item] = byArns(world.listeners.all(), [input.ListenerArn!], "Listener");
      deleteListener(item!.id, world);
      return {};
    },
  ),
  DescribeRules: operation<elb.DescribeRulesCommandInput, elb.DescribeRulesCommandOutput>(
    anywhere("elasticloadbalancing:DescribeRules"),
    (input, { world }) => {
      if (input.ListenerArn) byArns(world.listeners.all(), [input.ListenerArn], "Listener");
      const found = byArns(world.listenerRules.all(), input.RuleArns, "Rule").filter(
        (item) => !input.ListenerArn || item.listenerArn === input.ListenerArn,
      );
      const { items, next } = pageOf(world, found, (item) => item.id, input.Marker, input.PageSize);
      return {
        Rules: items.map((item) => ({
          RuleArn: item.arn,
          Priority: item.priority,
          IsDefault: item.priority === "default",
          Actions: item.targetGroupArns.map((TargetGroupArn) => ({ Type: "forward", TargetGroupArn })),
        })),
        NextMarker: next,
      };
    },
  ),
  DeleteRule: operation<elb.DeleteRuleCommandInput, elb.DeleteRuleCommandOutput>(
    (input, world) => onArn("DeleteRule", byArn(world.listenerRules.all(), input.RuleArn), input.RuleArn),
    (input, { world }) => {
      const [item] = byArns(world.listenerRules.all(), [input.RuleArn!], "Rule");
      if (item!.priority === "default") {
        throw new AwsError("OperationNotPermittedException", "Default rule cannot be deleted");
      }
      world.listenerRules.delete(item!.id);
      return {};
    },
  ),
  DescribeTargetGroups: operation<
    elb.DescribeTargetGroupsCommandInput,
    elb.DescribeTargetGroupsCommandOutput
  >(anywhere("elasticloadbalancing:DescribeTargetGroups"), (input, { world }) => {
    let found = byArns(world.targetGroups.all(), input.TargetGroupArns, "TargetGroup");
    if (input.LoadBalancerArn) {
      const used = groupsOf(world, input.LoadBalancerArn);
      found = found.filter((item) => used.has(item.arn));
    }
    if (input.Names) {
      found = found.filter((item) => input.Names!.includes(item.name));
      if (found.length < input.Names.length) throw missing("TargetGroup");
    }
    const { items, next } = pageOf(world, found, (item) => item.id, input.Marker, input.PageSize);
    return {
      TargetGroups: items.map((item) => ({
        TargetGroupArn: item.arn,
        TargetGroupName: item.name,
        VpcId: item.vpcId,
        LoadBalancerArns: world.loadBalancers
          .where((balancer) => groupsOf(world, balancer.arn).has(item.arn))
          .map((balancer) => balancer.arn),
      })),
      NextMarker: next,
    };
  }),
  ModifyTargetGroupAttributes: operation<
    elb.ModifyTargetGroupAttributesCommandInput,
    elb.ModifyTargetGroupAttributesCommandOutput
  >(
    (input, world) =>
      onArn(
        "ModifyTargetGroupAttributes",
        byArn(world.targetGroups.all(), input.TargetGroupArn),
        input.TargetGroupArn,
      ),
    (input, { world }) => {
      const [item] = byArns(world.targetGroups.all(), [input.TargetGroupArn!], "TargetGroup");
      for (const { Key, Value } of input.Attributes ?? []) {
        if (Key === "deregistration_delay.timeout_seconds") item!.deregistrationDelaySeconds = Number(Value);
      }
      return { Attributes: input.Attributes };
    },
  ),
  DeleteTargetGroup: operation<elb.DeleteTargetGroupCommandInput, elb.DeleteTargetGroupCommandOutput>(
    (input, world) =>
      onArn("DeleteTargetGroup", byArn(world.targetGroups.all(), input.TargetGroupArn), input.TargetGroupArn),
    (input, { world, now }) => {
      const item = byArn(world.targetGroups.all(), input.TargetGroupArn);
      if (!item) return {}; // deleting twice succeeds
      const used = world.loadBalancers.some((balancer) => groupsOf(world, balancer.arn).has(item.arn));
      if (used || item.inUseUntil > now) {
        throw new AwsError(
          "ResourceInUseException",
          `Target group '${item.arn}' is currently in use by a listener or a rule`,
        );
      }
      world.targetGroups.delete(item.id);
      return {};
    },
  ),
  DescribeTags: operation<elb.DescribeTagsCommandInput, elb.DescribeTagsCommandOutput>(
    anywhere("elasticloadbalancing:DescribeTags"),
    (input, { world }) => {
      const arns = input.ResourceArns ?? [];
      if (arns.length > 20) throw new AwsError("ValidationError", "Too many resources: at most 20");
      const kinds = [
        ["LoadBalancer", world.loadBalancers],
        ["TargetGroup", world.targetGroups],
        ["Listener", world.listeners],
        ["Rule", world.listenerRules],
      ] as const;
      return {
        TagDescriptions: arns.map((arn) => {
          for (const [, store] of kinds) {
            const item = byArn<Entity>(store.all(), arn);
            if (item) return { ResourceArn: arn, Tags: tagList(item.tags) };
          }
          const kind = /:(listener-rule|listener|loadbalancer|targetgroup)\//.exec(arn)?.[1] ?? "";
          const names: Record<string, string> = {
            "listener-rule": "Rule",
            listener: "Listener",
            targetgroup: "TargetGroup",
          };
          throw missing(names[kind] ?? "LoadBalancer");
        }),
      };
    },
  ),
};

function byArn<T extends Entity>(all: T[], arn: string | undefined): T | undefined {
  return all.find((item) => item.arn === arn);
}

/** Name that alias records point at. */
export function dnsName(item: LoadBalancer, world: World): string {
  return `${item.name}-${item.id}.${world.place.region}.elb.amazonaws.com`;
}

/** ARNs of the target groups that listeners and rules of a load balancer use. */
function groupsOf(world: World, loadBalancerArn: string): Set<string> {
  const listeners = world.listeners.where((listener) => listener.loadBalancerArn === loadBalancerArn);
  const rules = world.listenerRules.where((rule) =>
    listeners.some((listener) => listener.arn === rule.listenerArn),
  );
  return new Set([...listeners, ...rules].flatMap((item) => item.targetGroupArns));
}

function deleteListener(id: string, world: World): void {
  const listener = world.listeners.get(id)!;
  for (const rule of world.listenerRules.where((item) => item.listenerArn === listener.arn)) {
    world.listenerRules.delete(rule.id);
  }
  world.listeners.delete(id);
}

function deleteLoadBalancer(item: LoadBalancer, call: Call): void {
  const { world, now, random } = call;
  if (item.deletionProtection) {
    throw new AwsError(
      "OperationNotPermittedException",
      `Load balancer '${item.arn}' cannot be deleted because deletion protection is enabled`,
    );
  }
  const used = groupsOf(world, item.arn);
  for (const group of world.targetGroups.where((candidate) => used.has(candidate.arn))) {
    group.inUseUntil = now + random.duration(DURATIONS.targetGroupRelease);
  }
  for (const listener of world.listeners.where((candidate) => candidate.loadBalancerArn === item.arn)) {
    const certificate = world.certificates.where((candidate) => candidate.arn === listener.certificateArn)[0];
    if (certificate) certificate.inUseUntil = now + random.duration(DURATIONS.certificateRelease);
    deleteListener(listener.id, world);
  }
  world.loadBalancers.delete(item.id);
  // The interfaces go later, each in its own time, and the last log file comes after the deletion.
  for (const id of item.interfaceIds) {
    after(call, DURATIONS.loadBalancerInterfaces, () => world.interfaces.delete(id));
  }
  if (item.logBucket !== undefined) {
    const bucket = item.logBucket;
    after(call, DURATIONS.logDelivery, () => deliverLog(world, bucket, call.clock.now()));
  }
}
