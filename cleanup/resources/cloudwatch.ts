import {
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
  type AlarmType,
} from "@aws-sdk/client-cloudwatch";
import type { Access, Clients } from "../aws/clients";
import { unlessNotFound } from "../aws/errors";
import { allPages, chunks } from "../aws/pages";
import type { EnvScope, Found } from "../engine/resource";
import type { Operations, ResourceType } from "./resource-type";
import { GONE, idHints, isCandidateName, namePrefix, presentIf, readTags, tagsFrom } from "./shared";

const METRIC = "cloudwatch:metric-alarm";
const COMPOSITE = "cloudwatch:composite-alarm";
const DASHBOARD = "cloudwatch:dashboard";

interface Alarm {
  readonly AlarmName?: string;
  readonly AlarmArn?: string;
}

async function describe(
  read: Clients,
  type: AlarmType,
  by: { AlarmNamePrefix?: string; AlarmNames?: string[] },
): Promise<Alarm[]> {
  return allPages<Alarm>(async (NextToken) => {
    const page = await read.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmTypes: [type], ...by, NextToken }),
    );
    const items: Alarm[] | undefined = type === "CompositeAlarm" ? page.CompositeAlarms : page.MetricAlarms;
    return { items, next: page.NextToken };
  });
}

function alarmOperations(type: string, alarmType: AlarmType, { read, write }: Access): Operations {
  return {
    async *list(env) {
      const named = await describe(read, alarmType, { AlarmNamePrefix: namePrefix(env) });
      const others = idHints(env, type).filter((id) => !named.some(({ AlarmName }) => AlarmName === id));
      const hinted: Alarm[] = [];
      for (const AlarmNames of chunks(others, 100))
        hinted.push(...(await describe(read, alarmType, { AlarmNames })));
      for (const { AlarmName: id, AlarmArn: arn } of [...named, ...hinted]) {
        if (!isCandidateName(id, env) && !others.includes(id!)) continue;
        const tags = await readTags(async () =>
          tagsFrom((await read.cloudWatch.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).Tags),
        );
        if (tags) yield { type, id: id!, arn, name: id, tags };
      }
    },
    look: ({ id }) => presentIf(async () => (await describe(read, alarmType, { AlarmNames: [id] })).length),
    async remove({ id }) {
      await write.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [id] }));
      return GONE;
    },
  };
}

const compositeAlarm: ResourceType = {
  type: COMPOSITE,
  terraform: ["aws_cloudwatch_composite_alarm"],
  arns: ["alarm:"],
  handler: (access) => alarmOperations(COMPOSITE, "CompositeAlarm", access),
};

const metricAlarm: ResourceType = {
  type: METRIC,
  terraform: ["aws_cloudwatch_metric_alarm"],
  arns: ["alarm:"],
  after: [COMPOSITE], // which names others, and these cannot go before it
  handler: (access) => alarmOperations(METRIC, "MetricAlarm", access),
};

/** Regions that a dashboard's widgets show. */
function regionsShown(body: string | undefined): readonly string[] {
  const regions = [...(body ?? "").matchAll(/"region"\s*:\s*"([a-z0-9-]+)"/g)].map(([, region]) => region!);
  return [...new Set(regions)].sort();
}

/**
 * Dashboards have an account, but no region: another region's environment of the same name has the same one, and
 * who deploys last overwrites it. What it shows says whose it is.
 */
async function withOwner(read: Clients, found: Found, { region }: EnvScope): Promise<Found | undefined> {
  const shown = await unlessNotFound(() =>
    read.cloudWatch.send(new GetDashboardCommand({ DashboardName: found.id })),
  );
  if (!shown) return undefined;
  const others = regionsShown(shown.DashboardBody).filter((one) => one !== region);
  const ours = regionsShown(shown.DashboardBody).includes(region);
  if (ours && others.length === 0) return found;
  const whose = others.length > 0 ? others.join(", ") : "nobody knows which region";
  return { ...found, neededBy: `the environment of this name in ${whose}` };
}

async function dashboards(
  read: Clients,
  env: EnvScope | undefined,
  wanted: readonly string[],
): Promise<Found[]> {
  const all = await allPages(async (NextToken) => {
    const page = await read.cloudWatch.send(new ListDashboardsCommand({ NextToken }));
    return { items: page.DashboardEntries, next: page.NextToken };
  });
  return all
    .filter(({ DashboardName: id }) => wanted.includes(id!) || (env && isCandidateName(id, env)))
    .map(({ DashboardName: id, DashboardArn: arn }) => ({
      type: DASHBOARD,
      id: id!,
      arn,
      name: id,
      tags: {},
    }));
}

const dashboard: ResourceType = {
  type: DASHBOARD,
  terraform: ["aws_cloudwatch_dashboard"],
  arns: ["dashboard/"],
  // Terraform's provider sets no tags on dashboards.
  ownNames: (env) => ({ exact: [namePrefix(env)], prefixes: [] }),
  handler: ({ read, write }) => ({
    async *list(env) {
      for (const one of await dashboards(read, env, idHints(env, DASHBOARD))) {
        const found = await withOwner(read, one, env);
        if (found) yield found;
      }
    },
    look: ({ id }) => presentIf(async () => (await dashboards(read, undefined, [id])).length),
    async remove({ id }) {
      await write.cloudWatch.send(new DeleteDashboardsCommand({ DashboardNames: [id] }));
      return GONE;
    },
  }),
};

/** Alarms and dashboards. */
export const cloudWatch: readonly ResourceType[] = [compositeAlarm, metricAlarm, dashboard];
