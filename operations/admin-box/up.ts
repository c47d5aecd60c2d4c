import { randomBytes } from "node:crypto";
import { CreateFleetCommand, type CreateFleetCommandInput } from "@aws-sdk/client-ec2";
import { BOX_TAG, BOX_TERMS } from "../../contract/admin-box";
import { formatInstant } from "../../contract/registry";
import { UserError } from "../../contract/user-error";
import { createEnd, endBox, listBoxes, secondsTag, type Box } from "./boxes";
import { launch, type LaunchResult, type Refusal } from "./launch";
import type { AdminPlace } from "./place";
import type { Preview } from "./preview";
import type { Market } from "./prices";

export interface UpOptions {
  readonly hours: number;
  readonly reason: string;
  readonly markets: readonly Market[];
  /** Whether a client stays and renews the heartbeat; otherwise the box needs none before its expiry. */
  readonly attended: boolean;
}

export type UpResult =
  | { readonly kind: "up"; readonly box: Box; readonly refused: readonly Refusal[]; readonly seconds: number }
  | Extract<LaunchResult, { readonly kind: "noCapacity" }>;

/**
 * Launches a box and arms its ends: the tags are there from the first moment, the schedule follows. If it cannot be
 * created, the box is terminated again.
 */
export async function launchBox(place: AdminPlace, preview: Preview, options: UpOptions): Promise<UpResult> {
  const { names, clients, clock, settings } = place;
  const began = clock.now();
  const now = clock.wall();
  const expiresAt = now + options.hours * 3_600_000;
  const aliveUntil = options.attended ? now + BOX_TERMS.graceMinutes * 60_000 : expiresAt;
  const result = await launch(
    {
      id: randomBytes(12).toString("hex"),
      launchTemplate: names.launchTemplate,
      candidates: preview.candidates,
      markets: options.markets,
      tags: {
        Name: names.launchTemplate,
        ...place.tags,
        [BOX_TAG.aliveUntil]: secondsTag(aliveUntil),
        [BOX_TAG.expiresAt]: secondsTag(expiresAt),
        [BOX_TAG.launchedBy]: preview.userId,
        [BOX_TAG.reason]: options.reason,
      },
    },
    { ...clock, createFleet: (input) => createFleet(place, input) },
  );
  if (result.kind === "noCapacity") return result;
  const { instanceId, market, instanceType, availabilityZone } = result;
  try {
    await createEnd(clients, { names, instanceId, at: expiresAt });
  } catch (error) {
    await endBox(clients, names, instanceId);
    throw error;
  }
  const listed = await listBoxes(clients, settings.environment).catch(() => []);
  const box: Box = listed.find(({ id }) => id === instanceId) ?? {
    id: instanceId,
    state: "pending",
    launchedBy: preview.userId,
    reason: options.reason,
    instanceType,
    availabilityZone,
    market,
    launchedAt: formatInstant(now),
    expiresAt: formatInstant(expiresAt),
    maxExpiresAt: formatInstant(now + BOX_TERMS.maxHours * 3_600_000),
    aliveUntil,
    publicAddress: preview.publicAddress,
  };
  return {
    kind: "up",
    box: { ...box, market },
    refused: result.refused,
    seconds: (clock.now() - began) / 1000,
  };
}

async function createFleet({ clients, settings }: AdminPlace, input: CreateFleetCommandInput) {
  try {
    return await clients.ec2.send(new CreateFleetCommand(input));
  } catch (error) {
    if (!(error as Error).name.startsWith("InvalidLaunchTemplate")) throw error;
    const stack = `admin-${settings.environment}`;
    throw new UserError(
      `The stack ${stack} is not deployed in this account and region. Run automock deploy ${stack}.`,
    );
  }
}
