import type { FargateService, FargateServiceProps } from "../../../modules/ecs/fargate-service";
import { PRODUCTION_RULE_PRIORITY } from "../../../modules/ecs/listener-rule";
import { testCluster, testService } from "../../support/ecs";
import { Template, type Resource } from "../../support/template";

const BLUE_GREEN = { strategy: "blueGreen", bakeMinutes: 10, alarmNames: ["errors"] } as const;
const CANARY = {
  ...BLUE_GREEN,
  strategy: "canary",
  canaryPercent: 10,
  canaryBakeMinutes: 5,
} as const;
const LINEAR = { ...BLUE_GREEN, strategy: "linear", stepPercent: 20, stepBakeMinutes: 5 } as const;
const SHIFTING = [BLUE_GREEN, CANARY, LINEAR] as const;

function synthesized(props: Partial<FargateServiceProps> = {}) {
  let made!: FargateService;
  const template = Template.of((stack) => (made = testService(stack, props)));
  return { template, made, service: template.sole("aws_ecs_service") };
}

const ruleOf = (template: Template) => template.sole("aws_lb_listener_rule");
const reference = (template: Template, type: string, id: RegExp, attribute = "") => {
  const found = Object.keys(template.byId(type)).filter((key) => id.test(key));
  expect(found).toHaveLength(1);
  return attribute ? `\${${type}.${found[0]}.${attribute}}` : `${type}.${found[0]}`;
};

describe("rolling service", () => {
  const { template, service, made } = synthesized();

  it("creates these resources and no others", () =>
    expect(template.counts()).toEqual({
      aws_cloudwatch_log_group: 2,
      aws_ecs_cluster: 1,
      aws_ecs_cluster_capacity_providers: 1,
      aws_ecs_service: 1,
      aws_lb: 1,
      aws_lb_listener: 1,
      aws_lb_listener_rule: 1,
      aws_lb_target_group: 1,
      aws_security_group: 2,
      aws_vpc_security_group_egress_rule: 2,
      aws_vpc_security_group_ingress_rule: 2,
    }));

  it("rolls back, and never runs fewer tasks than desired", () => {
    expect(service.deployment_circuit_breaker).toEqual({ enable: true, rollback: true });
    expect(service.deployment_minimum_healthy_percent).toBe(100);
    expect(service.deployment_maximum_percent).toBe(200);
    expect(service.alarms).toBeUndefined();
    expect(service.deployment_configuration).toBeUndefined();
    expect(service.timeouts).toBeUndefined();
  });

  it("starts with the minimum, then ignores the task count", () => {
    expect(service.desired_count).toBe(2);
    expect((service.lifecycle as Resource).ignore_changes).toEqual(["desired_count"]);
  });

  it("rolled-back-is-a-failure: the service must run the revision that was asked for", () => {
    expect((service.lifecycle as Resource).postcondition).toEqual([
      {
        condition: `\${(self.task_definition == "arn:aws:ecs:us-east-1:111122223333:task-definition/api:1")}`,
        error_message:
          "ECS has rolled the deployment back: automock-test-api runs ${self.task_definition} again.",
      },
    ]);
  });

  it("sets explicit values instead of provider and AWS defaults", () => {
    expect(service).toMatchObject({
      name: "automock-test-api",
      task_definition: "arn:aws:ecs:us-east-1:111122223333:task-definition/api:1",
      availability_zone_rebalancing: "ENABLED",
      enable_execute_command: false,
      enable_ecs_managed_tags: true,
      propagate_tags: "SERVICE",
      health_check_grace_period_seconds: 60,
      wait_for_steady_state: true,
      force_new_deployment: true,
      tags: { Name: "automock-test-api" },
    });
    expect(service.launch_type).toBeUndefined();
    expect(service.capacity_provider_strategy).toEqual([
      { capacity_provider: "FARGATE", base: 0, weight: 1 },
    ]);
  });

  it("runs without public addresses, behind its own security group", () =>
    expect(service.network_configuration).toEqual({
      assign_public_ip: false,
      subnets: ["subnet-3", "subnet-4"],
      security_groups: [reference(template, "aws_security_group", /^service_/, "id")],
    }));

  it("uses one port and one target group", () => {
    const targetGroup = template.sole("aws_lb_target_group");
    expect(targetGroup).toMatchObject({ port: 8080, deregistration_delay: "30" });
    expect(service.load_balancer).toEqual([
      {
        container_name: "api",
        container_port: 8080,
        target_group_arn: reference(template, "aws_lb_target_group", /^service_blue_/, "arn"),
      },
    ]);
    expect(made.targetGroups).toHaveLength(1);
  });

  it("waits for the listener rule, the security group rules and the capacity providers", () =>
    expect([...service.depends_on].sort()).toEqual(
      [
        reference(template, "aws_lb_listener_rule", /^service_rule_/),
        reference(template, "aws_vpc_security_group_ingress_rule", /^service_/),
        reference(template, "aws_vpc_security_group_egress_rule", /^service_/),
        reference(template, "aws_vpc_security_group_egress_rule", /^load-balancer_/),
        reference(template, "aws_ecs_cluster_capacity_providers", /^cluster_/),
      ].sort(),
    ));

  it("forwards all paths with its own rule, at a constant priority", () => {
    expect(PRODUCTION_RULE_PRIORITY).toBe(1000);
    expect(ruleOf(template)).toMatchObject({
      listener_arn: reference(template, "aws_lb_listener", /^load-balancer_http_/, "arn"),
      priority: 1000,
      condition: [{ path_pattern: { values: ["/*"] } }],
      action: [
        {
          type: "forward",
          forward: {
            target_group: [
              { arn: reference(template, "aws_lb_target_group", /^service_blue_/, "arn"), weight: 100 },
            ],
          },
        },
      ],
    });
    expect(ruleOf(template).lifecycle).toBeUndefined();
  });

  it("requires no newer provider", () =>
    expect(template.json.terraform.required_providers.aws.version).not.toContain("6.21.0"));

  it("passes its task counts to auto scaling", () => {
    expect(made.minTasks).toBe(2);
    expect(made.loadBalancer.scheme).toBe("http");
  });
});

describe("security groups", () => {
  const flows = (template: Template, type: string) =>
    template
      .all(type)
      .map((rule: Resource) => [
        rule.security_group_id,
        rule.from_port,
        rule.to_port,
        rule.referenced_security_group_id ?? rule.cidr_ipv4,
      ])
      .sort((a, b) => (String(a) < String(b) ? -1 : 1));

  it("only the load balancer can reach the container, and it can reach nothing else", () => {
    const { template } = synthesized();
    const tasks = reference(template, "aws_security_group", /^service_/, "id");
    const balancer = reference(template, "aws_security_group", /^load-balancer_/, "id");
    expect(flows(template, "aws_vpc_security_group_ingress_rule")).toEqual([
      [balancer, 80, 80, "203.0.113.0/24"],
      [tasks, 8080, 8080, balancer],
    ]);
    expect(flows(template, "aws_vpc_security_group_egress_rule")).toEqual([
      [balancer, 8080, 8080, tasks],
      [tasks, 443, 443, "0.0.0.0/0"],
    ]);
  });

  it("allow HTTPS and the caller's egress rules", () => {
    const { template } = synthesized({
      egress: { database: { description: "PostgreSQL", port: 5432, peer: { cidr: "10.0.0.0/16" } } },
    });
    const tasks = reference(template, "aws_security_group", /^service_/, "id");
    expect(
      flows(template, "aws_vpc_security_group_egress_rule").filter(([group]) => group === tasks),
    ).toEqual([
      [tasks, 443, 443, "0.0.0.0/0"],
      [tasks, 5432, 5432, "10.0.0.0/16"],
    ]);
  });
});

describe("options", () => {
  it("deploys: external makes Terraform ignore the task definition, at the same address", () => {
    const external = synthesized({ deploys: "external" });
    expect(external.service.lifecycle).toEqual({ ignore_changes: ["desired_count", "task_definition"] });
    expect(external.template.addresses()).toEqual(synthesized().template.addresses());
  });

  it("alarms roll back a rolling deployment too", () =>
    expect(
      synthesized({ deployment: { strategy: "rolling", alarmNames: ["errors"] } }).service,
    ).toMatchObject({
      deployment_circuit_breaker: { enable: true, rollback: true },
      alarms: { alarm_names: ["errors"], enable: true, rollback: true },
    }));

  it("accepts Spot, grace period and deregistration delay", () => {
    const { template, service } = synthesized({
      capacity: { spotAfter: 1 },
      healthCheckGraceSeconds: 120,
      deregistrationDelaySeconds: 10,
    });
    expect(service.capacity_provider_strategy).toEqual([
      { capacity_provider: "FARGATE", base: 1, weight: 0 },
      { capacity_provider: "FARGATE_SPOT", base: 0, weight: 1 },
    ]);
    expect(service.health_check_grace_period_seconds).toBe(120);
    expect(template.sole("aws_lb_target_group").deregistration_delay).toBe("10");
  });

  it("waits for the caller's dependencies", () => {
    const template = Template.of((stack) => {
      const cluster = testCluster(stack);
      testService(stack, { cluster, dependsOn: [cluster.ready[0]!] });
    });
    expect(template.sole("aws_ecs_service").depends_on).toHaveLength(6);
  });

  it("reports all faults at once", () =>
    expect(() =>
      synthesized({
        minTasks: -1,
        healthCheckGraceSeconds: -1,
        capacity: { spotAfter: -1 },
        deployment: { ...BLUE_GREEN, alarmNames: [] },
      }),
    ).toThrow(
      [
        "service: minTasks is -1; write a whole number from 0 to 5000",
        "service: healthCheckGraceSeconds is -1; write a whole number from 0 to 2147483647",
        "service: spotAfter is -1; write a whole number from 0 to 100000",
        "service: alarmNames is empty; add at least one alarm, because nothing else can roll this strategy back",
      ].join("\n"),
    ));
});

describe.each(SHIFTING)("$strategy service", (deployment) => {
  const { template, service, made } = synthesized({ deployment });

  it("has two target groups, both in the initial rule", () => {
    const [blue, green] = ["blue", "green"].map((color) =>
      reference(template, "aws_lb_target_group", new RegExp(`^service_${color}_`), "arn"),
    );
    expect(template.all("aws_lb_target_group")).toHaveLength(2);
    expect(made.targetGroups).toHaveLength(2);
    expect(ruleOf(template).action[0].forward.target_group).toEqual([
      { arn: blue, weight: 100 },
      { arn: green, weight: 0 },
    ]);
    expect(service.load_balancer).toEqual([
      {
        container_name: "api",
        container_port: 8080,
        target_group_arn: blue,
        advanced_configuration: {
          alternate_target_group_arn: green,
          production_listener_rule: reference(template, "aws_lb_listener_rule", /^service_rule_/, "arn"),
          role_arn: reference(template, "aws_iam_role", /^service_infrastructure-role_/, "arn"),
        },
      },
    ]);
  });

  it("ignores the rule's weights, which ECS changes", () =>
    expect(ruleOf(template).lifecycle).toEqual({ ignore_changes: ["action"] }));

  it("has alarms and a strategy instead of a circuit breaker", () => {
    expect(service.deployment_circuit_breaker).toBeUndefined();
    expect(service.alarms).toEqual({ alarm_names: ["errors"], enable: true, rollback: true });
    expect(service.deployment_configuration.strategy).toBe(
      { blueGreen: "BLUE_GREEN", canary: "CANARY", linear: "LINEAR" }[deployment.strategy],
    );
  });

  it("requires a newer provider", () =>
    expect(template.json.terraform.required_providers.aws.version).toBe(">= 6.21.0, < 7.0.0"));

  it("is deployed by a pipeline by default", () => {
    expect(service.lifecycle).toEqual({ ignore_changes: ["desired_count", "task_definition"] });
    const { lifecycle } = synthesized({ deployment, deploys: "terraform" }).service;
    expect((lifecycle as Resource).ignore_changes).toEqual(["desired_count"]);
    expect((lifecycle as Resource).postcondition).toHaveLength(1);
  });

  it("waits for the role's policies", () => {
    expect(service.depends_on).toContain(
      reference(template, "aws_iam_role_policy_attachment", /^service_infrastructure-role_/),
    );
    expect(service.depends_on).toHaveLength(8);
  });

  it("has the same addresses as the rolling service", () => {
    const rolling = synthesized().template.addresses();
    expect(template.addresses().filter((address) => rolling.includes(address))).toEqual(rolling);
  });
});
