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
import { errorName, unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import type { EnvScope, Found } from "../engine/resource";
import { elbTags } from "./elb-tags";
import type { Operations, ResourceType } from "./resource-type";
import { ACCEPTED, arnHints, GONE, isCandidateName, presentIf, type Tags } from "./shared";

export const LOAD_BALANCER = "elasticloadbalancing:load-balancer";
const LISTENER = "elasticloadbalancing:listener";
const RULE = "elasticloadbalancing:listener-rule";
const TARGET_GROUP = "elasticloadbalancing:target-group";

const loadBalancer: ResourceType = {
  type: LOAD_BALANCER,
  terraform: ["aws_lb"],
  arns: ["loadbalancer/"],
  after: ["route53:record"], // which lead here: without it nobody could tell whose they are
  handler: ({ read, write }) => ({
    async *list(env) {
      yield* await withTags(read, LOAD_BALANCER, await candidateLoadBalancers(read, env));
    },
    look: ({ id }) =>
      presentIf(async () => {
        const answer = await read.elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [id] }));
        return answer.LoadBalancers?.length;
      }),
    async remove({ id: LoadBalancerArn }) {
      const remove = () => write.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
      try {
        await remove();
      } catch (error) {
        // Most are not protected, and AWS takes only three of these calls per second.
        if (errorName(error) !== "OperationNotPermittedException") throw error;
        await write.elb.send(
          new ModifyLoadBalancerAttributesCommand({
            LoadBalancerArn,
            Attributes: [{ Key: "deletion_protection.enabled", Value: "false" }],
          }),
        );
        await remove();
      }
      return ACCEPTED;
    },
  }),
};

const listener: ResourceType = {
  type: LISTENER,
  terraform: ["aws_lb_listener"],
  parts: ["aws_lb_listener_certificate"],
  arns: ["listener/"],
  after: [RULE],
  handler: ({ read, write }) => ({
    ...partOperations(LISTENER, read, async (arn) => {
      return (await read.elb.send(new DescribeListenersCommand({ ListenerArns: [arn] }))).Listeners?.length;
    }),
    async remove({ id }) {
      await write.elb.send(new DeleteListenerCommand({ ListenerArn: id }));
      return GONE;
    },
  }),
};

const rule: ResourceType = {
  type: RULE,
  terraform: ["aws_lb_listener_rule"],
  arns: ["listener-rule/"],
  handler: ({ read, write }) => ({
    ...partOperations(RULE, read, async (arn) => {
      return (await read.elb.send(new DescribeRulesCommand({ RuleArns: [arn] }))).Rules?.length;
    }),
    async remove({ id }) {
      await write.elb.send(new DeleteRuleCommand({ RuleArn: id }));
      return GONE;
    },
  }),
};

const targetGroup: ResourceType = {
  type: TARGET_GROUP,
  terraform: ["aws_lb_target_group"],
  arns: ["targetgroup/"],
  after: [LOAD_BALANCER, LISTENER, RULE, "ecs:service"],
  handler: ({ read, write }) => ({
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
      yield* await withTags(read, TARGET_GROUP, candidatesOf(TARGET_GROUP, seen, env));
    },
    look: ({ id }) =>
      presentIf(async () => {
        const answer = await read.elb.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [id] }));
        return answer.TargetGroups?.length;
      }),
    async remove({ id }) {
      await write.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: id }));
      return GONE;
    },
  }),
};

/** Load balancers, listeners, rules, target groups. */
export const elb: readonly ResourceType[] = [loadBalancer, listener, rule, targetGroup];

async function withTags(read: Clients, type: string, candidates: readonly Seen[]): Promise<Found[]> {
  const tags = await elbTags(
    read,
    candidates.map(({ arn }) => arn),
  );
  return candidates.flatMap(({ arn, name, vpcId }) => {
    const own: Tags | undefined = tags.get(arn);
    return own ? [{ type, id: arn, arn, name, vpcId, tags: own }] : [];
  });
}

/** Only those of a foreign load balancer. The environment's own is deleted with its listeners and rules. */
function onForeignLoadBalancer(type: string, env: EnvScope): string[] {
  const own = new Set(arnHints(env, LOAD_BALANCER));
  return arnHints(env, type).filter((arn) => !own.has(loadBalancerOf(arn)));
}

/** Tags are read only for what Describe returns. The tag index and DescribeTags may contain more. */
function partOperations(
  type: string,
  read: Clients,
  describe: (arn: string) => Promise<unknown>,
): Pick<Operations, "list" | "look"> {
  return {
    async *list(env) {
      for (const arn of onForeignLoadBalancer(type, env)) {
        if ((await presentIf(() => describe(arn))) === "absent") continue;
        const tags = (await unlessNotFound(() => elbTags(read, [arn])))?.get(arn);
        if (tags) yield { type, id: arn, arn, tags };
      }
    },
    look: ({ id }) => presentIf(() => describe(id)),
  };
}

interface Seen {
  readonly arn: string;
  readonly name?: string;
  readonly vpcId?: string;
}

/** What the state or the tag index names, what is in an owned VPC, and what has the environment's name. */
function candidatesOf<S extends Seen>(type: string, all: readonly S[], env: EnvScope): S[] {
  const hints = arnHints(env, type);
  return all.filter(
    ({ arn, name, vpcId }) =>
      hints.includes(arn) || env.ownedVpcIds.includes(vpcId ?? "") || isCandidateName(name, env),
  );
}

/** Load balancers that may belong to the environment. */
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
