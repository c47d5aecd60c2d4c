/**
 * Memory sizes in MiB that Fargate on Linux supports, by CPU units (1024 = 1 vCPU).
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const LEGAL_MEMORY_MIB: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, gibibytes(1, 4, 1)],
  [1024, gibibytes(2, 8, 1)],
  [2048, gibibytes(4, 16, 1)],
  [4096, gibibytes(8, 30, 1)],
  [8192, gibibytes(16, 60, 4)],
  [16384, gibibytes(32, 120, 8)],
]);

export interface TaskSize {
  /** CPU units; 1024 is one vCPU. */
  readonly cpuUnits: number;
  /** Memory in MiB. */
  readonly memoryMiB: number;
}

/** Named task sizes. */
export const TASK_SIZES = {
  small: { cpuUnits: 256, memoryMiB: 512 },
  medium: { cpuUnits: 512, memoryMiB: 1024 },
  large: { cpuUnits: 1024, memoryMiB: 2048 },
  xlarge: { cpuUnits: 2048, memoryMiB: 4096 },
} as const satisfies Record<string, TaskSize>;

export type TaskSizeName = keyof typeof TASK_SIZES;

/** Resolves a named size. */
export function taskSize(size: TaskSizeName | TaskSize): TaskSize {
  return typeof size === "string" ? TASK_SIZES[size] : size;
}

/** Why Fargate does not support a size and what is allowed, or `undefined` if it does. */
export function taskSizeFault({ cpuUnits, memoryMiB }: TaskSize): string | undefined {
  const memory = LEGAL_MEMORY_MIB.get(cpuUnits);
  if (memory === undefined) {
    return `Fargate does not support ${cpuUnits} CPU units; allowed: ${[...LEGAL_MEMORY_MIB.keys()].join(", ")} (1024 units = 1 vCPU)`;
  }
  if (!memory.includes(memoryMiB)) {
    return `Fargate does not support ${memoryMiB} MiB with ${cpuUnits} CPU units; allowed with ${cpuUnits} units: ${memory.join(", ")} MiB`;
  }
  return undefined;
}

function gibibytes(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, i) => (from + i * step) * 1024);
}

/**
 * AWS services that a Fargate task uses by itself: image pull, log driver, secrets and parameters of the task
 * definition, ECS Exec, and KMS for customer managed keys. The keys are construct ids, which cannot contain dots.
 *
 * Fargate does not use the three endpoints of ECS itself; they are for EC2 hosts.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 */
export const FARGATE_SERVICES = {
  "ecr-api": "ecr.api",
  "ecr-dkr": "ecr.dkr",
  kms: "kms",
  logs: "logs",
  secretsmanager: "secretsmanager",
  ssm: "ssm",
  ssmmessages: "ssmmessages",
} as const;
