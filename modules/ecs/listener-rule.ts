import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import type { Construct } from "constructs";
import type { TargetGroup } from "./target-group";

/**
 * Priority of a service's rule for all paths. Changing it would replace the rule. Rules that must come first have lower
 * numbers.
 */
export const PRODUCTION_RULE_PRIORITY = 1000;

export interface ProductionRuleProps {
  readonly listenerArn: string;
  /** Gets all traffic. */
  readonly blue: TargetGroup;
  /** Second target group, for a deployment that shifts traffic. @default none */
  readonly green?: TargetGroup;
}

/**
 * The rule that forwards every path to a service. To shift traffic, ECS needs a rule, not the listener's default
 * action, with both target groups from the start (100 to 0). ECS then changes the weights, so Terraform ignores them.
 */
export function productionRule(scope: Construct, id: string, props: ProductionRuleProps): LbListenerRule {
  const { blue, green } = props;
  return new LbListenerRule(scope, id, {
    listenerArn: props.listenerArn,
    priority: PRODUCTION_RULE_PRIORITY,
    condition: [{ pathPattern: { values: ["/*"] } }],
    action: [
      {
        type: "forward",
        forward: {
          targetGroup: [
            { arn: blue.targetGroupArn, weight: 100 },
            ...(green ? [{ arn: green.targetGroupArn, weight: 0 }] : []),
          ],
        },
      },
    ],
    tags: { Name: "production" },
    lifecycle: green ? { ignoreChanges: ["action"] } : undefined,
  });
}
