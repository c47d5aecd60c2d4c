import {
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmsCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
  type AlarmType,
} from "@aws-sdk/client-cloudwatch";
import { allPages, chunks } from "../aws/pages";
import type { EnvScope, Found, Handler } from "../engine/resource";
import { MINUTE } from "../engine/time";
import {
  GONE,
  idHints,
  isCandidateName,
  namePrefix,
  readTags,
  tagsFrom,
  type HandlerFactory,
} from "./shared";

const METRIC = "cloudwatch:metric-alarm";
const COMPOSITE = "cloudwatch:composite-alarm";
const DASHBOARD = "cloudwatch:dashboard";

/** Alarms and dashboards. */
export const cloudWatch: HandlerFactory = ({ read, write }) => {
  interface Alarm {
    readonly AlarmName?: string;
    readonly AlarmArn?: string;
  }

  async function describe(
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

  const alarms = (type: string, alarmType: AlarmType, after: readonly string[]): Handler => ({
    type,
    layer: "workload",
    after,
    stuckMs: 15 * MINUTE,
    async *list(env) {
      const named = await describe(alarmType, { AlarmNamePrefix: namePrefix(env) });
      const others = idHints(env, type).filter((id) => !named.some(({ AlarmName }) => AlarmName === id));
      const hinted: Alarm[] = [];
      for (const AlarmNames of chunks(others, 100))
        hinted.push(...(await describe(alarmType, { AlarmNames })));
      for (const { AlarmName: id, AlarmArn: arn } of [...named, ...hinted]) {
        if (!isCandidateName(id, env) && !others.includes(id!)) continue;
        const tags = await readTags(async () =>
          tagsFrom((await read.cloudWatch.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).Tags),
        );
        if (tags) yield { type, id: id!, arn, name: id, tags };
      }
    },
    async look({ id }) {
      return (await describe(alarmType, { AlarmNames: [id] })).length > 0 ? "present" : "absent";
    },
    async remove({ id }) {
      await write.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [id] }));
      return GONE;
    },
  });

  async function dashboards(env: EnvScope | undefined, wanted: readonly string[]): Promise<Found[]> {
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

  const dashboard: Handler = {
    type: DASHBOARD,
    layer: "workload",
    after: [],
    stuckMs: 15 * MINUTE,
    // Terraform's provider gives dashboards no tags.
    ownNames: (env) => ({ exact: [namePrefix(env)], prefixes: [] }),
    async *list(env) {
      yield* await dashboards(env, idHints(env, DASHBOARD));
    },
    async look({ id }) {
      return (await dashboards(undefined, [id])).length > 0 ? "present" : "absent";
    },
    async remove({ id }) {
      await write.cloudWatch.send(new DeleteDashboardsCommand({ DashboardNames: [id] }));
      return GONE;
    },
  };

  // A composite alarm names others, which cannot go before it.
  return [alarms(COMPOSITE, "CompositeAlarm", []), alarms(METRIC, "MetricAlarm", [COMPOSITE]), dashboard];
};
