import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { databasePanels } from "../../../modules/monitoring/database-panels";
import { Monitoring } from "../../../modules/monitoring/monitoring";
import { NotificationTopic } from "../../../modules/monitoring/notification-topic";
import { argumentsOf } from "../../support/arguments-of";
import { testNames } from "../../support/names";
import { Template } from "../../support/template";

const SERVICE = "arn:aws:ecs:us-east-1:111122223333:service/c/s";

describe("monitoring", () => {
  let monitoring: Monitoring | undefined;
  const template = Template.of((stack) => {
    const group = new CloudwatchLogGroup(stack, "log", { name: "/automock-test/api", retentionInDays: 7 });
    monitoring = new Monitoring(stack, "monitoring", {
      names: testNames,
      topic: new NotificationTopic(stack, "topic", { names: testNames }),
      panels: databasePanels({ identifier: "db", maxConnections: 100 }),
      serviceArn: SERVICE,
      log: { groupName: "/automock-test/api", ready: [group] },
    });
  });

  it("creates these resources and no others", () =>
    expect(template.counts()).toEqual({
      aws_cloudwatch_dashboard: 1,
      aws_cloudwatch_event_rule: 1,
      aws_cloudwatch_event_target: 1,
      aws_cloudwatch_log_group: 1,
      aws_cloudwatch_log_metric_filter: 1,
      aws_cloudwatch_metric_alarm: 3,
      aws_cloudwatch_query_definition: 3,
      aws_kms_alias: 1,
      aws_kms_key: 1,
      aws_sns_topic: 1,
      aws_sns_topic_policy: 1,
    }));

  it("every alarm notifies the topic", () => {
    const topic = `\${aws_sns_topic.${Object.keys(template.byId("aws_sns_topic"))[0]}.arn}`;
    expect(template.all("aws_cloudwatch_metric_alarm").map(({ alarm_actions }) => alarm_actions)).toEqual([
      [topic],
      [topic],
      [topic],
    ]);
  });

  it("a failed deployment of this service notifies the topic", () => {
    const rule = template.sole("aws_cloudwatch_event_rule");
    expect(rule.name).toBe("automock-test-deployment-failed");
    expect(JSON.parse(rule.event_pattern as string)).toEqual({
      source: ["aws.ecs"],
      "detail-type": ["ECS Deployment State Change"],
      resources: [SERVICE],
      detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
    });
    const only = (type: string) => `${type}.${Object.keys(template.byId(type))[0]}`;
    expect(argumentsOf(template.sole("aws_cloudwatch_event_target"))).toEqual({
      rule: `\${${only("aws_cloudwatch_event_rule")}.name}`,
      target_id: "notifications",
      arn: `\${${only("aws_sns_topic")}.arn}`,
      depends_on: [only("aws_sns_topic_policy")],
    });
  });

  it("counts error lines and saves three log queries", () => {
    expect(argumentsOf(template.sole("aws_cloudwatch_log_metric_filter"))).toEqual({
      name: "errors",
      log_group_name: "/automock-test/api",
      pattern: '?ERROR ?"\\"level\\":\\"error\\"" ?"level=error"',
      metric_transformation: { namespace: "automock-test", name: "ErrorLines", value: "1", unit: "Count" },
      depends_on: ["aws_cloudwatch_log_group.log"],
    });
    const queries = template.all("aws_cloudwatch_query_definition");
    expect(queries.map(({ name }) => name)).toEqual([
      "automock-test/by-level",
      "automock-test/errors",
      "automock-test/request",
    ]);
    for (const query of queries) {
      expect(query.log_group_names).toEqual(["/automock-test/api"]);
      expect(query.depends_on).toEqual(["aws_cloudwatch_log_group.log"]);
    }
    expect(queries[0]!.query_string).toBe(
      "fields @message\n| parse @message /(?<level>ERROR|WARN|INFO)/\n| stats count(*) as lines by level, bin(5m)",
    );
  });

  it("draws the panels and the error lines", () => {
    const { widgets } = JSON.parse(template.sole("aws_cloudwatch_dashboard").dashboard_body as string) as {
      widgets: { properties: { title: string; metrics: unknown[] } }[];
    };
    expect(widgets.map(({ properties }) => properties.title)).toEqual([
      "Database CPU",
      "Database connections",
      "Database free storage",
      "Error lines per minute",
    ]);
    expect(widgets[3]!.properties.metrics).toEqual([
      ["automock-test", "ErrorLines", { id: "errors", label: "error lines", stat: "Sum", period: 60 }],
    ]);
    expect(monitoring!.dashboardName).toBe("automock-test");
    expect(Object.keys(monitoring!.alarmNames)).toEqual([
      "database-cpu",
      "database-connections",
      "database-storage",
    ]);
  });
});
