import { TargetGroup, type TargetGroupProps } from "../../../modules/ecs/target-group";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

const PROPS: TargetGroupProps = {
  names: testNames,
  service: "api",
  color: "blue",
  vpcId: "vpc-1",
  vpcCidr: "10.0.0.0/16",
  port: 8080,
  healthCheck: { path: "/health" },
  deregistrationDelaySeconds: 30,
};

const made = (props: Partial<TargetGroupProps> = {}) =>
  Template.of((stack) => void new TargetGroup(stack, "blue", { ...PROPS, ...props })).sole(
    "aws_lb_target_group",
  );

describe("target group", () => {
  it("sets every property of its health check", () =>
    expect(made()).toMatchObject({
      port: 8080,
      protocol: "HTTP",
      target_type: "ip",
      ip_address_type: "ipv4",
      vpc_id: "vpc-1",
      deregistration_delay: "30",
      health_check: {
        enabled: true,
        protocol: "HTTP",
        port: "traffic-port",
        path: "/health",
        matcher: "200",
        interval: 15,
        timeout: 5,
        healthy_threshold: 2,
        unhealthy_threshold: 3,
      },
    }));

  it("accepts other health check values", () =>
    expect(
      made({
        healthCheck: {
          path: "/ready",
          matcher: "200-299,401",
          intervalSeconds: 30,
          timeoutSeconds: 10,
          healthyThreshold: 3,
          unhealthyThreshold: 4,
        },
      }).health_check,
    ).toMatchObject({
      path: "/ready",
      matcher: "200-299,401",
      interval: 30,
      timeout: 10,
      healthy_threshold: 3,
      unhealthy_threshold: 4,
    }));

  it("is created before the group it replaces, under another name", () => {
    expect(made().lifecycle).toEqual({ create_before_destroy: true });
    expect(made().name).toMatch(/^automock-test-blue-[0-9a-f]{6}$/);
    expect(made({ port: 8081 }).name).not.toBe(made().name);
    expect(made({ vpcCidr: "10.1.0.0/16" }).name).not.toBe(made().name);
    expect(made({ healthCheck: { path: "/other" } }).name).toBe(made().name);
  });

  it("services and colors have distinct names", () => {
    const names = [made(), made({ service: "other" }), made({ color: "green" })].map(({ name }) => name);
    expect(new Set(names).size).toBe(3);
  });

  it("reports all faults at once", () =>
    expect(() =>
      made({
        port: 0,
        deregistrationDelaySeconds: 3601,
        healthCheck: {
          path: "health",
          matcher: "ok",
          intervalSeconds: 4,
          timeoutSeconds: 121,
          healthyThreshold: 1,
          unhealthyThreshold: 11,
        },
      }),
    ).toThrow(
      [
        "target group: port is 0; write a whole number from 1 to 65535",
        "target group: deregistrationDelaySeconds is 3601; write a whole number from 0 to 3600",
        'target group: healthCheck.path is "health"; write an absolute path, for example "/health"',
        'target group: healthCheck.matcher is "ok"; write status codes, for example "200" or "200-299"',
        "target group: healthCheck.intervalSeconds is 4; write a whole number from 5 to 300",
        "target group: healthCheck.timeoutSeconds is 121; write a whole number from 2 to 120",
        "target group: healthCheck.healthyThreshold is 1; write a whole number from 2 to 10",
        "target group: healthCheck.unhealthyThreshold is 11; write a whole number from 2 to 10",
        "target group: healthCheck.timeoutSeconds is 121; it must be below intervalSeconds (4)",
      ].join("\n"),
    ));
});
