import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
  type Instance,
} from "@aws-sdk/client-ec2";
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  UpdateScheduleCommand,
  type CreateScheduleCommandInput,
  type SchedulerClient,
} from "@aws-sdk/client-scheduler";
import {
  ADMIN_SYSTEM,
  BOX_STATES,
  BOX_TAG,
  BOX_TERMS,
  boxEnd,
  boxMaximum,
  tagInstant,
  type AdminNames,
} from "../../contract/admin-box";
import { formatInstant } from "../../contract/registry";
import { TAG } from "../../contract/tags";
import { UserError } from "../../contract/user-error";
import type { Market } from "./prices";

/** A box, read from its tags. */
export interface Box {
  readonly id: string;
  readonly state: string;
  /** `aws:userid` of who launched it. */
  readonly launchedBy: string;
  readonly reason: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly market: Market;
  readonly launchedAt: string;
  readonly expiresAt: string;
  /** Latest possible expiry. */
  readonly maxExpiresAt: string;
  /** Milliseconds since 1970. */
  readonly aliveUntil: number;
  readonly publicAddress: boolean;
}

export interface BoxClients {
  readonly ec2: EC2Client;
  readonly scheduler: SchedulerClient;
}

/** The boxes of a stack that are not terminated, oldest first. */
export async function listBoxes({ ec2 }: Pick<BoxClients, "ec2">, environment: string): Promise<Box[]> {
  const boxes: Box[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(
      new DescribeInstancesCommand({
        NextToken,
        Filters: [
          { Name: `tag:${TAG.system}`, Values: [ADMIN_SYSTEM] },
          { Name: `tag:${TAG.environment}`, Values: [environment] },
          { Name: "instance-state-name", Values: [...BOX_STATES] },
        ],
      }),
    );
    for (const { Instances = [] } of page.Reservations ?? []) boxes.push(...Instances.map(boxOf));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return boxes.sort((a, b) => (a.launchedAt < b.launchedAt ? -1 : 1));
}

function boxOf(instance: Instance): Box {
  const tags = new Map((instance.Tags ?? []).map(({ Key, Value }) => [Key, Value ?? ""]));
  const launchedAt = instance.LaunchTime?.getTime() ?? 0;
  return {
    id: instance.InstanceId!,
    state: instance.State?.Name ?? "unknown",
    launchedBy: tags.get(BOX_TAG.launchedBy) ?? "",
    reason: tags.get(BOX_TAG.reason) ?? "",
    instanceType: instance.InstanceType ?? "",
    availabilityZone: instance.Placement?.AvailabilityZone ?? "",
    market: instance.InstanceLifecycle === "spot" ? "spot" : "on-demand",
    launchedAt: formatInstant(launchedAt),
    expiresAt: formatInstant(boxEnd(tags.get(BOX_TAG.expiresAt), launchedAt)),
    maxExpiresAt: formatInstant(boxMaximum(launchedAt)),
    aliveUntil: tagInstant(tags.get(BOX_TAG.aliveUntil)) ?? 0,
    publicAddress: instance.PublicIpAddress !== undefined,
  };
}

/** Value of the tags that the box reads. @param at milliseconds since 1970 */
export function secondsTag(at: number): string {
  return String(Math.floor(at / 1000));
}

/** Renews the heartbeat. It reads the tag first: another command may have moved it further. */
export async function beat(
  { ec2 }: Pick<BoxClients, "ec2">,
  { id }: Pick<Box, "id">,
  now: number,
): Promise<void> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
  const until = now + BOX_TERMS.graceMinutes * 60_000;
  if (!instance || boxOf(instance).aliveUntil >= until) return;
  await setTags(ec2, id, { [BOX_TAG.aliveUntil]: secondsTag(until) });
}

async function setTags(ec2: EC2Client, id: string, tags: Readonly<Record<string, string>>): Promise<void> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await ec2.send(new CreateTagsCommand({ Resources: [id], Tags }));
}

export interface ScheduleInput {
  readonly names: AdminNames;
  readonly instanceId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The one-time schedule that terminates a box at its expiry, whatever became of everyone else. */
function scheduleOf({ names, instanceId, at }: ScheduleInput): CreateScheduleCommandInput {
  return {
    Name: names.schedule(instanceId),
    GroupName: names.scheduleGroup,
    // Schedules have no zone and no fraction in their expression.
    ScheduleExpression: `at(${formatInstant(at).slice(0, 19)})`,
    ScheduleExpressionTimezone: "UTC",
    FlexibleTimeWindow: { Mode: "OFF" },
    ActionAfterCompletion: "DELETE",
    Description: `Terminates the admin box ${instanceId} at its expiry.`,
    Target: {
      Arn: `arn:${names.names.partition}:scheduler:::aws-sdk:ec2:terminateInstances`,
      RoleArn: names.names.iamArn(`role/${names.schedulerRole}`),
      Input: JSON.stringify({ InstanceIds: [instanceId] }),
      RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
    },
  };
}

export async function createEnd(
  { scheduler }: Pick<BoxClients, "scheduler">,
  input: ScheduleInput,
): Promise<void> {
  await scheduler.send(new CreateScheduleCommand(scheduleOf(input)));
}

/**
 * Moves every end of a box: expiry and heartbeat tag, from which the box moves its own timer, and schedule. The
 * schedule comes first: if the tags fail, the box ends earlier than asked, not later.
 *
 * @throws UserError if the new expiry is after the maximum
 */
export async function extendBox(
  { ec2, scheduler }: BoxClients,
  names: AdminNames,
  box: Box,
  { byMs, now }: { readonly byMs: number; readonly now: number },
): Promise<{ readonly from: string; readonly to: string; readonly maxExpiresAt: string }> {
  const from = Date.parse(box.expiresAt);
  const at = Math.max(from, now) + byMs;
  const maximum = Date.parse(box.maxExpiresAt);
  if (at > maximum) {
    throw new UserError(
      `${box.id} cannot expire after ${box.maxExpiresAt}, ${BOX_TERMS.maxHours} hours after its launch. ` +
        (maximum > Math.max(from, now)
          ? `The longest extension is ${Math.floor((maximum - Math.max(from, now)) / 60_000)}m.`
          : "Start a new box."),
    );
  }
  const schedule = scheduleOf({ names, instanceId: box.id, at });
  try {
    await scheduler.send(new UpdateScheduleCommand(schedule));
  } catch (error) {
    if ((error as Error).name !== "ResourceNotFoundException") throw error;
    await scheduler.send(new CreateScheduleCommand(schedule));
  }
  // A box without a client lives until its expiry, so its heartbeat moves as well.
  const isUnattended = box.aliveUntil >= from;
  await setTags(ec2, box.id, {
    [BOX_TAG.expiresAt]: secondsTag(at),
    ...(isUnattended && { [BOX_TAG.aliveUntil]: secondsTag(at) }),
  });
  return { from: box.expiresAt, to: formatInstant(at), maxExpiresAt: box.maxExpiresAt };
}

/** Terminates a box and deletes its schedule. Twice is harmless. */
export async function endBox({ ec2, scheduler }: BoxClients, names: AdminNames, id: string): Promise<void> {
  try {
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  } catch (error) {
    if ((error as Error).name !== "InvalidInstanceID.NotFound") throw error;
  }
  try {
    await scheduler.send(
      new DeleteScheduleCommand({ Name: names.schedule(id), GroupName: names.scheduleGroup }),
    );
  } catch {
    // It deletes itself when it has run; terminating a terminated instance is harmless.
  }
}
