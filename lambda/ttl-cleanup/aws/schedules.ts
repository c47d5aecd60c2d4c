import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import type { Clients } from "../../../cleanup/aws/clients";
import { errorName, unlessNotFound } from "../../../cleanup/aws/errors";
import type { Instant } from "../../../cleanup/engine/time";
import { scheduleName, SCHEDULES, type ReaperEvent, type ReaperNames } from "../../../contract/reaper";
import { parseInstant } from "../../../contract/registry";
import type { ScheduleName, Schedules } from "../core/ports";

/** Scheduler is exact to a minute; an instant in the past gets the next one that Scheduler can keep. */
const SOONEST_MS = 60_000;

/**
 * Minutes within which Scheduler spreads schedules, so that environments that expire together do not all wake the
 * reaper in the same second. Warnings are not spread, because people rely on the time between warning and expiry.
 */
const JITTER_MINUTES: Readonly<Record<ScheduleName, number>> = { warn: 0, expire: 1, rearm: 1 };

/** `at(2026-01-31T09:00:00)`, in UTC, because Scheduler allows no zone in the expression. */
export function atExpression(at: Instant): string {
  return `at(${new Date(Math.ceil(at / 1000) * 1000).toISOString().slice(0, 19)})`;
}

/** The instant in one of our expressions; `undefined` for any other text. */
export function instantOf(expression: string | undefined): Instant | undefined {
  const text = /^at\((.+)\)$/.exec(expression ?? "")?.[1];
  return text === undefined ? undefined : parseInstant(`${text}Z`);
}

/** The one-time schedules of environments, all in one group. They invoke the reaper and delete themselves. */
export function schedules(
  { scheduler }: Pick<Clients, "scheduler">,
  reaper: ReaperNames,
  now: () => Instant,
): Schedules {
  const GroupName = reaper.scheduleGroupName;

  async function timeOf(
    environment: string,
    schedule: ScheduleName,
  ): Promise<readonly [ScheduleName, Instant] | undefined> {
    const Name = scheduleName(environment, schedule);
    const found = await unlessNotFound(() => scheduler.send(new GetScheduleCommand({ GroupName, Name })));
    const at = instantOf(found?.ScheduleExpression);
    return at === undefined || found?.State === "DISABLED" ? undefined : [schedule, at];
  }

  return {
    async read(environment) {
      const times = await Promise.all(SCHEDULES.map((schedule) => timeOf(environment, schedule)));
      return Object.fromEntries(times.filter((time) => time !== undefined));
    },

    async put(environment, name, at) {
      const event: ReaperEvent = { kind: name, environment };
      const jitter = JITTER_MINUTES[name];
      const schedule = {
        GroupName,
        Name: scheduleName(environment, name),
        ScheduleExpression: atExpression(Math.max(at, now() + SOONEST_MS)),
        ScheduleExpressionTimezone: "UTC",
        FlexibleTimeWindow:
          jitter > 0
            ? { Mode: "FLEXIBLE" as const, MaximumWindowInMinutes: jitter }
            : { Mode: "OFF" as const },
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
        await scheduler.send(new CreateScheduleCommand(schedule));
      } catch (error) {
        if (errorName(error) !== "ConflictException") throw error;
        await scheduler.send(new UpdateScheduleCommand(schedule));
      }
    },

    async deleteAll(environment) {
      for (const schedule of SCHEDULES) {
        const Name = scheduleName(environment, schedule);
        await unlessNotFound(() => scheduler.send(new DeleteScheduleCommand({ GroupName, Name })));
      }
    },
  };
}
