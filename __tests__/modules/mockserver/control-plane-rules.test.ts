import { controlPlaneRules } from "../../../modules/mockserver/control-plane";
import { ControlPlaneRules } from "../../../modules/mockserver/control-plane-rules";
import { Template } from "../../support/template";

const CIDRS = ["10.0.0.0/8", "203.0.113.0/28"];

function rules(): Template {
  return Template.of((stack) => {
    new ControlPlaneRules(stack, "control-plane", {
      listenerArn: "listener",
      targetGroupArn: "target-group",
      controlPlaneCidrs: CIDRS,
    });
  });
}

describe("ControlPlaneRules", () => {
  const template = rules();
  const byPriority = new Map(template.all("aws_lb_listener_rule").map((rule) => [rule["priority"], rule]));

  it("creates only one listener rule per rule", () => {
    expect(template.counts()).toEqual({ aws_lb_listener_rule: controlPlaneRules(CIDRS).length });
    expect([...byPriority.keys()].sort()).toEqual(controlPlaneRules(CIDRS).map(({ priority }) => priority));
  });

  it("forwards the control plane's networks to MockServer", () => {
    expect(byPriority.get(100)).toMatchObject({
      listener_arn: "listener",
      condition: [{ source_ip: { values: CIDRS } }],
      action: [{ type: "forward", forward: { target_group: [{ arn: "target-group", weight: 100 }] } }],
      tags: { Name: "control-plane" },
    });
  });

  it("returns 403 as JSON for every other rule", () => {
    for (const [priority, rule] of byPriority)
      if (priority !== 100)
        expect(rule).toMatchObject({
          listener_arn: "listener",
          action: [
            {
              type: "fixed-response",
              fixed_response: {
                status_code: "403",
                content_type: "application/json",
                message_body: '{"error":"the control plane is closed to this network"}',
              },
            },
          ],
          tags: { Name: "control-plane-closed" },
        });
  });

  it("uses methods and paths as two conditions that must both match", () => {
    expect(byPriority.get(200)!["condition"]).toEqual([
      { path_pattern: { values: ["/mockserver", "/mockserver/*", "/_mockserver*"] } },
    ]);
    expect(byPriority.get(700)!["condition"]).toEqual([
      { http_request_method: { values: ["POST"] } },
      { path_pattern: { values: ["/chaosExperiment/apply/*", "/wasm/test"] } },
    ]);
    expect(byPriority.get(800)!["condition"]).toEqual([{ http_request_method: { values: ["CONNECT"] } }]);
  });

  it("names each rule by its priority", () =>
    expect(Object.keys(template.byId("aws_lb_listener_rule"))).toContainEqual(
      expect.stringMatching(/^control-plane_priority-100_[0-9A-F]{8}$/),
    ));
});
