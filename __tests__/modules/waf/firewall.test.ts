import { Firewall } from "../../../modules/waf/firewall";
import { argumentsOf } from "../../support/arguments-of";
import { testNames as names } from "../../support/names";
import { Template } from "../../support/template";

it("blocks an address above its limit, and nothing else", () => {
  const template = Template.of((stack) => {
    new Firewall(stack, "firewall", { names, loadBalancerArn: "arn:lb", requestsPer5Minutes: 300 });
  });
  expect(template.counts()).toEqual({ aws_wafv2_web_acl: 1, aws_wafv2_web_acl_association: 1 });
  const metrics = { cloudwatch_metrics_enabled: true, sampled_requests_enabled: false };
  expect(argumentsOf(template.sole("aws_wafv2_web_acl"))).toEqual({
    name: "automock-test",
    description: "Limits how fast one address may send requests",
    scope: "REGIONAL",
    default_action: { allow: {} },
    rule: [
      {
        name: "requests-per-address",
        priority: 0,
        action: { block: {} },
        statement: {
          rate_based_statement: { limit: 300, evaluation_window_sec: 300, aggregate_key_type: "IP" },
        },
        visibility_config: { ...metrics, metric_name: "automock-test-requests-per-address" },
      },
    ],
    visibility_config: { ...metrics, metric_name: "automock-test" },
    tags: { Name: "automock-test" },
  });
  const [id] = Object.keys(template.byId("aws_wafv2_web_acl"));
  expect(argumentsOf(template.sole("aws_wafv2_web_acl_association"))).toEqual({
    resource_arn: "arn:lb",
    web_acl_arn: `\${aws_wafv2_web_acl.${id}.arn}`,
  });
});
