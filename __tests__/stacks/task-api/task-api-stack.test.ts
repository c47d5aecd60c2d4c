import { prodEnvironment, stagingEnvironment } from "../../support/environments";
import { permittedConnections } from "../../support/security-groups";
import { spoil } from "../../support/spoil";
import { alarm, block, container, prod, stacks, staging, taskApi } from "../../support/task-api-stacks";
import type { Resource, Template } from "../../support/template";

describe.each(stacks)("task-api-%s", (name, template) => {
  const text = JSON.stringify(template.json);

  it("violates no rule", () => expect(template.errors()).toEqual([]));

  it("allows exactly the intended connections", () =>
    expect(permittedConnections(template)).toEqual(
      [
        ...(name === "prod"
          ? ["0.0.0.0/0 -> Load balancer:443", "0.0.0.0/0 -> Load balancer:80"]
          : ["203.0.113.0/24 -> Load balancer:80"]),
        "Load balancer -> Tasks of task-api:8080",
        "Tasks of task-api -> 0.0.0.0/0:443",
        "Tasks of task-api -> Database:5432",
      ].sort(),
    ));

  it("opens a port if and only if it has a listener", () => {
    const open = permittedConnections(template).flatMap(
      (line) => /-> Load balancer:(\d+)/.exec(line)?.[1] ?? [],
    );
    const listeners = template.all("aws_lb_listener").map(({ port }) => String(port));
    expect([...new Set(open)].sort()).toEqual(listeners.sort());
  });

  it("places the database in subnets without a route to the internet", () => {
    const subnets = template.sole("aws_db_subnet_group").subnet_ids as string[];
    const tables = template
      .all("aws_route_table_association")
      .filter(({ subnet_id }) => subnets.includes(String(subnet_id)))
      .map(({ route_table_id }) => String(route_table_id));
    expect(tables).toHaveLength(subnets.length);
    const routed = template.all("aws_route").map(({ route_table_id }) => String(route_table_id));
    expect(tables.filter((table) => routed.includes(table))).toEqual([]);
  });

  it("sets utilization thresholds in percent, not as fractions", () => {
    expect(template.all("aws_appautoscaling_policy").map(({ policy_type }) => policy_type)).toEqual([
      "StepScaling",
      "StepScaling",
      "StepScaling",
    ]);
    for (const each of template.all("aws_cloudwatch_metric_alarm"))
      if (/Utilization/.test(JSON.stringify(each))) expect(each.threshold).toBeGreaterThanOrEqual(40);
  });

  it("uses only this stack's resources in alarm and graph dimensions", () => {
    const existing = existingDimensions(template);
    const alarms = template.all("aws_cloudwatch_metric_alarm").flatMap(metricsOfAlarm);
    const widgets = metricsOfDashboard(template.sole("aws_cloudwatch_dashboard"));
    expect(alarms.length).toBe(15 + (name === "prod" ? 1 : 0));
    expect(widgets.length).toBe(17);
    for (const metric of [...alarms, ...widgets]) expect(existing).toContainEqual(metric);
  });

  it("gives each alarm an effect: notify the topic, scale, or roll a deployment back", () => {
    const rollsBack = block(template.sole("aws_ecs_service").alarms).alarm_names as string[];
    for (const each of template.all("aws_cloudwatch_metric_alarm")) {
      const actions = (each.alarm_actions ?? []) as string[];
      expect(
        actions.some((action) => /aws_sns_topic\.|aws_appautoscaling_policy\./.test(action)) ||
          rollsBack.includes(String(each.alarm_name)),
      ).toBe(true);
    }
  });

  it("needs no shell for health checks and runs no container as root", () => {
    expect(container(template)).not.toHaveProperty("healthCheck");
    expect(container(template)).toMatchObject({ user: "65532:65532", readonlyRootFilesystem: true });
  });

  it("has immutable image tags and can deploy an image by digest", () => {
    expect(template.sole("aws_ecr_repository").image_tag_mutability).toBe("IMMUTABLE");
    expect(text).not.toMatch(/:latest/);
    expect(template.sole("aws_ecs_service").lifecycle.ignore_changes).toContain("task_definition");
    const environment = name === "prod" ? prodEnvironment : stagingEnvironment;
    const digest = `sha256:${"a".repeat(64)}`;
    expect(container(taskApi(spoil(environment, "taskApi.image", digest))).image).toMatch(
      new RegExp(`repository_url\\}@${digest}$`),
    );
  });

  it("injects user and password from the secret, by reference", () => {
    const secret = `\${aws_db_instance.${Object.keys(template.byId("aws_db_instance"))[0]}.master_user_secret[0].secret_arn}`;
    expect(container(template).secrets).toEqual([
      { name: "DB_PASSWORD", valueFrom: `${secret}:password::` },
      { name: "DB_USERNAME", valueFrom: `${secret}:username::` },
    ]);
    expect(container(template).environment).toEqual([
      { name: "DB_HOST", value: expect.stringMatching(/^\$\{aws_db_instance\..*\.address\}$/) as string },
      { name: "DB_IAM_USER", value: "task_api" },
      { name: "DB_MAX_IDLE_CONNS", value: "4" },
      { name: "DB_MAX_OPEN_CONNS", value: "8" },
      { name: "DB_NAME", value: "taskdb" },
      { name: "DB_PORT", value: "5432" },
      { name: "DB_SSLMODE", value: "verify-full" },
      { name: "GIN_MODE", value: "release" },
      { name: "PORT", value: "8080" },
    ]);
  });

  it("uses separate keys for the topic, the images and the database", () =>
    expect(
      template
        .all("aws_kms_alias")
        .map((alias) => alias.name)
        .sort(),
    ).toEqual(
      [
        `alias/task-api-${name}-database`,
        `alias/task-api-${name}-images`,
        `alias/task-api-${name}-notifications`,
      ].sort(),
    ));

  it("uses bootstrap's keys for the data and its backups, which outlive the stack", () => {
    const lookups = Object.values(template.json.data!.aws_kms_alias!);
    const alias = "alias/automock-bootstrap-us-east-1-databases";
    expect(lookups.map((lookup) => [lookup.name, lookup.provider])).toEqual([
      ...(name === "prod" ? [[alias, "aws.backups"]] : []),
      [alias, undefined],
    ]);
    expect(template.sole("aws_db_instance").kms_key_id).toMatch(
      /^\$\{data\.aws_kms_alias\.database_storage-key_\w+\.target_key_arn\}$/,
    );
  });

  it("contains no timestamp()", () => expect(text).not.toMatch(/timestamp\(\)/));

  it("rolls back a failed deployment and leaves the task count to ECS", () => {
    const service = template.sole("aws_ecs_service");
    expect(service.deployment_circuit_breaker).toEqual({ enable: true, rollback: true });
    expect(service.alarms).toEqual({
      alarm_names: [`task-api-${name}-deployment`],
      enable: true,
      rollback: true,
    });
    expect(service.lifecycle.ignore_changes).toEqual(["desired_count", "task_definition"]);
  });
});

describe("prod and staging", () => {
  it("share no physical name", () => {
    const names = (template: Template) =>
      Object.entries(template.json.resource!).flatMap(([type, byId]) =>
        Object.values(byId).flatMap((resource) =>
          [
            "name",
            "bucket",
            "identifier",
            ...(type === "aws_ecs_task_definition" ? ["family"] : []),
            "alarm_name",
            "dashboard_name",
          ].flatMap((key) =>
            typeof resource[key] === "string" && !resource[key].includes("${")
              ? [`${type} ${resource[key] as string}`]
              : [],
          ),
        ),
      );
    const inStaging = new Set(names(staging));
    // Names within a role or log group and validation records do not have to be unique.
    const shared = names(prod).filter((name) => inStaging.has(name));
    expect(
      shared.filter((name) => !/^aws_(iam_role_policy|cloudwatch_log_metric_filter) /.test(name)),
    ).toEqual([]);
    expect(names(prod).length).toBeGreaterThan(30);
  });

  it("prod replicates its backups with the provider of the second region", () => {
    expect(prod.json.provider!.aws!.map(({ alias, region }) => [alias, region])).toEqual([
      [undefined, "us-east-1"],
      ["backups", "us-west-2"],
    ]);
    expect(prod.sole("aws_db_instance_automated_backups_replication").provider).toBe("aws.backups");
    expect(staging.json.provider!.aws).toHaveLength(1);
  });

  it("each stack has its own state key", () =>
    expect([prod, staging].map(({ json }) => json.terraform.backend.s3.key)).toEqual([
      "task-api/prod/terraform.tfstate",
      "task-api/staging/terraform.tfstate",
    ]));

  it("staging stops at night and on weekends in the environment's time zone; prod never stops", () => {
    expect(prod.all("aws_appautoscaling_scheduled_action")).toEqual([]);
    expect(prod.sole("aws_appautoscaling_target")).not.toHaveProperty("lifecycle");
    expect(
      staging
        .all("aws_appautoscaling_scheduled_action")
        .map(({ schedule, timezone, scalable_target_action }) => [
          schedule,
          timezone,
          scalable_target_action,
        ]),
    ).toEqual([
      ["cron(0 8 ? * MON-FRI *)", "America/New_York", { min_capacity: "1", max_capacity: "3" }],
      ["cron(0 20 ? * MON-FRI *)", "America/New_York", { min_capacity: "0", max_capacity: "0" }],
    ]);
    expect(staging.sole("aws_appautoscaling_target").lifecycle).toEqual({
      ignore_changes: ["min_capacity", "max_capacity"],
    });
  });

  it("without an image, no tasks run, so that the first deploy succeeds", () => {
    const template = taskApi(spoil(prodEnvironment, "taskApi.image", undefined));
    expect(template.sole("aws_ecs_service").desired_count).toBe(0);
    expect(template.sole("aws_appautoscaling_target")).toMatchObject({ min_capacity: 0, max_capacity: 10 });
    expect(container(template).image).toMatch(/repository_url\}:not-pushed-yet$/);
  });

  it("the environment sets the subscribers", () => {
    const notifications = { emails: ["a@example.com"], webhooks: { chat: "https://chat.example.com/x" } };
    const template = taskApi(spoil(stagingEnvironment, "notifications", notifications));
    expect(
      template.all("aws_sns_topic_subscription").map(({ protocol, endpoint }) => [protocol, endpoint]),
    ).toEqual([
      ["email", "a@example.com"],
      ["https", "https://chat.example.com/x"],
    ]);
  });

  it("prod has HTTPS and a certificate expiry alarm; staging warns that it has no HTTPS", () => {
    expect(prod.warnings()).toEqual([]);
    expect(alarm(prod, "-certificate-expiry").alarm_actions).toEqual([
      expect.stringMatching(/^\$\{aws_sns_topic\./) as string,
    ]);
    expect(staging.warnings()).toEqual([
      "taskApi has no domain, so it serves plain HTTP to the allowed networks. Set taskApi.domain for HTTPS.",
    ]);
    expect(taskApi(spoil(prodEnvironment, "taskApi.waf", undefined)).warnings()).toEqual([
      "taskApi is open to the internet without a limit on requests per address. Set taskApi.waf, for example { requestsPer5Minutes: 2000 } ($6 per month and $0.60 per million requests).",
    ]);
    expect(prod.json.output!.api_url!.value).toBe("https://tasks.example.com");
    expect(staging.json.output!.api_url!.value).toMatch(/^http:\/\/\$\{aws_lb\./);
  });
});

interface MetricName {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

function metricsOfAlarm(each: Resource): MetricName[] {
  const of = (from: Resource): MetricName => ({
    namespace: from.namespace as string,
    metricName: from.metric_name as string,
    dimensions: from.dimensions as Record<string, string>,
  });
  const queries = (each.metric_query ?? []) as Resource[];
  return queries.length === 0
    ? [of(each)]
    : queries.flatMap(({ metric }) => (metric ? [of(metric as Resource)] : []));
}

function metricsOfDashboard(dashboard: Resource): MetricName[] {
  const { widgets } = JSON.parse(dashboard.dashboard_body as string) as {
    widgets: { properties: { metrics: unknown[][] } }[];
  };
  return widgets.flatMap(({ properties }) =>
    properties.metrics
      .filter(([namespace]) => typeof namespace === "string")
      .map(([namespace, metricName, ...rest]) => ({
        namespace: namespace as string,
        metricName: metricName as string,
        dimensions: Object.fromEntries(
          Array.from({ length: (rest.length - 1) / 2 }, (_, i) => [rest[2 * i], rest[2 * i + 1]]),
        ) as Record<string, string>,
      })),
  );
}

/** All metrics that the resources of a stack send, as documented by AWS. */
function existingDimensions(template: Template): MetricName[] {
  const only = (type: string) => `${type}.${Object.keys(template.byId(type))[0]}`;
  const balancer = { LoadBalancer: `\${${only("aws_lb")}.arn_suffix}` };
  const targets = { ...balancer, TargetGroup: `\${${only("aws_lb_target_group")}.arn_suffix}` };
  const service = {
    ClusterName: `\${${only("aws_ecs_cluster")}.name}`,
    ServiceName: `\${${only("aws_ecs_service")}.name}`,
  };
  const [instance] = Object.keys(template.byId("aws_db_instance"));
  const database = { DBInstanceIdentifier: `\${aws_db_instance.${instance}.identifier}` };
  const filter = block(template.sole("aws_cloudwatch_log_metric_filter").metric_transformation);
  const certificates = Object.keys(template.byId("aws_acm_certificate")).map((id) => ({
    CertificateArn: `\${aws_acm_certificate.${id}.arn}`,
  }));
  const of = (namespace: string, dimensions: Record<string, string>, ...metricNames: string[]) =>
    metricNames.map((metricName) => ({ namespace, metricName, dimensions }));
  return [
    ...of(
      "AWS/ApplicationELB",
      balancer,
      "TargetResponseTime",
      "RequestCount",
      "HTTPCode_Target_4XX_Count",
      "HTTPCode_Target_5XX_Count",
      "HTTPCode_ELB_5XX_Count",
    ),
    ...of("AWS/ApplicationELB", targets, "HealthyHostCount", "UnHealthyHostCount"),
    ...of("AWS/ECS", service, "CPUUtilization", "MemoryUtilization"),
    ...of("AWS/RDS", database, "CPUUtilization", "DatabaseConnections", "FreeStorageSpace"),
    ...of(filter.namespace as string, {}, filter.name as string),
    ...certificates.flatMap((dimensions) => of("AWS/CertificateManager", dimensions, "DaysToExpiry")),
  ];
}
