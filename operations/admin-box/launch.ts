import type { CreateFleetCommandInput, CreateFleetError, CreateFleetInstance } from "@aws-sdk/client-ec2";
import type { Market } from "./prices";

/** A type in a subnet, from which a fleet may take an instance. */
export interface Candidate {
  readonly instanceType: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
}

/** What was asked for in vain, and AWS's error code for it. */
export interface Refusal extends Partial<Candidate> {
  readonly market: Market;
  readonly code: string;
}

export type LaunchResult =
  | {
      readonly kind: "launched";
      readonly instanceId: string;
      readonly market: Market;
      readonly instanceType: string;
      readonly availabilityZone: string;
      /** Pools that refused before. */
      readonly refused: readonly Refusal[];
    }
  | { readonly kind: "noCapacity"; readonly refused: readonly Refusal[] };

export interface LaunchOrder {
  /** Unique per launch. Repeating the launch with it, and with nothing else changed, starts no second box. */
  readonly id: string;
  readonly launchTemplate: string;
  readonly candidates: readonly Candidate[];
  /** Markets to try, in this order. */
  readonly markets: readonly Market[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface FleetAnswer {
  readonly Errors?: readonly CreateFleetError[];
  readonly Instances?: readonly CreateFleetInstance[];
}

export interface LaunchPorts {
  createFleet(input: CreateFleetCommandInput): Promise<FleetAnswer>;
  /** Milliseconds that only grow. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** A launch ends within this time. */
const LAUNCH_SECONDS = 90;
const RETRY_MS = [500, 1_000, 2_000, 4_000];

/** Another pool, or the other market, may have an instance. Any other code in a fleet's answer is an error. */
const NO_CAPACITY = new Set([
  "InsufficientInstanceCapacity",
  "InsufficientCapacity",
  "InsufficientHostCapacity",
  "InsufficientFreeAddressesInSubnet",
  "UnfulfillableCapacity",
  "MaxSpotInstanceCountExceeded",
  "SpotMaxPriceTooLow",
  "VcpuLimitExceeded",
  "InstanceLimitExceeded",
  "Unsupported",
  "UnsupportedOperation",
  "InvalidFleetConfiguration",
]);

/** The same call, with the same token, may be repeated after these. */
const TRANSIENT =
  /^(RequestLimitExceeded|Throttling\w*|InternalError|InternalFailure|ServiceUnavailable|Unavailable|TimeoutError|ECONNRESET|EPIPE|ETIMEDOUT|5\d\d)$/;

/** The fleet itself failed, for another reason than capacity. */
export class FleetError extends Error {
  override readonly name = "FleetError";

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** One request for each market, each with a client token of its own: a token with other parameters is an error. */
export async function launch(order: LaunchOrder, ports: LaunchPorts): Promise<LaunchResult> {
  const deadline = ports.now() + LAUNCH_SECONDS * 1000;
  const refused: Refusal[] = [];
  for (const market of order.markets) {
    if (ports.now() >= deadline) break;
    const answer = await persistently(() => ports.createFleet(fleetOf(order, market)), deadline, ports);
    const [instance] = answer.Instances ?? [];
    const instanceId = instance?.InstanceIds?.[0];
    if (instanceId !== undefined) {
      const { instanceType = instance?.InstanceType ?? "", availabilityZone = "" } =
        candidateOf(instance?.LaunchTemplateAndOverrides, order.candidates) ?? {};
      return { kind: "launched", instanceId, market, instanceType, availabilityZone, refused };
    }
    for (const error of answer.Errors ?? []) refused.push(refusalOf(error, market, order.candidates));
  }
  return { kind: "noCapacity", refused };
}

/** The request for one market; the same order gives the same request. */
function fleetOf(
  { id, launchTemplate, candidates, tags }: LaunchOrder,
  market: Market,
): CreateFleetCommandInput {
  const tagList = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    ClientToken: `${id}-${market}`,
    Type: "instant",
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: { LaunchTemplateName: launchTemplate, Version: "$Default" },
        Overrides: candidates.map(({ instanceType, subnetId }) => ({
          InstanceType: instanceType as never,
          SubnetId: subnetId,
        })),
      },
    ],
    TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: market },
    // No maximum price: it only raises the number of interruptions. The estimate bounds the cost.
    ...(market === "spot"
      ? {
          SpotOptions: {
            AllocationStrategy: "price-capacity-optimized",
            InstanceInterruptionBehavior: "terminate",
          },
        }
      : { OnDemandOptions: { AllocationStrategy: "lowest-price" } }),
    TagSpecifications: [
      { ResourceType: "instance", Tags: tagList },
      { ResourceType: "volume", Tags: tagList },
      { ResourceType: "fleet", Tags: tagList },
    ],
  };
}

function refusalOf(
  { ErrorCode = "unknown", ErrorMessage = "", LaunchTemplateAndOverrides }: CreateFleetError,
  market: Market,
  candidates: readonly Candidate[],
): Refusal {
  if (!NO_CAPACITY.has(ErrorCode)) {
    throw new FleetError(ErrorCode, `The launch was refused (${ErrorCode}): ${ErrorMessage}`);
  }
  return { market, code: ErrorCode, ...candidateOf(LaunchTemplateAndOverrides, candidates) };
}

/** The candidate that a part of a fleet's answer is about. */
function candidateOf(
  about: CreateFleetError["LaunchTemplateAndOverrides"],
  candidates: readonly Candidate[],
): Candidate | undefined {
  const { InstanceType, SubnetId } = about?.Overrides ?? {};
  return candidates.find(
    ({ instanceType, subnetId }) => instanceType === InstanceType && subnetId === SubnetId,
  );
}

async function persistently<T>(work: () => Promise<T>, deadline: number, ports: LaunchPorts): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const wait = RETRY_MS[attempt];
      const { name = "", code = "" } = error as { readonly name?: string; readonly code?: string };
      const isTransient = TRANSIENT.test(name) || TRANSIENT.test(code);
      if (!isTransient || wait === undefined || ports.now() + wait >= deadline) throw error;
      await ports.sleep(wait);
    }
  }
}
