import { LbListenerRule, type LbListenerRuleConfig } from "@cdktf/provider-aws/lib/lb-listener-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { controlPlaneRules, type ControlPlaneRule } from "./control-plane";

export interface ControlPlaneRulesProps {
  /** Listener that takes the traffic. */
  readonly listenerArn: string;
  /** Target group of MockServer. */
  readonly targetGroupArn: string;
  /**
   * Networks that may use MockServer's control plane, at most 300, never 0.0.0.0/0. The load balancer's
   * security group must let them in as well. Empty: nobody reaches it through the load balancer.
   */
  readonly controlPlaneCidrs: readonly string[];
}

/** Answer to a control request from a network that is not allowed. */
const DENIED = JSON.stringify({ error: "the control plane is closed to this network" });

/**
 * Listener rules that open MockServer's control plane, with and without the `/mockserver` prefix, to its own
 * networks only; everyone else gets 403. Their priorities are below the service's rule.
 *
 * Cost: a load balancer bills rule evaluations beyond 10 per request. With about 30 rules that is 20 per
 * request, 0.16 USD per hour at 1000 requests a second in us-east-1.
 * https://aws.amazon.com/elasticloadbalancing/pricing/
 */
export class ControlPlaneRules extends Construct {
  /** What the rules say, in the order of their priorities. */
  public readonly rules: readonly ControlPlaneRule[];
  /** Until these rules exist, the service's rule for all paths would let everyone reach the control plane. */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ControlPlaneRulesProps) {
    super(scope, id);
    this.rules = controlPlaneRules(props.controlPlaneCidrs);
    this.ready = this.rules.map(
      (rule) =>
        // The priority identifies a rule: its values change in place.
        new LbListenerRule(this, `priority-${rule.priority}`, {
          listenerArn: props.listenerArn,
          priority: rule.priority,
          condition: conditions(rule),
          action: [
            rule.action === "forward"
              ? { type: "forward", forward: { targetGroup: [{ arn: props.targetGroupArn, weight: 100 }] } }
              : {
                  type: "fixed-response",
                  fixedResponse: {
                    statusCode: "403",
                    contentType: "application/json",
                    messageBody: DENIED,
                  },
                },
          ],
          tags: { Name: rule.action === "forward" ? "control-plane" : "control-plane-closed" },
        }),
    );
  }
}

function conditions({ sourceCidrs, methods, paths }: ControlPlaneRule): LbListenerRuleConfig["condition"] {
  return [
    ...(sourceCidrs ? [{ sourceIp: { values: [...sourceCidrs] } }] : []),
    ...(methods ? [{ httpRequestMethod: { values: [...methods] } }] : []),
    ...(paths ? [{ pathPattern: { values: [...paths] } }] : []),
  ];
}
