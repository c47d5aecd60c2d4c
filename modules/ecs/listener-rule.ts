import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import type { Construct } from "constructs";
import type { TargetGroup } from "./target-group";

/**
 * Priority of a service's rule for all paths. A change of priority replaces the rule, so it is a constant;
 * rules that must come first take lower numbers.
 */
export const PRODUCTION_RULE_PRIORITY = 1000;

export interface ProductionRuleProps {
  readonly listenerArn: string;
  /** Gets all traffic. */
  readonly blue: TargetGroup;
  /** Second target group of a deployment that shifts traffic. Default: none. */
  readonly green?: TargetGroup;
}

/**
 * The rule that sends every path to a service. ECS wants a rule of its own to shift traffic on, not the
 * listener's default action, and both target groups on it from the start (100 to 0). After a deployment the
 * weights are ECS's: Terraform would move live traffic back.
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
