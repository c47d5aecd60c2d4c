import type { TaskSize } from "../../contract/fargate";

/** What an environment runs at its smallest. */
export interface RunningParts {
  readonly tasks: number;
  readonly size: TaskSize;
  readonly natGateways: number;
  /** Of NAT gateways and load balancer. */
  readonly publicAddresses: number;
}

/**
 * US dollars an hour in us-east-1, on demand: the prices of docs/costs.md, without what depends on use. Good for
 * a report ("this cost about $12 to keep"), not for a bill.
 */
const PRICES = { vcpu: 0.04048, gibibyte: 0.004445, loadBalancer: 0.0225, nat: 0.045, ipv4: 0.005 } as const;

/** What the smallest number of tasks with network and load balancer costs, in US dollars an hour, to a tenth of a cent. */
export function hourlyCostUsd({ tasks, size, natGateways, publicAddresses }: RunningParts): number {
  const task = (size.cpuUnits / 1024) * PRICES.vcpu + (size.memoryMiB / 1024) * PRICES.gibibyte;
  const usd = tasks * task + PRICES.loadBalancer + natGateways * PRICES.nat + publicAddresses * PRICES.ipv4;
  return Math.round(usd * 1000) / 1000;
}
