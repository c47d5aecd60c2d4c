import { type TerraformResource } from "../../contract/terraform-json";
import {
  estimate,
  monthly,
  type CostLine,
  type EstimateOptions,
  type NotPriced,
} from "../../pricing/estimate";
import type { TerraformPlan } from "../terraform/plan-json";
import { fromPlannedValues, fromPriorState, regionOfPlan } from "./read-plan";

/** A resource whose monthly cost changes; 0 before for a new one, 0 after for a deleted one. */
export interface CostChange {
  readonly address: string;
  readonly type: string;
  readonly usdMonthlyBefore: number;
  readonly usdMonthlyAfter: number;
  /** Absent if a part of the resource has no price, before or after. */
  readonly usdMonthlyDelta?: number;
}

/** Change in monthly cost, with the smallest number of tasks. */
export interface CostDelta {
  readonly usdMonthlyBefore: number;
  readonly usdMonthlyAfter: number;
  /** Whether more resources before, or after, have no price, so that the figure is a minimum. */
  readonly atLeastBefore: boolean;
  readonly atLeastAfter: boolean;
  /** Absent if unknown, because something that changes has no price. */
  readonly usdMonthlyDelta?: number;
  /** Why the difference is unknown; empty if it is known. */
  readonly unknown: readonly NotPriced[];
  /** Changed resources only, the largest change first. */
  readonly lines: readonly CostChange[];
  /** Resources without a known price, before or after; their cost is not in the figures. */
  readonly notPriced: readonly NotPriced[];
  /** Region of the prices. */
  readonly priceRegion: string;
  /** Day of the oldest price used, `yyyy-mm-dd`. */
  readonly checkedOn: string;
  /** Set if the stack is in another region than the prices. */
  readonly note?: string;
}

/** Differences below $0.0001 a month are floating-point noise. */
const SMALLEST_USD = 0.0001;

/** The change in monthly cost from one set of resources to another. */
export function costDelta(
  before: readonly TerraformResource[],
  after: readonly TerraformResource[],
  options: EstimateOptions = {},
): CostDelta {
  const [earlier, later] = [estimate(before, options), estimate(after, options)];
  const [old, fresh] = [byAddress(earlier.lines), byAddress(later.lines)];
  const unknown = changedWithoutPrice(
    { resources: before, notPriced: earlier.notPriced },
    { resources: after, notPriced: later.notPriced },
  );
  const unknownAddresses = new Set(unknown.map(({ address }) => address));
  const types = new Map([...before, ...after].map(({ address, type }) => [address, type]));
  const lines = [...new Set([...old.keys(), ...fresh.keys()])]
    .map((address) => {
      const [usdMonthlyBefore, usdMonthlyAfter] = [old.get(address) ?? 0, fresh.get(address) ?? 0];
      const type = types.get(address)!;
      return {
        address,
        type,
        usdMonthlyBefore,
        usdMonthlyAfter,
        ...(!unknownAddresses.has(address) && { usdMonthlyDelta: usdMonthlyAfter - usdMonthlyBefore }),
      };
    })
    .filter(({ usdMonthlyDelta }) => sizeOf(usdMonthlyDelta) >= SMALLEST_USD)
    .sort(
      (a, b) => sizeOf(b.usdMonthlyDelta) - sizeOf(a.usdMonthlyDelta) || (a.address < b.address ? -1 : 1),
    );
  const [usdMonthlyBefore, usdMonthlyAfter] = [earlier, later].map(({ usdHourly }) =>
    monthly(usdHourly.expected),
  ) as [number, number];
  return {
    usdMonthlyBefore,
    usdMonthlyAfter,
    atLeastBefore: earlier.notPriced.length > 0,
    atLeastAfter: later.notPriced.length > 0,
    ...(unknown.length === 0 && { usdMonthlyDelta: usdMonthlyAfter - usdMonthlyBefore }),
    unknown,
    lines,
    notPriced: [
      ...later.notPriced,
      ...earlier.notPriced.filter(({ address }) => !later.notPriced.some((one) => one.address === address)),
    ],
    priceRegion: later.priceRegion,
    checkedOn: earlier.checkedOn < later.checkedOn ? earlier.checkedOn : later.checkedOn,
    ...(later.note !== undefined && { note: later.note }),
  };
}

interface Side {
  readonly resources: readonly TerraformResource[];
  readonly notPriced: readonly NotPriced[];
}

/** What has no price on one side and differs from the other. */
function changedWithoutPrice(before: Side, after: Side): NotPriced[] {
  const [old, fresh] = [before, after].map(
    ({ resources }) => new Map(resources.map((resource) => [resource.address, resource])),
  ) as [Map<string, TerraformResource>, Map<string, TerraformResource>];
  const tasksStay = ofTasks(before.resources).every((each) => isSame(each, fresh.get(each.address)));
  const stays = ({ address, type }: NotPriced) =>
    isSame(old.get(address), fresh.get(address)) && (type !== "aws_ecs_service" || tasksStay);
  const seen = new Set<string>();
  return [...after.notPriced, ...before.notPriced].filter((each) => {
    const key = `${each.address} ${each.reason}`;
    return !stays(each) && !seen.has(key) && seen.add(key);
  });
}

/** A service's cost depends on its task definition. */
function ofTasks(resources: readonly TerraformResource[]): TerraformResource[] {
  return resources.filter(({ type }) => type === "aws_ecs_task_definition");
}

/** Values known only after the apply do not count: the plan omits them. */
function isSame(before: TerraformResource | undefined, after: TerraformResource | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return Object.entries(after.values).every(
    ([name, value]) => JSON.stringify(value) === JSON.stringify(before.values[name]),
  );
}

/** Sorts unknown changes before the largest known one. */
function sizeOf(usdMonthlyDelta: number | undefined): number {
  return usdMonthlyDelta === undefined ? Infinity : Math.abs(usdMonthlyDelta);
}

/** The difference that a plan makes, from `terraform show -json PLAN`. */
export function costDeltaOfPlan(plan: TerraformPlan): CostDelta {
  const changes = plan.resource_changes ?? [];
  const moved = new Map(changes.map(({ address, previous_address }) => [previous_address, address]));
  const before = fromPriorState(plan).map((resource) => ({
    ...resource,
    address: moved.get(resource.address) ?? resource.address,
  }));
  // A forgotten resource stays in AWS and keeps costing money.
  const forgotten = new Set(
    changes.filter(({ change }) => change.actions.includes("forget")).map(({ address }) => address),
  );
  const after = [...fromPlannedValues(plan), ...before.filter(({ address }) => forgotten.has(address))];
  return costDelta(before, after, { region: regionOfPlan(plan) });
}

function byAddress(lines: readonly CostLine[]): Map<string, number> {
  const usd = new Map<string, number>();
  for (const { address, usdHourly } of lines) {
    usd.set(address, (usd.get(address) ?? 0) + monthly(usdHourly.expected));
  }
  return usd;
}
