import {
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ModifyLoadBalancerAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { EnvScope, Found, Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";
import { elbTags } from "./elb-targets";
import { ACCEPTED, arnHints, GONE, isCandidateName, type HandlerFactory, type Tags } from "./shared";

export const LOAD_BALANCER = "elasticloadbalancing:load-balancer";
const LISTENER = "elasticloadbalancing:listener";
const RULE = "elasticloadbalancing:listener-rule";
const TARGET_GROUP = "elasticloadbalancing:target-group";

/** Load balancers, listeners, rules, target groups. */
export const elb: HandlerFactory = ({ read, write }) => {
  async function withTags(type: string, candidates: readonly Seen[]): Promise<Found[]> {
    const tags = await elbTags(
      read,
      candidates.map(({ arn }) => arn),
    );
    return candidates.flatMap(({ arn, name, vpcId }) => {
      const own: Tags | undefined = tags.get(arn);
      return own ? [{ type, id: arn, arn, name, vpcId, tags: own }] : [];
    });
  }

  const loadBalancer: Handler = {
    type: LOAD_BALANCER,
    layer: "workload",
    after: ["route53:record"], // which lead here: without it nobody could tell whose they are
    stuckMs: 15 * MINUTE,
    async *list(env) {
      yield* await withTags(LOAD_BALANCER, await candidateLoadBalancers(read, env));
    },
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [id] })),
      );
      return found?.LoadBalancers?.length ? "present" : "absent";
    },
    async prepare({ id }) {
      await write.elb.send(
        new ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn: id,
          Attributes: [{ Key: "deletion_protection.enabled", Value: "false" }],
        }),
      );
    },
    async remove({ id }) {
      await write.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: id }));
      return ACCEPTED;
    },
  };

  /** Only those of a foreign load balancer: one's own takes its listeners and rules along. */
  const onForeignLoadBalancer = (type: string, env: EnvScope): string[] => {
    const own = new Set(arnHints(env, LOAD_BALANCER));
    return arnHints(env, type).filter((arn) => !own.has(loadBalancerOf(arn)));
  };

  /** Tags are asked for what Describe still knows: the tag index and DescribeTags may know more. */
  async function* listedOne(type: string, arn: string, look: Handler["look"]): AsyncGenerator<Found> {
    if ((await look({ type, id: arn, tags: {} })) === "absent") return;
    const tags = (await unlessNotFound(() => elbTags(read, [arn])))?.get(arn);
    if (tags) yield { type, id: arn, arn, tags };
  }

  const lookAtListener: Handler["look"] = async ({ id }) => {
    const found = await unlessNotFound(() =>
      read.elb.send(new DescribeListenersCommand({ ListenerArns: [id] })),
    );
    return found?.Listeners?.length ? "present" : "absent";
  };
  const listener: Handler = {
    type: LISTENER,
    layer: "workload",
    after: [RULE],
    stuckMs: 15 * MINUTE,
    async *list(env) {
      for (const arn of onForeignLoadBalancer(LISTENER, env)) yield* listedOne(LISTENER, arn, lookAtListener);
    },
    look: lookAtListener,
    async remove({ id }) {
      await write.elb.send(new DeleteListenerCommand({ ListenerArn: id }));
      return GONE;
    },
  };

  const lookAtRule: Handler["look"] = async ({ id }) => {
    const found = await unlessNotFound(() => read.elb.send(new DescribeRulesCommand({ RuleArns: [id] })));
    return found?.Rules?.length ? "present" : "absent";
  };
  const rule: Handler = {
    type: RULE,
    layer: "workload",
    after: [],
    stuckMs: 15 * MINUTE,
    async *list(env) {
      for (const arn of onForeignLoadBalancer(RULE, env)) yield* listedOne(RULE, arn, lookAtRule);
    },
    look: lookAtRule,
    async remove({ id }) {
      await write.elb.send(new DeleteRuleCommand({ RuleArn: id }));
      return GONE;
    },
  };

  const targetGroup: Handler = {
    type: TARGET_GROUP,
    layer: "workload",
    after: [LOAD_BALANCER, LISTENER, RULE, "ecs:service"],
    stuckMs: 15 * MINUTE,
    async *list(env) {
      const all = await allPages(async (Marker) => {
        const page = await read.elb.send(new DescribeTargetGroupsCommand({ Marker }));
        return { items: page.TargetGroups, next: page.NextMarker };
      });
      const seen = all.map((one) => ({
        arn: one.TargetGroupArn!,
        name: one.TargetGroupName,
        vpcId: one.VpcId,
      }));
      yield* await withTags(TARGET_GROUP, candidatesOf(TARGET_GROUP, seen, env));
    },
    async look({ id }) {
      const found = await unlessNotFound(() =>
        read.elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [id] })),
      );
      return found?.TargetGroups?.length ? "present" : "absent";
    },
    async remove({ id }) {
      await write.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: id }));
      return GONE;
    },
  };

  return [loadBalancer, listener, rule, targetGroup];
};

interface Seen {
  readonly arn: string;
  readonly name?: string;
  readonly vpcId?: string;
}

/** Whatever the state or the tag index names, whatever lies in an owned VPC, and whatever is named like us. */
function candidatesOf<S extends Seen>(type: string, all: readonly S[], env: EnvScope): S[] {
  const hints = arnHints(env, type);
  return all.filter(
    ({ arn, name, vpcId }) =>
      hints.includes(arn) || env.ownedVpcIds.includes(vpcId ?? "") || isCandidateName(name, env),
  );
}

/** Load balancers that may be the environment's. */
export async function candidateLoadBalancers(
  read: Clients,
  env: EnvScope,
): Promise<(Seen & { readonly dnsName?: string })[]> {
  const all = await allPages(async (Marker) => {
    const page = await read.elb.send(new DescribeLoadBalancersCommand({ Marker }));
    return { items: page.LoadBalancers, next: page.NextMarker };
  });
  const seen = all.map((one) => ({
    arn: one.LoadBalancerArn!,
    name: one.LoadBalancerName,
    vpcId: one.VpcId,
    dnsName: one.DNSName,
  }));
  return candidatesOf(LOAD_BALANCER, seen, env);
}

/** `…:listener/app/<name>/<id>/…` and `…:listener-rule/app/<name>/<id>/…` belong to `…:loadbalancer/app/<name>/<id>`. */
export function loadBalancerOf(listenerOrRuleArn: string): string {
  return listenerOrRuleArn
    .replace(/:listener(-rule)?\//, ":loadbalancer/")
    .split("/")
    .slice(0, 4)
    .join("/");
}
