import {
  DEFAULT_REQUEST_STEPS,
  DEFAULT_SCALE_IN_PERCENT,
  DEFAULT_UTILIZATION_STEPS,
} from "../../../contract/scaling";
import type { Environment } from "../../../environments/schema";
import { AutomockStack } from "../../../stacks/automock/automock-stack";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../../support/environments";
import { spoil } from "../../support/spoil";
import { Template } from "../../support/template";

const automock = (environment: Environment): Template =>
  Template.ofApp((app) => new AutomockStack(app, `automock-${environment.name}`, environment));

const staging = automock(stagingEnvironment);
const prod = automock(prodEnvironment);
const ephemeral = automock(ephemeralEnvironment);

it("the environment and the module have the same scaling defaults", () =>
  expect(ephemeralEnvironment.automock.scaling).toEqual({
    cpuSteps: DEFAULT_UTILIZATION_STEPS,
    memorySteps: DEFAULT_UTILIZATION_STEPS,
    requestSteps: DEFAULT_REQUEST_STEPS,
    scaleInPercent: DEFAULT_SCALE_IN_PERCENT,
  }));

describe("environment settings", () => {
  it.each([
    ["prod", prod, { min: 10, max: 200, natGateways: 3, insights: "enhanced", protection: true }],
    ["staging", staging, { min: 1, max: 20, natGateways: 1, insights: "enabled", protection: false }],
    ["ephemeral", ephemeral, { min: 1, max: 4, natGateways: 1, insights: "enabled", protection: false }],
  ])("%s", (_, template, { min, max, natGateways, insights, protection }) => {
    expect(template.sole("aws_appautoscaling_target")).toMatchObject({
      min_capacity: min,
      max_capacity: max,
    });
    expect(template.sole("aws_ecs_service").desired_count).toBe(min);
    expect(template.all("aws_nat_gateway")).toHaveLength(natGateways);
    expect(template.sole("aws_ecs_cluster").setting).toEqual([
      { name: "containerInsights", value: insights },
    ]);
    expect(template.sole("aws_lb").enable_deletion_protection).toBe(protection);
  });

  it("prod uses Fargate only, staging uses Spot after the first task", () => {
    expect(prod.sole("aws_ecs_service").capacity_provider_strategy).toEqual([
      { base: 0, capacity_provider: "FARGATE", weight: 1 },
    ]);
    expect(staging.sole("aws_ecs_service").capacity_provider_strategy).toEqual([
      { base: 1, capacity_provider: "FARGATE", weight: 0 },
      { base: 0, capacity_provider: "FARGATE_SPOT", weight: 1 },
    ]);
  });

  it("destroy deletes expectations only in ephemeral environments, and access logs without deletion protection", () => {
    const forced = (template: Template) =>
      Object.fromEntries(
        template
          .all("aws_s3_bucket")
          .map(({ bucket, force_destroy }) => [/config|alb-logs/.exec(bucket as string)![0], force_destroy]),
      );
    expect(forced(prod)).toEqual({ config: false, "alb-logs": false });
    expect(forced(staging)).toEqual({ config: false, "alb-logs": true });
    expect(forced(ephemeral)).toEqual({ config: true, "alb-logs": true });
  });

  it("a tag shows whether the environment is ephemeral", () => {
    const tag = (template: Template) =>
      template.json.provider!.aws![0]!.default_tags[0].tags["automock:ephemeral"] as string;
    expect([prod, staging, ephemeral].map(tag)).toEqual(["false", "false", "true"]);
  });

  it("the size can be set as CPU and memory", () => {
    const sized = automock(spoil(stagingEnvironment, "automock.size", { cpuUnits: 512, memoryMiB: 3072 }));
    expect(sized.sole("aws_ecs_task_definition")).toMatchObject({ cpu: "512", memory: "3072" });
  });
});

describe("HTTPS", () => {
  it("with a domain, there is no warning, the URL uses the domain, and port 80 only redirects", () => {
    expect(prod.warnings()).toEqual([]);
    expect(prod.json.output!.mock_url!.value).toBe("https://automock.example.com");
    const http = prod.all("aws_lb_listener").find(({ port }) => port === 80)!;
    expect(http.default_action).toEqual([
      { type: "redirect", redirect: { port: "443", protocol: "HTTPS", status_code: "HTTP_301" } },
    ]);
  });

  it("without a domain, there is a warning, and port 443 is closed and has no listener", () => {
    expect(staging.warnings()).toEqual([
      "automock has no domain, so it serves plain HTTP to the allowed networks. Set automock.domain for HTTPS.",
    ]);
    expect(staging.all("aws_lb_listener").map(({ port }) => port as number)).toEqual([80]);
    const open = staging
      .all("aws_vpc_security_group_ingress_rule")
      .filter(({ cidr_ipv4 }) => cidr_ipv4 !== undefined);
    expect(open.map(({ cidr_ipv4, from_port }) => `${cidr_ipv4}:${from_port}`)).toEqual([
      "203.0.113.0/24:80",
      "203.0.113.0/28:80",
    ]);
    expect(staging.counts()).not.toHaveProperty("aws_acm_certificate");
  });
});

const withControlPlane = spoil(prodEnvironment, "automock.controlPlaneAllowedCidrs", ["203.0.113.0/28"]);
const networksOnly = spoil(withControlPlane, "automock.controlPlaneAuthentication", "networksOnly");
const OPEN_CONTROL_PLANE =
  "Everyone in the networks of controlPlaneAllowedCidrs may read, change and stop the mocks, without signing in. " +
  'Remove controlPlaneAuthentication: "networksOnly", so that MockServer asks for a token (npx automock control-plane token automock-prod), ' +
  "or remove controlPlaneAllowedCidrs, and change expectations by upload.";

describe("deployment strategies", () => {
  const bake = { bakeMinutes: 5 };
  it.each([
    ["rolling", {}, "5.100.0", 1],
    ["blueGreen", bake, "6.21.0", 2],
    ["canary", { ...bake, canaryPercent: 10, canaryBakeMinutes: 5 }, "6.21.0", 2],
    ["linear", { ...bake, stepPercent: 20, stepBakeMinutes: 5 }, "6.21.0", 2],
  ])("%s", (strategy, rest, bound, targetGroups) => {
    const template = automock(spoil(stagingEnvironment, "automock.deployment", { strategy, ...rest }));
    expect(template.json.terraform.required_providers.aws.version).toBe(`>= ${bound}, < 7.0.0`);
    expect(template.all("aws_lb_target_group")).toHaveLength(targetGroups);
    expect(template.sole("aws_ecs_service").alarms).toEqual({
      alarm_names: ["automock-staging-deployment"],
      enable: true,
      rollback: true,
    });
    expect(template.errors()).toEqual([]);
  });

  it("traffic shifting closes the control plane with a warning; rolling opens it to its networks", () => {
    const blueGreen = automock(
      spoil(withControlPlane, "automock.deployment", { strategy: "blueGreen", ...bake }),
    );
    expect(blueGreen.warnings()).toEqual([
      'With deployment strategy "blueGreen", the control plane is not reachable through the load balancer, even from controlPlaneAllowedCidrs. Upload expectations instead, or use the strategy rolling.',
    ]);
    const sources = (template: Template) =>
      template
        .all("aws_lb_listener_rule")
        .flatMap(({ condition }) => condition as { source_ip?: { values: string[] } }[])
        .flatMap(({ source_ip }) => source_ip?.values ?? []);
    expect(sources(blueGreen)).toEqual([]);
    expect(sources(automock(withControlPlane))).toEqual(["203.0.113.0/28"]);
  });

  it.each([prod, staging, ephemeral])(
    "no task runs before all rules of the control plane exist",
    (template) => {
      const closed = Object.keys(template.byId("aws_lb_listener_rule"))
        .filter((id) => id.startsWith("control-plane_"))
        .map((id) => `aws_lb_listener_rule.${id}`);
      expect(closed.length).toBeGreaterThan(9);
      expect(template.sole("aws_ecs_service").depends_on).toEqual(expect.arrayContaining(closed));
    },
  );

  it("MockServer rejects control requests itself, unless the environment names networksOnly, with a warning", () => {
    const settings = (template: Template) =>
      (template.sole("aws_ecs_task_definition").container_definitions as string).match(
        /MOCKSERVER_CONTROL_PLANE_\w+/g,
      ) ?? [];
    const [all, required] = [
      ["EXPECTED_AUDIENCE", "JWK_SOURCE", "REQUIRED", "REQUIRED_CLAIMS"],
      ["REQUIRED"],
    ].map((names) => names.map((name) => `MOCKSERVER_CONTROL_PLANE_JWT_AUTHENTICATION_${name}`));
    const blueGreen = spoil(withControlPlane, "automock.deployment", { strategy: "blueGreen", ...bake });
    expect([prod, automock(blueGreen), staging].map(settings)).toEqual([required, required, all]);
    const open = automock(networksOnly);
    expect(settings(open)).toEqual([]);
    expect(open.warnings()).toEqual([OPEN_CONTROL_PLANE]);
    expect(open.counts().aws_kms_key).toBe(1); // that of the notifications
  });

  it("a higher generation of the signing key keeps the one before it, and moves the alias", () => {
    const rotated = automock(
      spoil(stagingEnvironment, "automock.controlPlaneAuthentication", { keyGeneration: 3 }),
    );
    const signing = rotated.all("aws_kms_key").filter(({ key_usage }) => key_usage === "SIGN_VERIFY");
    expect(signing.map(({ tags }) => (tags as { Name: string }).Name)).toEqual([
      "automock-staging-control-plane-2",
      "automock-staging-control-plane-3",
    ]);
    const alias = rotated
      .all("aws_kms_alias")
      .find(({ name }) => name === "alias/automock-staging-control-plane")!;
    expect(alias.target_key_id).toMatch(/^\$\{aws_kms_key\.control-plane-keys_key-3_/);
    const loader = (
      JSON.parse(rotated.sole("aws_ecs_task_definition").container_definitions as string) as {
        environment: { name: string; value: string }[];
      }[]
    ).flatMap(({ environment }) => environment);
    const { keys } = JSON.parse(loader.find(({ name }) => name === "CONTROL_PLANE_JWKS")!.value) as {
      keys: { kid: string; n: string }[];
    };
    expect(keys.map(({ n }) => n)).toEqual([
      expect.stringMatching(/^\$\{local\.control-plane-keys_modulus-3_\w+\}$/),
      expect.stringMatching(/^\$\{local\.control-plane-keys_modulus-2_\w+\}$/),
    ]);
  });

  it("a MockServer version newer than the checked one gets a warning", () => {
    const newer = (environment: Environment) =>
      automock(spoil(environment, "automock.imageVersion", "9.2.0"));
    const known =
      "automock.imageVersion 9.2.0 is newer than 9.1.0, the newest whose control routes the listener rules are known to close. ";
    expect(newer(prodEnvironment).warnings()).toEqual([
      `${known}MockServer itself refuses requests without a token; 9.1.0 is the newest version for which this was tested.`,
    ]);
    expect(newer(networksOnly).warnings()).toContain(
      `${known}Use 9.1.0, or remove controlPlaneAuthentication: "networksOnly", so that MockServer refuses them itself.`,
    );
  });

  it("a regional NAT gateway requires a newer provider", () => {
    const regional = spoil(prodEnvironment, "automock.network.natGateways", "regional");
    const canary = spoil(regional, "automock.deployment", { strategy: "blueGreen", ...bake });
    expect(automock(canary).json.terraform.required_providers.aws.version).toBe(">= 6.24.0, < 7.0.0");
  });
});

it("has the outputs that users and the command line need", () =>
  expect(
    Object.fromEntries(
      Object.entries(staging.json.output!).map(([name, { value }]) => [name, value as unknown]),
    ),
  ).toEqual({
    mock_url: "http://${aws_lb.web_entrance_load-balancer_82063988.dns_name}",
    alb_dns_name: "${aws_lb.web_entrance_load-balancer_82063988.dns_name}",
    cluster_name: "${aws_ecs_cluster.web_cluster_3D82030D.name}",
    service_name: "${aws_ecs_service.web_service_75EC5B54.name}",
    config_bucket: "automock-staging-config-123456789012-us-east-1",
    control_plane_key_arn: "${aws_kms_key.control-plane-keys_key-1_EB64BDAC.arn}",
    expectations_key: "expectations.json",
    log_groups: [
      "/automock-staging/expectations-loader",
      "/automock-staging/expectations-sync",
      "/automock-staging/mockserver",
      "/aws/ecs/containerinsights/automock-staging/performance",
      "/automock-staging/vpc-flow-logs",
    ],
    dashboard_name: "automock-staging",
    topic_arn: "${aws_sns_topic.notifications_topic_9813ADB4.arn}",
  }));

describe("monitoring", () => {
  const monitored = (template: Template) =>
    template
      .all("aws_cloudwatch_metric_alarm")
      .filter(({ alarm_actions }) => JSON.stringify(alarm_actions ?? []).includes("aws_sns_topic."))
      .map(({ alarm_name, threshold }) => `${String(alarm_name)} ${String(threshold)}`)
      .sort();

  it("has alarms for unhealthy hosts, load balancer errors, and load that scaling did not reduce", () => {
    const expected = (name: string) => [
      `automock-${name}-refused-expectations 1`,
      `automock-${name}-server-errors 5`,
      `automock-${name}-service-cpu 90`,
      `automock-${name}-service-memory 90`,
      `automock-${name}-unhealthy-hosts 1`,
    ];
    expect(monitored(staging)).toEqual(expected("staging"));
    expect(monitored(prod)).toEqual(["automock-prod-certificate-expiry 30", ...expected("prod")]);
  });

  it("ignores errors and delays that a mock may cause on purpose", () => {
    const alarms = JSON.stringify(prod.all("aws_cloudwatch_metric_alarm"));
    expect(alarms).not.toMatch(/HTTPCode_Target|TargetResponseTime/);
  });

  it("notifies the addresses in the environment", () =>
    expect(prod.sole("aws_sns_topic_subscription")).toMatchObject({
      protocol: "email",
      endpoint: "on-call@example.com",
    }));

  it("is omitted in ephemeral environments", () => {
    const { aws_sns_topic, aws_cloudwatch_dashboard, ...others } = automock(ephemeralEnvironment).counts();
    expect([aws_sns_topic, aws_cloudwatch_dashboard]).toEqual([undefined, undefined]);
    expect(others.aws_kms_key).toBe(1); // it signs tokens for the control plane
  });
});

it("loader, sync container, task role and output use the same S3 object", () => {
  const containers = JSON.parse(staging.sole("aws_ecs_task_definition").container_definitions as string) as {
    environment: { name: string; value: string }[];
  }[];
  const named = containers.flatMap(({ environment }) => {
    const values = new Map(environment.map(({ name, value }) => [name, value]));
    return values.has("EXPECTATIONS_BUCKET")
      ? [`${values.get("EXPECTATIONS_BUCKET")}/${values.get("EXPECTATIONS_OBJECT")}`]
      : [];
  });
  const object = "automock-staging-config-123456789012-us-east-1/expectations.json";
  expect(named).toEqual([object, object]);
  const policies = staging.all("aws_iam_role_policy").map(({ policy }) => policy as string);
  expect(policies.filter((policy) => policy.includes(`arn:aws:s3:::${object}"`))).toHaveLength(1);
});
