import type { Box } from "./boxes";
import type { AdminPlace } from "./place";
import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { openChannel, type OpenChannel, type SessionRequest } from "./session/open";
import type { ChannelOptions } from "./session/channel";
import { untilStarted } from "./wait";

export interface ShellOptions extends Omit<ChannelOptions, "resume"> {
  readonly request: Omit<SessionRequest, "Target">;
  /** Called once when the agent of the box is late. */
  readonly onLate: () => void;
  readonly signal?: AbortSignal;
}

/** Opens a session on a box as soon as its agent is there. */
export function openSession(
  place: AdminPlace,
  box: Pick<Box, "id">,
  options: ShellOptions,
): Promise<OpenChannel> {
  const { request, onLate, signal, ...channel } = options;
  return untilStarted(
    {
      start: () => openChannel(place.clients.ssm, { ...request, Target: box.id }, channel),
      isAlive: () => isAlive(place, box.id),
      onLate,
      signal,
    },
    place.clock,
  );
}

/** Whether a box starts or runs. */
export async function isAlive({ clients }: AdminPlace, id: string): Promise<boolean> {
  try {
    const { Reservations = [] } = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    const state = Reservations[0]?.Instances?.[0]?.State?.Name;
    return state === "pending" || state === "running";
  } catch (error) {
    // Not every server of EC2 knows a new instance at once.
    if ((error as Error).name === "InvalidInstanceID.NotFound") return true;
    throw error;
  }
}
