import type * as scheduler from "@aws-sdk/client-scheduler";
import { anywhere, operation, type Call, type Need, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import type { Schedule, ScheduleGroup } from "../world/platform";
import type { World } from "../world/world";

type Named = { GroupName?: string | undefined; Name?: string | undefined };

const missing = (what: string, name: string) =>
  new AwsError("ResourceNotFoundException", `${what} ${name} does not exist.`, 404);

function groupOf(world: World, name = "default"): ScheduleGroup {
  const group = world.scheduleGroups.get(name);
  if (!group) throw missing("Schedule group", name);
  return group;
}

/** Schedules cannot be tagged: only their ARN says whose they are. */
function onSchedule(action: string, world: World, input: Named): Need {
  return {
    action: `scheduler:${action}`,
    resource: world.arn("scheduler", `schedule/${input.GroupName ?? "default"}/${input.Name}`),
  };
}

const idOf = (input: Named) => `${input.GroupName ?? "default"}/${input.Name}`;

function scheduleOf(world: World, input: Named): Schedule {
  const schedule = world.schedules.get(idOf(input));
  if (!schedule) throw missing("Schedule", input.Name ?? "");
  return schedule;
}

/** Instant of `at(…)` in UTC; recurring schedules are not simulated. */
export function instantOf(expression: string): number {
  const text = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(expression)?.[1];
  if (text === undefined)
    throw new AwsError("ValidationException", `Invalid Schedule Expression ${expression}.`);
  return Date.parse(`${text}Z`);
}

type Definition = scheduler.CreateScheduleCommandInput | scheduler.UpdateScheduleCommandInput;

/** The role a schedule uses must be passed to it. */
function definitionNeeds(action: string, input: Definition, world: World): Need[] {
  const pass: Need = {
    action: "iam:PassRole",
    resource: input.Target?.RoleArn ?? "*",
    context: { "iam:PassedToService": "scheduler.amazonaws.com" },
  };
  return [onSchedule(action, world, input), pass];
}

function define(input: Definition, call: Call): Schedule {
  const { world } = call;
  if (input.ScheduleExpressionTimezone !== undefined && input.ScheduleExpressionTimezone !== "UTC") {
    throw new AwsError("ValidationException", "only UTC is simulated");
  }
  if (instantOf(input.ScheduleExpression!) <= call.now) {
    throw new AwsError("ValidationException", "Invalid Schedule Expression: the time is in the past.");
  }
  const schedule: Schedule = {
    id: idOf(input),
    arn: world.arn("scheduler", `schedule/${idOf(input)}`),
    tags: {},
    // `<environment>.<schedule>`
    origin: input.Name!.split(".")[0]!,
    group: input.GroupName ?? "default",
    name: input.Name!,
    expression: input.ScheduleExpression!,
    input: input.Target?.Input ?? "",
    target: { ...input.Target } as Record<string, unknown>,
    windowMinutes: input.FlexibleTimeWindow?.MaximumWindowInMinutes ?? 0,
    afterCompletion: input.ActionAfterCompletion ?? "NONE",
  };
  world.schedules.add(schedule);
  world.onSchedule?.(schedule);
  return schedule;
}

function shape(schedule: Schedule): scheduler.GetScheduleCommandInput & Record<string, unknown> {
  return {
    Name: schedule.name,
    GroupName: schedule.group,
    Arn: schedule.arn,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: "UTC",
    ActionAfterCompletion: schedule.afterCompletion,
    State: "ENABLED",
    Target: schedule.target,
  };
}

export const SCHEDULER: Operations = {
  ListSchedules: operation<scheduler.ListSchedulesCommandInput, scheduler.ListSchedulesCommandOutput>(
    anywhere("scheduler:ListSchedules"),
    (input, { world }) => {
      if (input.GroupName !== undefined) groupOf(world, input.GroupName);
      const found = world.schedules.where(
        (s) => (!input.GroupName || s.group === input.GroupName) && s.name.startsWith(input.NamePrefix ?? ""),
      );
      const { items, next } = pageOf(world, found, (s) => s.id, input.NextToken, input.MaxResults);
      return {
        Schedules: items.map((s) => ({ Name: s.name, GroupName: s.group, Arn: s.arn, State: "ENABLED" })),
        NextToken: next,
      };
    },
  ),
  GetSchedule: operation<scheduler.GetScheduleCommandInput, scheduler.GetScheduleCommandOutput>(
    (input, world) => onSchedule("GetSchedule", world, input),
    (input, { world }) =>
      shape(scheduleOf(world, input)) as Omit<scheduler.GetScheduleCommandOutput, "$metadata">,
  ),
  CreateSchedule: operation<scheduler.CreateScheduleCommandInput, scheduler.CreateScheduleCommandOutput>(
    (input, world) => definitionNeeds("CreateSchedule", input, world),
    (input, call) => {
      groupOf(call.world, input.GroupName);
      if (call.world.schedules.get(idOf(input))) {
        throw new AwsError("ConflictException", `Schedule ${input.Name} already exists.`, 409);
      }
      return { ScheduleArn: define(input, call).arn };
    },
  ),
  UpdateSchedule: operation<scheduler.UpdateScheduleCommandInput, scheduler.UpdateScheduleCommandOutput>(
    (input, world) => definitionNeeds("UpdateSchedule", input, world),
    (input, call) => {
      scheduleOf(call.world, input);
      return { ScheduleArn: define(input, call).arn };
    },
  ),
  DeleteSchedule: operation<scheduler.DeleteScheduleCommandInput, scheduler.DeleteScheduleCommandOutput>(
    (input, world) => onSchedule("DeleteSchedule", world, input),
    (input, { world }) => {
      world.schedules.delete(scheduleOf(world, input).id);
      return {};
    },
  ),
};
