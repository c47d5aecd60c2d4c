import type { TaskSize } from "../../contract/fargate";
import { hourlyUsd } from "../../contract/prices";

/** What an environment runs at its smallest. */
export interface RunningParts {
  readonly tasks: number;
  readonly size: TaskSize;
  readonly natGateways: number;
  /** Of NAT gateways and load balancer. */
  readonly publicAddresses: number;
  /** Interface endpoints, counted in each of their zones. */
  readonly interfaceEndpoints: number;
}

/**
 * What the smallest number of tasks with network and load balancer costs, in US dollars an hour, rounded to a tenth
 * of a cent: the prices of the price book (us-east-1, on demand), without the alarms (a tenth of a cent) and without
 * what depends on use. Good for a report ("this cost about $12 to keep"), not for a bill; `automock cost` says more.
 */
export function hourlyCostUsd(parts: RunningParts): number {
  const { tasks, size, natGateways, publicAddresses, interfaceEndpoints } = parts;
  const task =
    (size.cpuUnits / 1024) * hourlyUsd("fargate-x86-vcpu") +
    (size.memoryMiB / 1024) * hourlyUsd("fargate-x86-memory");
  const usd =
    tasks * task +
    hourlyUsd("load-balancer-application") +
    natGateways * hourlyUsd("nat-gateway") +
    publicAddresses * hourlyUsd("public-ipv4") +
    interfaceEndpoints * hourlyUsd("interface-endpoint");
  return Math.round(usd * 1000) / 1000;
}
