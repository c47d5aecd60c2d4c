import { KeyAlgorithm, ListCertificatesCommand } from "@aws-sdk/client-acm";
import {
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  type DashboardEntry,
} from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand, DescribeQueryDefinitionsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { DescribeRepositoriesCommand } from "@aws-sdk/client-ecr";
import { ListRulesCommand } from "@aws-sdk/client-eventbridge";
import {
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBSubnetGroupsCommand,
} from "@aws-sdk/client-rds";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { ListTopicsCommand } from "@aws-sdk/client-sns";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import type { Names } from "../../contract/names";
import type { Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages } from "../aws/pages";
import { logGroupPrefixes, type Lister, type Live } from "./evidence";

/** Buckets, tables, images, databases. */
export const listStorage: Lister = async ({ clients: { s3, dynamoDb, ecr, rds }, names }) => {
  const buckets = await allPages(async (ContinuationToken) => {
    const page = await s3.send(new ListBucketsCommand({ MaxBuckets: 1000, ContinuationToken }));
    return { items: page.Buckets, next: page.ContinuationToken };
  });
  const tables = await allPages(async (ExclusiveStartTableName) => {
    const page = await dynamoDb.send(new ListTablesCommand({ ExclusiveStartTableName }));
    return { items: page.TableNames, next: page.LastEvaluatedTableName };
  });
  const repositories = await allPages(async (nextToken) => {
    const page = await ecr.send(new DescribeRepositoriesCommand({ nextToken }));
    return { items: page.repositories, next: page.nextToken };
  });
  const databases = await allPages(async (Marker) => {
    const page = await rds.send(new DescribeDBInstancesCommand({ Marker }));
    return { items: page.DBInstances, next: page.Marker };
  });
  const subnetGroups = await allPages(async (Marker) => {
    const page = await rds.send(new DescribeDBSubnetGroupsCommand({ Marker }));
    return { items: page.DBSubnetGroups, next: page.Marker };
  });
  const parameterGroups = await allPages(async (Marker) => {
    const page = await rds.send(new DescribeDBParameterGroupsCommand({ Marker }));
    return { items: page.DBParameterGroups, next: page.Marker };
  });
  return [
    ...buckets.map(({ Name }) => ({
      type: "s3:bucket",
      id: Name!,
      arn: `arn:${names.partition}:s3:::${Name}`,
    })),
    ...tables.map((id) => ({ type: "dynamodb:table", id, arn: names.arn("dynamodb", `table/${id}`) })),
    ...repositories.map((one) => ({
      type: "ecr:repository",
      id: one.repositoryName!,
      arn: one.repositoryArn,
    })),
    ...databases.map((one) => ({
      type: "rds:db-instance",
      id: one.DBInstanceIdentifier!,
      arn: one.DBInstanceArn,
      tags: one.TagList,
    })),
    ...subnetGroups.map((one) => ({
      type: "rds:db-subnet-group",
      id: one.DBSubnetGroupName!,
      arn: one.DBSubnetGroupArn,
    })),
    ...parameterGroups.map((one) => ({
      type: "rds:db-parameter-group",
      id: one.DBParameterGroupName!,
      arn: one.DBParameterGroupArn,
    })),
  ];
};

/** Certificates, topics, queues, rules, alarms, dashboards, log groups. */
export const listObservability: Lister = async ({ clients, names, env, tagged }) => {
  const { acm, cloudWatch, logs, sns, sqs, events } = clients;
  const certificates = await allPages(async (NextToken) => {
    const Includes = { keyTypes: Object.values(KeyAlgorithm) }; // ACM's default omits most kinds
    const page = await acm.send(new ListCertificatesCommand({ Includes, NextToken }));
    return { items: page.CertificateSummaryList, next: page.NextToken };
  });
  const topics = await allPages(async (NextToken) => {
    const page = await sns.send(new ListTopicsCommand({ NextToken }));
    return { items: page.Topics, next: page.NextToken };
  });
  const queues = await allPages(async (NextToken) => {
    const page = await sqs.send(new ListQueuesCommand({ MaxResults: 1000, NextToken }));
    return { items: page.QueueUrls, next: page.NextToken };
  });
  const rules = await allPages(async (NextToken) => {
    const page = await events.send(new ListRulesCommand({ NextToken }));
    return { items: page.Rules, next: page.NextToken };
  });
  const alarms = await allPages(async (NextToken) => {
    const page = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmTypes: ["MetricAlarm", "CompositeAlarm"], NextToken }),
    );
    return { items: [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])], next: page.NextToken };
  });
  const dashboards = await allPages(async (NextToken) => {
    const page = await cloudWatch.send(new ListDashboardsCommand({ NextToken }));
    return { items: page.DashboardEntries, next: page.NextToken };
  });
  const prefixes = logGroupPrefixes(env);
  const indexed = [...tagged.keys()]
    .flatMap((arn) => /:logs:.*?:log-group:([^:]+)/.exec(arn)?.[1] ?? [])
    .filter((name) => !prefixes.some((prefix) => name.startsWith(prefix)));
  const groups: Live[] = [];
  for (const logGroupNamePrefix of new Set([...prefixes, ...indexed])) {
    const found = await allPages(async (nextToken) => {
      const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
      return { items: page.logGroups, next: page.nextToken };
    });
    for (const { logGroupName: id, arn } of found) {
      groups.push({ type: "logs:log-group", id: id!, arn: arn?.replace(/:\*$/, "") });
    }
  }
  const queries = await allPages(async (nextToken) => {
    const queryDefinitionNamePrefix = names.prefix;
    const page = await logs.send(
      new DescribeQueryDefinitionsCommand({ queryDefinitionNamePrefix, nextToken }),
    );
    return { items: page.queryDefinitions, next: page.nextToken };
  });
  return [
    ...queries.map((one) => ({ type: "logs:query-definition", id: one.queryDefinitionId!, name: one.name })),
    ...certificates.map(({ CertificateArn: id }) => ({ type: "acm:certificate", id: id! })),
    ...topics.map(({ TopicArn: id }) => ({ type: "sns:topic", id: id! })),
    ...queues.map((id) => ({ type: "sqs:queue", id, arn: names.arn("sqs", id.split("/").at(-1)!) })),
    ...rules.map(({ Name, Arn }) => ({ type: "events:rule", id: Name!, arn: Arn })),
    ...alarms.map(({ AlarmName, AlarmArn }) => ({ type: "cloudwatch:alarm", id: AlarmName!, arn: AlarmArn })),
    ...(await dashboardsOf(cloudWatch, names, dashboards)),
    ...groups,
  ];
};

/** The regions of an account share dashboard names. A dashboard of another region belongs to someone else. */
async function dashboardsOf(
  cloudWatch: Clients["cloudWatch"],
  names: Names,
  all: readonly DashboardEntry[],
): Promise<Live[]> {
  const live: Live[] = [];
  for (const { DashboardName } of all.filter((one) => one.DashboardName === names.prefix)) {
    const shown = await unlessNotFound(() => cloudWatch.send(new GetDashboardCommand({ DashboardName })));
    if (!shown) continue;
    const type = "cloudwatch:dashboard";
    const regions = new Set(
      [...(shown.DashboardBody ?? "").matchAll(/"region"\s*:\s*"([^"]+)"/g)].map(([, region]) => region),
    );
    const own = regions.has(names.region);
    if (own && regions.size === 1) live.push({ type, id: DashboardName! });
    else if (own || regions.size === 0)
      live.push({ type, id: `${DashboardName} (not of this region alone)`, similar: true });
  }
  return live;
}
