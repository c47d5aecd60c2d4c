/**
 * CPU and memory pairs that Fargate runs, on Linux.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */

/** CPU units (1024 = 1 vCPU) and the memory sizes in MiB allowed with them. */
const LEGAL_MEMORY_MIB: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, gibibytes(1, 4, 1)],
  [1024, gibibytes(2, 8, 1)],
  [2048, gibibytes(4, 16, 1)],
  [4096, gibibytes(8, 30, 1)],
  [8192, gibibytes(16, 60, 4)],
  [16384, gibibytes(32, 120, 8)],
]);

/** A task's size. */
export interface TaskSize {
  /** CPU units; 1024 is one vCPU. */
  readonly cpuUnits: number;
  /** Memory in MiB. */
  readonly memoryMiB: number;
}

/** Named sizes of the environments. */
export const TASK_SIZES = {
  small: { cpuUnits: 256, memoryMiB: 512 },
  medium: { cpuUnits: 512, memoryMiB: 1024 },
  large: { cpuUnits: 1024, memoryMiB: 2048 },
  xlarge: { cpuUnits: 2048, memoryMiB: 4096 },
} as const satisfies Record<string, TaskSize>;

export type TaskSizeName = keyof typeof TASK_SIZES;

/** The pair behind a name; a pair is itself. */
export function taskSize(size: TaskSizeName | TaskSize): TaskSize {
  return typeof size === "string" ? TASK_SIZES[size] : size;
}

/** What is wrong with a pair, in a sentence that names what is allowed; `undefined` when Fargate runs it. */
export function taskSizeFault({ cpuUnits, memoryMiB }: TaskSize): string | undefined {
  const memory = LEGAL_MEMORY_MIB.get(cpuUnits);
  if (memory === undefined) {
    return `Fargate has no size with ${cpuUnits} CPU units; allowed are ${[...LEGAL_MEMORY_MIB.keys()].join(", ")} (1024 units = 1 vCPU)`;
  }
  if (!memory.includes(memoryMiB)) {
    return `Fargate does not run ${cpuUnits} CPU units with ${memoryMiB} MiB; allowed with ${cpuUnits} units are ${memory.join(", ")} MiB`;
  }
  return undefined;
}

function gibibytes(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, i) => (from + i * step) * 1024);
}

/**
 * What a Fargate task calls without any code of its own: image pull, log driver, secrets and parameters of
 * the task definition, ECS Exec, and KMS for what is encrypted with a customer managed key. Construct id by
 * service name: the id is the service name without dots, which a construct id loses.
 *
 * The three endpoints of ECS itself are for EC2 hosts; Fargate does not use them.
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
