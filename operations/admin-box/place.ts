import type { AdminNames } from "../../contract/admin-box";
import type { createClients } from "../aws/clients";

export type AdminClients = Awaited<
  ReturnType<
    typeof createClients<"cloudWatch" | "ec2" | "instanceConnect" | "scheduler" | "ssm" | "sts" | "quotas">
  >
>;

export interface Clock {
  /** Milliseconds since 1970. */
  wall(): number;
  /** Milliseconds that only grow. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** One admin stack, and how to reach it. */
export interface AdminPlace {
  readonly names: AdminNames;
  readonly settings: {
    /** Name of the environment. */
    readonly environment: string;
    readonly instanceTypes: readonly string[];
    /** Subnets of the boxes; absent for those of the default VPC. */
    readonly subnetIds?: readonly string[];
    /** Whether the stack has an endpoint of EC2 Instance Connect. */
    readonly instanceConnect: boolean;
  };
  /** Tags of the stack. */
  readonly tags: Readonly<Record<string, string>>;
  readonly clients: AdminClients;
  readonly clock: Clock;
}

export const systemClock: Clock = {
  wall: Date.now,
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
