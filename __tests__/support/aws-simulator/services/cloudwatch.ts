import type * as cloudwatch from "@aws-sdk/client-cloudwatch";
import type * as logs from "@aws-sdk/client-cloudwatch-logs";
import { anywhere, operation, type Call, type Need, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { tagList } from "../world/entity";
import type { World } from "../world/world";

const onAlarm = (action: string, world: World, name: string): Need => ({
  action: `cloudwatch:${action}`,
  resource: world.arn("cloudwatch", `alarm:${name}`),
  tags: world.alarms.get(name)?.tags ?? {},
});

export const CLOUDWATCH: Operations = {
  DescribeAlarms: operation<cloudwatch.DescribeAlarmsCommandInput, cloudwatch.DescribeAlarmsCommandOutput>(
    anywhere("cloudwatch:DescribeAlarms"),
    (input, { world }) => {
      // Composite alarms come only when they are asked for.
      const types = input.AlarmTypes ?? ["MetricAlarm"];
      const found = world.alarms.where(
        (a) =>
          types.includes(a.composite ? "CompositeAlarm" : "MetricAlarm") &&
          a.id.startsWith(input.AlarmNamePrefix ?? "") &&
          (!input.AlarmNames?.length || input.AlarmNames.includes(a.id)),
      );
      const { items, next } = pageOf(world, found, (a) => a.id, input.NextToken, input.MaxRecords);
      const shape = (a: (typeof items)[number]) => ({ AlarmName: a.id, AlarmArn: a.arn });
      return {
        MetricAlarms: items.filter((a) => !a.composite).map(shape),
        CompositeAlarms: items.filter((a) => a.composite).map(shape),
        NextToken: next,
      };
    },
  ),
  DeleteAlarms: operation<cloudwatch.DeleteAlarmsCommandInput, cloudwatch.DeleteAlarmsCommandOutput>(
    (input, world) => (input.AlarmNames ?? []).map((name) => onAlarm("DeleteAlarms", world, name)),
    (input, { world }) => {
      const names = input.AlarmNames ?? [];
      if (names.length > 100) throw new AwsError("ValidationError", "At most 100 alarm names");
      // One wrong name and no alarm is deleted.
      if (names.some((name) => !world.alarms.get(name))) {
        throw new AwsError("ResourceNotFound", "One or more alarms do not exist", 404);
      }
      for (const name of names) world.alarms.delete(name);
      return {};
    },
  ),
  ListTagsForResource: operation<
    cloudwatch.ListTagsForResourceCommandInput,
    cloudwatch.ListTagsForResourceCommandOutput
  >(
    (input) => ({ action: "cloudwatch:ListTagsForResource", resource: input.ResourceARN ?? "*" }),
    (input, { world }) => {
      const items = [...world.alarms.all(), ...world.dashboards.all()];
      const item = items.find((candidate) => candidate.arn === input.ResourceARN);
      if (!item)
        throw new AwsError("ResourceNotFoundException", `Resource ${input.ResourceARN} not found`, 404);
      return { Tags: tagList(item.tags) };
    },
  ),
  ListDashboards: operation<cloudwatch.ListDashboardsCommandInput, cloudwatch.ListDashboardsCommandOutput>(
    anywhere("cloudwatch:ListDashboards"),
    (input, { world }) => {
      const found = world.dashboards.where((d) => d.id.startsWith(input.DashboardNamePrefix ?? ""));
      const { items, next } = pageOf(world, found, (d) => d.id, input.NextToken);
      return {
        DashboardEntries: items.map((d) => ({ DashboardName: d.id, DashboardArn: d.arn })),
        NextToken: next,
      };
    },
  ),
  GetDashboard: operation<cloudwatch.GetDashboardCommandInput, cloudwatch.GetDashboardCommandOutput>(
    (input, world) => ({
      action: "cloudwatch:GetDashboard",
      resource: world.dashboards.get(input.DashboardName)?.arn ?? "*",
    }),
    (input, { world }) => {
      const found = world.dashboards.get(input.DashboardName);
      if (!found)
        throw new AwsError("ResourceNotFound", `Dashboard ${input.DashboardName} does not exist`, 404);
      const { id, arn, region } = found;
      const widgets = [{ type: "metric", properties: { region: region ?? world.place.region } }];
      return { DashboardName: id, DashboardArn: arn, DashboardBody: JSON.stringify({ widgets }) };
    },
  ),
  DeleteDashboards: operation<
    cloudwatch.DeleteDashboardsCommandInput,
    cloudwatch.DeleteDashboardsCommandOutput
  >(
    (input, world) =>
      (input.DashboardNames ?? []).map((name) => ({
        action: "cloudwatch:DeleteDashboards",
        resource: world.dashboards.get(name)?.arn ?? "*",
        tags: world.dashboards.get(name)?.tags ?? {},
      })),
    (input, { world }) => {
      for (const name of input.DashboardNames ?? []) {
        if (!world.dashboards.get(name)) {
          throw new AwsError("DashboardNotFoundError", `Dashboard ${name} does not exist`, 404);
        }
      }
      for (const name of input.DashboardNames ?? []) world.dashboards.delete(name);
      return {};
    },
  ),
};

function onLogGroup(action: string, world: World, name: string | undefined): Need {
  const group = world.logGroups.get(name);
  return {
    action: `logs:${action}`,
    resource: group?.arn ?? world.arn("logs", `log-group:${name}`),
    tags: group?.tags ?? {},
  };
}

const groupMissing = () =>
  new AwsError("ResourceNotFoundException", "The specified log group does not exist.");

export const LOGS: Operations = {
  DescribeLogGroups: operation<logs.DescribeLogGroupsCommandInput, logs.DescribeLogGroupsCommandOutput>(
    anywhere("logs:DescribeLogGroups"),
    (input, { world }) => {
      const found = world.logGroups.where(
        (g) =>
          g.id.startsWith(input.logGroupNamePrefix ?? "") &&
          (!input.logGroupNamePattern || g.id.includes(input.logGroupNamePattern)),
      );
      const { items, next } = pageOf(world, found, (g) => g.id, input.nextToken, input.limit ?? 50);
      return {
        logGroups: items.map((g) => ({ logGroupName: g.id, arn: `${g.arn}:*`, logGroupArn: g.arn })),
        nextToken: next,
      };
    },
  ),
  ListTagsForResource: operation<logs.ListTagsForResourceCommandInput, logs.ListTagsForResourceCommandOutput>(
    (input) => ({ action: "logs:ListTagsForResource", resource: input.resourceArn ?? "*" }),
    (input, { world }) => {
      const group = world.logGroups.where((g) => g.arn === input.resourceArn)[0];
      if (!group) throw groupMissing();
      return { tags: { ...group.tags } };
    },
  ),
  PutLogGroupDeletionProtection: operation<
    logs.PutLogGroupDeletionProtectionCommandInput,
    logs.PutLogGroupDeletionProtectionCommandOutput
  >(
    (input, world) => onLogGroup("PutLogGroupDeletionProtection", world, input.logGroupIdentifier),
    (input, { world }) => {
      const group = world.logGroups.get(input.logGroupIdentifier);
      if (!group) throw groupMissing();
      group.deletionProtection = input.deletionProtectionEnabled ?? false;
      return {};
    },
  ),
  DeleteLogGroup: operation<logs.DeleteLogGroupCommandInput, logs.DeleteLogGroupCommandOutput>(
    (input, world) => onLogGroup("DeleteLogGroup", world, input.logGroupName),
    (input, call) => {
      const group = call.world.logGroups.get(input.logGroupName);
      if (!group) throw groupMissing();
      if (group.deletionProtection) {
        throw new AwsError("ValidationException", "Log group is protected against deletion");
      }
      const filters = call.world.metricFilters.where((f) => f.logGroup === group.id);
      for (const filter of filters) call.world.metricFilters.delete(filter.id);
      call.world.logGroups.delete(group.id);
      comeBack(group.id, group.origin, call);
      return {};
    },
  ),
  DescribeMetricFilters: operation<
    logs.DescribeMetricFiltersCommandInput,
    logs.DescribeMetricFiltersCommandOutput
  >(anywhere("logs:DescribeMetricFilters"), (input, { world }) => {
    const found = world.metricFilters.where(
      (f) =>
        (!input.logGroupName || f.logGroup === input.logGroupName) &&
        f.name.startsWith(input.filterNamePrefix ?? ""),
    );
    const { items, next } = pageOf(world, found, (f) => f.id, input.nextToken, input.limit);
    return {
      metricFilters: items.map((f) => ({ filterName: f.name, logGroupName: f.logGroup })),
      nextToken: next,
    };
  }),
  DescribeQueryDefinitions: operation<
    logs.DescribeQueryDefinitionsCommandInput,
    logs.DescribeQueryDefinitionsCommandOutput
  >(anywhere("logs:DescribeQueryDefinitions"), (input, { world }) => {
    const found = world.queryDefinitions.where((q) =>
      q.name.startsWith(input.queryDefinitionNamePrefix ?? ""),
    );
    const { items, next } = pageOf(world, found, (q) => q.id, input.nextToken, input.maxResults);
    return {
      queryDefinitions: items.map((q) => ({ queryDefinitionId: q.id, name: q.name })),
      nextToken: next,
    };
  }),
  DeleteQueryDefinition: operation<
    logs.DeleteQueryDefinitionCommandInput,
    logs.DeleteQueryDefinitionCommandOutput
  >(anywhere("logs:DeleteQueryDefinition"), (input, { world }) => {
    if (!world.queryDefinitions.get(input.queryDefinitionId)) {
      throw new AwsError("ResourceNotFoundException", "The specified query definition does not exist.");
    }
    world.queryDefinitions.delete(input.queryDefinitionId!);
    return { success: true };
  }),
  DeleteMetricFilter: operation<logs.DeleteMetricFilterCommandInput, logs.DeleteMetricFilterCommandOutput>(
    (input, world) => onLogGroup("DeleteMetricFilter", world, input.logGroupName),
    (input, { world }) => {
      const id = `${input.logGroupName}:${input.filterName}`;
      if (!world.metricFilters.get(id)) {
        throw new AwsError("ResourceNotFoundException", "The specified metric filter does not exist.");
      }
      world.metricFilters.delete(id);
      return {};
    },
  ),
};

/** Container Insights and flow logs write again and make their group again, without tags, while they live. */
function comeBack(name: string, origin: string, call: Call): void {
  const { world, clock } = call;
  clock.at(clock.now() + 30_000, () => {
    if (world.logGroups.get(name) || !hasWriter(name, world)) return;
    const arn = world.arn("logs", `log-group:${name}`);
    world.logGroups.add({ id: name, arn, tags: {}, origin, deletionProtection: false });
  });
}

function hasWriter(name: string, world: World): boolean {
  const cluster = /^\/aws\/ecs\/containerinsights\/(.+)\/performance$/.exec(name)?.[1];
  if (cluster !== undefined) {
    return world.clusters.some(
      (c) =>
        c.name === cluster &&
        c.containerInsights &&
        world.tasks.some((task) => task.clusterArn === c.arn && task.status === "RUNNING"),
    );
  }
  return world.flowLogs.some((flowLog) => flowLog.logGroup === name);
}
