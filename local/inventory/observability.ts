import { paginateDescribeAlarms, paginateListDashboards } from "@aws-sdk/client-cloudwatch";
import { paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { paginateListTopics } from "@aws-sdk/client-sns";
import { paginateListQueues } from "@aws-sdk/client-sqs";
import { pages } from "./clients";
import { items, type Lister } from "./item";

/** Alarms, dashboards, logs, topics, queues, event rules. */
export const listObservability: Lister = async ({ cloudWatch, logs, sns, sqs, events }) => {
  const at = { client: cloudWatch };
  const alarms = await pages(paginateDescribeAlarms(at, {}), (page) => [
    ...(page.MetricAlarms ?? []),
    ...(page.CompositeAlarms ?? []),
  ]);
  const dashboards = await pages(paginateListDashboards(at, {}), (page) => page.DashboardEntries);
  const groups = await pages(paginateDescribeLogGroups({ client: logs }, {}), (page) => page.logGroups);
  const topics = await pages(paginateListTopics({ client: sns }, {}), (page) => page.Topics);
  const queues = await pages(paginateListQueues({ client: sqs }, {}), (page) => page.QueueUrls);
  const rules = (await events.send(new ListRulesCommand({}))).Rules ?? [];
  return [
    ...items("cloudwatch", "alarm", alarms, (alarm) => alarm.AlarmArn),
    ...items("cloudwatch", "dashboard", dashboards, (dashboard) => dashboard.DashboardName),
    ...items("logs", "logGroup", groups, (group) => group.logGroupName),
    ...items("sns", "topic", topics, (topic) => topic.TopicArn),
    ...items("sqs", "queue", queues, (url) => url),
    ...items("events", "rule", rules, (rule) => rule.Arn),
  ];
};
