import type { AdminClients, AdminPlace } from "../../operations/admin-box/place";
import { BOX_TAG, BOX_TERMS } from "../../contract/admin-box";
import { ADMIN_NAMES } from "./admin-box";

/** What ends a box, each alone. */
export const LAYERS = ["client", "check", "timer", "schedule", "sweep"] as const;
export type Layer = (typeof LAYERS)[number];

const MINUTE = 60_000;
const FIRST_CHECK_MS = 30_000;

/** A box as its own check sees it; instants in seconds since 1970. */
export interface Seen {
  readonly now: number;
  readonly boot: number;
  readonly aliveUntil: number;
  readonly expiresAt: number;
}

/**
 * What the check on a box does: modules/admin-box/scripts/user-data.sh, whose test holds this against the script.
 *
 * @returns when its timer is to stop it, in seconds since 1970; "now" to shut down at once
 */
export function checkOf({ now, boot, aliveUntil, expiresAt }: Seen): number | "now" {
  const stop = Math.min(boot + BOX_TERMS.maxHours * 3600, expiresAt);
  return now < aliveUntil && now < expiresAt && now < stop ? stop : "now";
}

interface Instance {
  readonly launchedAt: number;
  readonly tags: Map<string, string>;
  nextCheckAt: number;
  stopAt: number;
  endedAt?: number;
}

/** EC2, Scheduler and one box, by a clock of its own. Time moves in steps of half a minute. */
export class BoxWorld {
  static readonly START = Date.parse("2026-01-31T09:00:00Z");
  now = BoxWorld.START;
  box: Instance | undefined;
  /** When the schedule of the box is due. */
  schedule: number | undefined;
  calls = 0;
  private dead = false;

  /**
   * @param layers those that work
   * @param killedAt the client dies at its n-th call, from 1 on, before AWS gets it or after it was done
   * @param sweepOffset minutes from the launch to the first hourly sweep
   */
  constructor(
    private readonly layers: readonly Layer[],
    private readonly killedAt?: { readonly call: number; readonly when: "before" | "after" },
    private readonly sweepOffset = 59,
  ) {}

  /** What the command works with. */
  get place(): AdminPlace {
    const client = { send: (command: { input: unknown }) => this.call(command) };
    return {
      names: ADMIN_NAMES,
      settings: { environment: "staging", instanceTypes: ["t3.small"], instanceConnect: false },
      tags: { "automock:system": "admin", "automock:environment": "staging" },
      clients: { ec2: client, scheduler: client, cloudWatch: client } as unknown as AdminClients,
      clock: {
        wall: () => this.now,
        now: () => this.now,
        sleep: async (ms) => void (this.now += ms),
      },
    };
  }

  get isRunning(): boolean {
    return this.box !== undefined && this.box.endedAt === undefined;
  }

  /** Milliseconds that the box has run. */
  get lifetime(): number {
    return (this.box!.endedAt ?? this.now) - this.box!.launchedAt;
  }

  /** Half a minute passes. */
  step(): void {
    this.now += MINUTE / 2;
    const { box, now } = this;
    if (!box || !this.isRunning) return;
    const seconds = (name: string) => Number(box.tags.get(name));
    if (this.layers.includes("check") && now >= box.nextCheckAt) {
      box.nextCheckAt = now + MINUTE;
      this.check(box, false);
    }
    if (this.layers.includes("timer") && now >= box.stopAt) this.end();
    if (this.layers.includes("schedule") && this.schedule !== undefined && now >= this.schedule) {
      this.schedule = undefined;
      this.end();
    }
    const sinceLaunch = (now - box.launchedAt) / MINUTE;
    const isSweep = sinceLaunch >= this.sweepOffset && (sinceLaunch - this.sweepOffset) % 60 === 0;
    if (this.layers.includes("sweep") && isSweep && now >= seconds(BOX_TAG.expiresAt) * 1000) this.end();
  }

  private check(box: Instance, isBoot: boolean): void {
    const decided = checkOf({
      now: Math.floor(this.now / 1000),
      boot: Math.floor(box.launchedAt / 1000),
      aliveUntil: Number(box.tags.get(BOX_TAG.aliveUntil)),
      expiresAt: Number(box.tags.get(BOX_TAG.expiresAt)),
    });
    if (decided !== "now") box.stopAt = this.now + Math.ceil((decided * 1000 - this.now) / MINUTE) * MINUTE;
    else if (!isBoot) this.end();
  }

  private end(): void {
    if (this.isRunning) this.box!.endedAt = this.now;
  }

  private async call(command: { input: unknown }): Promise<unknown> {
    if (this.dead) return never();
    const isLast = ++this.calls === this.killedAt?.call;
    if (isLast) this.dead = true;
    if (isLast && this.killedAt.when === "before") return never();
    const answer = this.answer(command.constructor.name, command.input as Input);
    return isLast ? never() : answer;
  }

  private answer(name: string, input: Input): unknown {
    switch (name) {
      case "CreateFleetCommand": {
        const tags = input.TagSpecifications![0]!.Tags.map(({ Key, Value }) => [Key, Value] as const);
        this.box = {
          launchedAt: this.now,
          tags: new Map(tags),
          nextCheckAt: this.now + FIRST_CHECK_MS,
          stopAt: this.now + BOX_TERMS.defaultHours * 60 * MINUTE,
        };
        this.check(this.box, true);
        return { Instances: [{ InstanceIds: ["i-00000001"], InstanceType: "t3.small" }] };
      }
      case "DescribeInstancesCommand":
        return { Reservations: this.isRunning ? [{ Instances: [this.described()] }] : [] };
      case "CreateTagsCommand":
        for (const { Key, Value } of input.Tags!) this.box!.tags.set(Key, Value);
        return {};
      case "TerminateInstancesCommand":
        this.end();
        return {};
      case "CreateScheduleCommand":
      case "UpdateScheduleCommand":
        this.schedule = Date.parse(`${/^at\((.+)\)$/.exec(input.ScheduleExpression!)![1]!}Z`);
        return {};
      case "DeleteScheduleCommand":
        this.schedule = undefined;
        return {};
      default:
        throw new Error(`the world knows no ${name}`);
    }
  }

  private described() {
    const { launchedAt, tags } = this.box!;
    return {
      InstanceId: "i-00000001",
      InstanceType: "t3.small",
      State: { Name: "running" },
      LaunchTime: new Date(launchedAt),
      PublicIpAddress: "192.0.2.1",
      Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
    };
  }
}

interface Input {
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly TagSpecifications?: readonly {
    readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
  }[];
  readonly ScheduleExpression?: string;
}

/** The client is dead: it learns nothing more. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}
