import { Networking } from "../../../modules/networking/networking";
import { NotificationTopic } from "../../../modules/monitoring/notification-topic";
import { WebService, type WebServiceProps } from "../../../modules/web-service/web-service";
import { testNames as names } from "../../support/names";
import { Template } from "../../support/template";

type Changes = Partial<Omit<WebServiceProps, "monitoring">> & { readonly isMonitored?: boolean };

function synthesized({ isMonitored = false, ...changes }: Changes = {}) {
  let made: WebService | undefined;
  const template = Template.of((stack) => {
    const networking = new Networking(stack, "networking", {
      names,
      vpcCidr: "10.0.0.0/16",
      availabilityZones: ["a", "b"],
      natGateways: "single",
      flowLogRetentionDays: 7,
    });
    made = new WebService(stack, "web", {
      names,
      networking,
      allowedCidrs: ["203.0.113.0/24"],
      logRetentionDays: 7,
      deletionProtection: true,
      containerInsights: "enabled",
      container: { name: "api", port: 8080 },
      task: {
        size: { cpuUnits: 256, memoryMiB: 512 },
        containers: [{ name: "api", image: "r/api:1", containerPorts: [8080], memoryMiB: 512 }],
        statements: [{ sid: "Read", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/k"] }],
      },
      healthCheck: { path: "/health" },
      tasks: { min: 2, max: 6 },
      capacity: "onDemand",
      deployment: { strategy: "rolling" },
      scaling: {},
      ...(isMonitored && {
        monitoring: {
          topic: new NotificationTopic(stack, "topic", { names }),
          thresholds: { serverErrors: 5, cpuPercent: 90, memoryPercent: 90 },
          serverErrorsOf: "loadBalancer",
        },
      }),
      ...changes,
    });
  });
  return { template, made: made! };
}

const count = (template: Template, type: string) => template.all(type).length;
/** Statements of a role's only policy, by the role's construct path. */
const sidsOf = (template: Template, role: "execution" | "task") =>
  Object.entries(template.byId("aws_iam_role_policy"))
    .filter(([id]) => id.startsWith(`web_${role}-role_`))
    .flatMap(([, { policy }]) =>
      (JSON.parse(policy as string) as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid),
    );

describe("web service", () => {
  const { template, made } = synthesized();

  it("creates a load balancer, cluster, task definition and scaled service, and no monitoring", () => {
    for (const type of ["aws_lb", "aws_ecs_cluster", "aws_ecs_task_definition", "aws_ecs_service"]) {
      expect([type, count(template, type)]).toEqual([type, 1]);
    }
    expect(template.sole("aws_appautoscaling_target")).toMatchObject({ min_capacity: 2, max_capacity: 6 });
    for (const type of ["aws_cloudwatch_dashboard", "aws_sns_topic", "aws_cloudwatch_event_rule"]) {
      expect([type, count(template, type)]).toEqual([type, 0]);
    }
    expect(made.dashboardName).toBeUndefined();
  });

  it("has fixed construct paths", () => {
    const places = template.addresses().map((address) => /\.web_([a-z-]+)/.exec(address)?.[1]);
    expect([...new Set(places.filter(Boolean))].sort()).toEqual([
      "cluster",
      "deployment-alarm",
      "entrance",
      "execution-role",
      "scaling",
      "service",
      "task-definition",
      "task-role",
    ]);
  });

  it("names everything after its container", () => {
    expect(template.sole("aws_ecs_service").name).toBe("automock-test-api");
    expect(template.sole("aws_ecs_task_definition").family).toBe("automock-test-api");
    expect(made.logGroupNames).toEqual([
      "/automock-test/api",
      "/aws/ecs/containerinsights/automock-test/performance",
    ]);
  });

  it("without a domain, uses plain HTTP and the load balancer's name", () => {
    expect(count(template, "aws_acm_certificate")).toBe(0);
    expect(made.entrance.url).toMatch(/^http:\/\//);
  });

  it("protects itself and its access logs from deletion", () => {
    expect(template.sole("aws_lb").enable_deletion_protection).toBe(true);
    expect(template.sole("aws_s3_bucket").force_destroy).toBe(false);
    const unguarded = synthesized({ deletionProtection: false }).template;
    expect(unguarded.sole("aws_lb").enable_deletion_protection).toBe(false);
    expect(unguarded.sole("aws_s3_bucket").force_destroy).toBe(true);
  });

  it("grants each role the given statements, and the execution role access to logs", () => {
    expect(sidsOf(template, "execution")).toEqual(["WriteLogs"]);
    expect(sidsOf(template, "task")).toEqual(["Read"]);
    expect(made.taskRoleArns).toHaveLength(2);
  });

  it("rolls a deployment back when its alarm starts", () => {
    const { alarms } = template.sole("aws_ecs_service") as { alarms: { alarm_names: string[] } };
    expect(alarms.alarm_names).toEqual(["automock-test-deployment"]);
  });
});

it("with a domain, uses HTTPS and creates a record for each name", () => {
  const domain = {
    name: "a.example.com",
    subjectAlternativeNames: ["b.example.com"],
    zones: ["example.com"],
  };
  const { template, made } = synthesized({ domain });
  expect(made.entrance.url).toBe("https://a.example.com");
  expect(count(template, "aws_acm_certificate")).toBe(1);
  const aliases = template.all("aws_route53_record").filter(({ alias }) => alias !== undefined);
  expect(aliases.map(({ name }) => String(name)).sort()).toEqual(["a.example.com", "b.example.com"]);
});

it("with a wildcard alone, its address is a name that the wildcard covers", () => {
  const domain = { name: "*.m.example.com", subjectAlternativeNames: [], zones: ["example.com"] };
  expect(synthesized({ domain }).made.entrance.url).toBe("https://automock-test.m.example.com");
});

it("with monitoring, has a dashboard and reports failed deployments and alarms to the topic", () => {
  const { template, made } = synthesized({ isMonitored: true });
  expect(made.dashboardName).toBe("automock-test");
  expect(count(template, "aws_cloudwatch_event_rule")).toBe(1);
  const told = template
    .all("aws_cloudwatch_metric_alarm")
    .filter(({ alarm_actions }) => JSON.stringify(alarm_actions ?? []).includes("aws_sns_topic."))
    .map(({ alarm_name }) => String(alarm_name));
  expect(told.sort()).toEqual([
    "automock-test-server-errors",
    "automock-test-service-cpu",
    "automock-test-service-memory",
    "automock-test-unhealthy-hosts",
  ]);
});

it("reports every invalid number", () =>
  expect(() => synthesized({ tasks: { min: -1, max: 6 } })).toThrow(
    "service: minTasks is -1; write a whole number from 0 to 5000",
  ));

it("has a firewall only where one is asked for, before its load balancer", () => {
  const firewall = (waf: WebServiceProps["waf"]) =>
    synthesized({ waf })
      .template.addresses()
      .flatMap((address) => (address.includes("wafv2") ? [address.replace(/_[0-9A-F]{8}$/, "")] : []));
  expect(firewall(undefined)).toEqual([]);
  expect(firewall({ requestsPer5Minutes: 500 })).toEqual([
    "aws_wafv2_web_acl.web_entrance_firewall_acl",
    "aws_wafv2_web_acl_association.web_entrance_firewall_association",
  ]);
});
