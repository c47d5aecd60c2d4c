import {
  CreateScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import type { Access } from "../../../cleanup/aws/clients";
import { errorName, unlessNotFound } from "../../../cleanup/aws/errors";
import type { Instant } from "../../../cleanup/engine/time";
import { scheduleGroupName, type ReaperEvent, type ReaperNames } from "../../../contract/reaper";
import { parseInstant } from "../../../contract/registry";
import type { ScheduleName, Schedules } from "../core/ports";

const NAMES: readonly ScheduleName[] = ["warn", "expire", "rearm"];

/** Scheduler is exact to a minute; an instant that has passed or passes now gets the next one it can keep. */
const SOONEST_MS = 60_000;

/** `at(2026-01-31T09:00:00)`, in UTC: Scheduler takes no zone in the expression. */
export function atExpression(at: Instant): string {
  return `at(${new Date(Math.ceil(at / 1000) * 1000).toISOString().slice(0, 19)})`;
}

/** The instant of an expression of ours; `undefined` of any other. */
export function instantOf(expression: string | undefined): Instant | undefined {
  const text = /^at\((.+)\)$/.exec(expression ?? "")?.[1];
  return text === undefined ? undefined : parseInstant(`${text}Z`);
}

/** The one-time schedules of environments, in a group per environment. They invoke the reaper and delete themselves. */
export function schedules({ read, write }: Access, reaper: ReaperNames, now: () => Instant): Schedules {
  async function timeOf(
    GroupName: string,
    Name: ScheduleName,
  ): Promise<readonly [ScheduleName, Instant] | undefined> {
    const found = await unlessNotFound(() =>
      write.scheduler.send(new GetScheduleCommand({ GroupName, Name })),
    );
    const at = instantOf(found?.ScheduleExpression);
    return at === undefined || found?.State === "DISABLED" ? undefined : [Name, at];
  }

  return {
    async read(environment) {
      const GroupName = scheduleGroupName(environment);
      const group = await unlessNotFound(() =>
        read.scheduler.send(new GetScheduleGroupCommand({ Name: GroupName })),
      );
      if (!group) return { group: "absent", at: {} };
      const times = await Promise.all(NAMES.map((name) => timeOf(GroupName, name)));
      return {
        group: group.State === "DELETING" ? "deleting" : "active",
        at: Object.fromEntries(times.filter((time) => time !== undefined)),
      };
    },

    async put(environment, name, at) {
      const event: ReaperEvent = { kind: name, environment };
      const schedule = {
        GroupName: scheduleGroupName(environment),
        Name: name,
        ScheduleExpression: atExpression(Math.max(at, now() + SOONEST_MS)),
        ScheduleExpressionTimezone: "UTC",
        FlexibleTimeWindow: { Mode: "OFF" as const },
        ActionAfterCompletion: "DELETE" as const,
        State: "ENABLED" as const,
        Target: {
          Arn: reaper.functionArn,
          RoleArn: reaper.schedulerRoleArn,
          Input: JSON.stringify(event),
          DeadLetterConfig: { Arn: reaper.deadLetterQueueArn },
        },
      };
      try {
        await write.scheduler.send(new CreateScheduleCommand(schedule));
      } catch (error) {
        if (errorName(error) !== "ConflictException") throw error;
        await write.scheduler.send(new UpdateScheduleCommand(schedule));
      }
    },

    async deleteGroup(environment) {
      const Name = scheduleGroupName(environment);
      const deleted = await unlessNotFound(() =>
        write.scheduler.send(new DeleteScheduleGroupCommand({ Name })),
      );
      return deleted ? { kind: "accepted" } : { kind: "gone" };
    },
  };
}
