import { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";

/** AWS counts the requests of the last five minutes. */
const WINDOW_SECONDS = 300;

/** Name of the only rule; the dimension `Rule` of its metrics. */
const RATE_RULE = "requests-per-address";

export interface FirewallProps {
  readonly names: Names;
  /** ARN of the load balancer that it protects. */
  readonly loadBalancerArn: string;
  /** Requests that one address may send in five minutes, 10 to 2,000,000,000. */
  readonly requestsPer5Minutes: number;
}

/**
 * A web application firewall before a load balancer. It answers 403 to an address that sent too many requests in the
 * last five minutes, until it sends fewer. It looks at no content: a mock may be asked for anything. AWS counts every
 * few seconds, so some requests above the limit pass.
 *
 * Cost: $6 per month, and $0.60 per million requests (https://aws.amazon.com/waf/pricing/).
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    const { names, loadBalancerArn, requestsPer5Minutes } = props;
    const name = names.name("webAcl");
    const visible = (metricName: string) => ({
      cloudwatchMetricsEnabled: true,
      metricName,
      // A sample shows headers, which may hold secrets.
      sampledRequestsEnabled: false,
    });
    const acl = new Wafv2WebAcl(this, "acl", {
      name,
      description: "Limits how fast one address may send requests",
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      rule: [
        {
          name: RATE_RULE,
          priority: 0,
          action: { block: {} },
          // cdktf has no type for statements.
          statement: {
            rate_based_statement: {
              limit: requestsPer5Minutes,
              evaluation_window_sec: WINDOW_SECONDS,
              aggregate_key_type: "IP",
            },
          },
          visibilityConfig: visible(`${name}-${RATE_RULE}`),
        },
      ],
      visibilityConfig: visible(name),
      tags: { Name: name },
    });
    new Wafv2WebAclAssociation(this, "association", { resourceArn: loadBalancerArn, webAclArn: acl.arn });
  }
}
