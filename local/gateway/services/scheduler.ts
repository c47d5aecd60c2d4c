import type { LocalClock } from "../../clock";
import { isSuccess, jsonOf, type Call, type Forward, type JsonObject, type ServicePatch } from "../call";
import type { Functions, Place } from "../functions";
import { ownCall } from "../own-call";

interface Schedule extends Place {
  readonly name: string;
  readonly group: string;
  readonly expression: string;
  readonly target: { readonly Arn: string; readonly Input?: string };
  readonly deleteAfter: boolean;
  readonly isEnabled: boolean;
  /** Milliseconds since 1970; absent when it never runs again. */
  due?: number;
}

export interface SchedulerOptions {
  readonly clock: LocalClock;
  readonly functions: Functions;
  /** Makes a call in the name of a schedule, whose answer nobody waits for. */
  readonly act: (call: Call, forward: Forward) => Promise<unknown>;
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Schedules that run: moto keeps them and does nothing. Targets are functions, and EC2's TerminateInstances as a
 * universal target. Expressions are `at` and `rate`; those with `cron` never run. Roles are not evaluated.
 */
export function scheduler({ clock, functions, act }: SchedulerOptions): ServicePatch {
  const schedules = new Map<string, Schedule>();
  let forward: Forward | undefined;

  clock.watch(async (now) => {
    for (const [key, schedule] of schedules) {
      if (!schedule.isEnabled || schedule.due === undefined || now < schedule.due) continue;
      schedule.due = nextOf(schedule.expression, now);
      await run(schedule).catch(() => undefined); // what became of it, nobody is told
      if (schedule.due !== undefined || !schedule.deleteAfter) continue;
      schedules.delete(key);
      const { accountId, region, name, group } = schedule;
      const path = `/schedules/${name}?groupName=${group}`;
      await forward!(ownCall({ accountId, region, service: "scheduler", method: "DELETE", path }));
    }
  });

  async function run({ accountId, region, target: { Arn, Input } }: Schedule): Promise<void> {
    const input = Input === undefined ? {} : (JSON.parse(Input) as JsonObject);
    if (Arn.includes(":lambda:")) {
      await functions.callFrom({ accountId, region }, Arn, input, forward!);
    } else if (Arn.endsWith(":aws-sdk:ec2:terminateInstances")) {
      const ids = input.InstanceIds as string[];
      const named = ids.map((id, i) => [`InstanceId.${i + 1}`, id]);
      const form = { Action: "TerminateInstances", Version: "2016-11-15", ...Object.fromEntries(named) };
      await act(ownCall({ accountId, region, service: "ec2", form }), forward!);
    }
  }

  return async (call, next) => {
    forward ??= next;
    const answer = await next(call);
    if (!isSuccess(answer)) return answer;
    const input = call.method === "GET" ? {} : jsonOf(call);
    const group = String(input.GroupName ?? call.query.get("groupName") ?? "default");
    const key = [call.accountId, call.region, group, call.resource].join(" ");
    switch (call.operation) {
      case "CreateSchedule":
      case "UpdateSchedule": {
        const expression = String(input.ScheduleExpression);
        schedules.set(key, {
          accountId: call.accountId,
          region: call.region,
          name: call.resource,
          group,
          expression,
          target: input.Target as Schedule["target"],
          deleteAfter: input.ActionAfterCompletion === "DELETE",
          isEnabled: input.State !== "DISABLED",
          due: firstOf(expression, clock.now()),
        });
        break;
      }
      case "DeleteSchedule":
        schedules.delete(key);
        break;
      case "DeleteScheduleGroup":
        for (const [each, { group: of }] of schedules) if (of === call.resource) schedules.delete(each);
    }
    return answer;
  };
}

/** An instant that is over is due at once. */
function firstOf(expression: string, now: number): number | undefined {
  const at = /^at\((.+)\)$/.exec(expression)?.[1];
  return at === undefined ? nextOf(expression, now) : Date.parse(`${at}Z`);
}

function nextOf(expression: string, now: number): number | undefined {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return count === undefined ? undefined : now + Number(count) * UNIT_MS[unit!]!;
}
