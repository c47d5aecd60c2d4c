import { Token } from "cdktf";
import { escapeTemplate } from "../shared/policy-document";
import { refuseFaults } from "../shared/faults";

/** A condition on another container of the task that must hold before this one starts. */
export interface ContainerDependency {
  /** Name of the container to wait for. */
  readonly container: string;
  /** `SUCCESS` waits for exit code 0, `COMPLETE` for any exit; both require a non-essential container. */
  readonly condition: "START" | "HEALTHY" | "COMPLETE" | "SUCCESS";
}

export interface MountPoint {
  /** Name of a volume of the task definition. */
  readonly sourceVolume: string;
  /** Absolute path inside the container. */
  readonly containerPath: string;
  /** @default false */
  readonly readOnly?: boolean;
}

/** Health check that ECS runs inside the container; the command must exist in the image. */
export interface ContainerHealthCheck {
  /** Starts with `CMD` or `CMD-SHELL`. */
  readonly command: readonly string[];
  /** 5 to 300. */
  readonly intervalSeconds: number;
  /** 2 to 60. */
  readonly timeoutSeconds: number;
  /** 1 to 10. */
  readonly retries: number;
  /** Failures within this time after the start do not count, 0 to 300. */
  readonly startPeriodSeconds: number;
}

/** One container of a Fargate task. Properties are named as in the ECS API, with units added. */
export interface Container {
  /** Unique in the task; letters, digits, hyphens and underscores. Also used in the log group's name. */
  readonly name: string;
  /** `registry/repository:tag[@sha256:…]`. `latest` and images without a tag are rejected. */
  readonly image: string;
  /** The task stops when an essential container stops. @default true */
  readonly essential?: boolean;
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  /** Plain values by name. Names that look like secrets are rejected. */
  readonly environment?: Readonly<Record<string, string>>;
  /** ARNs of Secrets Manager secrets or SSM parameters, by variable name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** TCP ports. */
  readonly containerPorts?: readonly number[];
  readonly mountPoints?: readonly MountPoint[];
  readonly dependsOn?: readonly ContainerDependency[];
  /** `uid` or `uid:gid`. @default the image's user */
  readonly user?: string;
  /** @default true (Security Hub ECS.5) */
  readonly readonlyRootFilesystem?: boolean;
  /** Hard limit in MiB; a container that exceeds it is killed. */
  readonly memoryMiB: number;
  /** Memory that ECS reserves for the container, in MiB. @default memoryMiB */
  readonly memoryReservationMiB?: number;
  /** Share of the task's CPU under contention, in CPU units. @default 0, the smallest share */
  readonly cpuUnits?: number;
  /** Time between SIGTERM and SIGKILL, 2 to 120. @default 30, the ECS default */
  readonly stopTimeoutSeconds?: number;
  readonly healthCheck?: ContainerHealthCheck;
}

const SECRET_NAME =
  /(^|_)(API_?KEY|CREDENTIALS?|KEYS?|PASSPHRASE|PASSWD|PASSWORDS?|PWD|SECRETS?|TOKENS?)(_|$)/i;

/** All faults of a container; empty if there are none. */
export function containerFaults(container: Container): readonly string[] {
  const { name, image, environment = {}, memoryMiB, memoryReservationMiB, stopTimeoutSeconds } = container;
  const faults: string[] = [];
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
    faults.push(`name "${name}" is malformed: use letters, digits, hyphens and underscores, at most 255`);
  const imageFault = imagePinFault(image);
  if (imageFault !== undefined) faults.push(imageFault);
  for (const variable of Object.keys(environment).sort()) {
    if (SECRET_NAME.test(variable))
      faults.push(
        `environment variable ${variable} looks like a secret, and the environment is readable in the console and the state; use "secrets" with an ARN instead`,
      );
    if (container.secrets?.[variable] !== undefined)
      faults.push(`variable ${variable} is in both "environment" and "secrets"; remove one of them`);
  }
  // ECS requires at least 6 MiB: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
  if (!Number.isInteger(memoryMiB) || memoryMiB < 6)
    faults.push(`memoryMiB is ${memoryMiB}; give whole MiB, at least 6`);
  if (memoryReservationMiB !== undefined && memoryReservationMiB > memoryMiB)
    faults.push(
      `memoryReservationMiB ${memoryReservationMiB} is above memoryMiB ${memoryMiB}; lower it or raise the limit`,
    );
  if (stopTimeoutSeconds !== undefined && (stopTimeoutSeconds < 2 || stopTimeoutSeconds > 120))
    faults.push(`stopTimeoutSeconds is ${stopTimeoutSeconds}; Fargate allows 2 to 120`);
  return faults;
}

/** Why an image reference is not pinned and how to fix it, or `undefined` if it is pinned. */
export function imagePinFault(image: string): string | undefined {
  if (Token.isUnresolved(image)) return undefined;
  const parts = /^([^@\s]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image);
  if (parts === null)
    return `image "${image}" is malformed; write repository:tag, with @sha256:<64 hex digits> for a digest`;
  const [, , tag, digest] = parts;
  if (tag === "latest")
    return `image "${image}" uses the tag "latest", which can change; use a version, preferably with its digest`;
  if (tag === undefined && digest === undefined)
    return `image "${image}" has no tag, which means "latest"; use a version, preferably with its digest`;
  return undefined;
}

export interface ContainerLog {
  readonly logGroupName: string;
  readonly region: string;
}

/**
 * Converts a container to its form in the ECS API. Lists built from records are sorted, and values that ECS
 * would add (`hostPort`, `protocol`) are explicit, so that a second plan shows no changes.
 *
 * @throws Error listing every fault of the container
 */
export function renderContainer(container: Container, log: ContainerLog): Readonly<Record<string, unknown>> {
  refuseFaults(`container "${container.name}"`, containerFaults(container));
  const { healthCheck, mountPoints, dependsOn, environment, secrets, containerPorts } = container;
  return {
    name: container.name,
    image: container.image,
    essential: container.essential ?? true,
    cpu: container.cpuUnits ?? 0,
    memory: container.memoryMiB,
    memoryReservation: container.memoryReservationMiB,
    entryPoint: container.entryPoint,
    command: container.command,
    environment: named(environment, "value"),
    secrets: named(secrets, "valueFrom"),
    portMappings: containerPorts?.map((port) => ({ containerPort: port, hostPort: port, protocol: "tcp" })),
    mountPoints: mountPoints?.map((mount) => ({ ...mount, readOnly: mount.readOnly ?? false })),
    dependsOn: dependsOn?.map(({ container: containerName, condition }) => ({ containerName, condition })),
    user: container.user,
    readonlyRootFilesystem: container.readonlyRootFilesystem ?? true,
    // The init process reaps children and forwards signals; a shell as process 1 does neither.
    linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"], add: [] } },
    stopTimeout: container.stopTimeoutSeconds,
    healthCheck: healthCheck && {
      command: healthCheck.command,
      interval: healthCheck.intervalSeconds,
      timeout: healthCheck.timeoutSeconds,
      retries: healthCheck.retries,
      startPeriod: healthCheck.startPeriodSeconds,
    },
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": log.logGroupName,
        "awslogs-region": log.region,
        "awslogs-stream-prefix": "ecs",
        // Explicit because the default depends on an account setting. When the buffer is full, log lines are
        // dropped instead of blocking the container.
        // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
        mode: "non-blocking",
        "max-buffer-size": "4m",
      },
    },
  };
}

/** The `container_definitions` JSON, sorted by name and escaped so that Terraform does not evaluate it. */
export function containerDefinitions(
  containers: readonly Container[],
  logOf: (container: Container) => ContainerLog,
): string {
  const sorted = [...containers].sort((a, b) => (a.name < b.name ? -1 : 1));
  const json = JSON.stringify(sorted.map((container) => renderContainer(container, logOf(container))));
  // `%{` starts a Terraform template directive.
  return escapeTemplate(json).replace(/(?<!%)%\{/g, "%%{");
}

function named(
  record: Readonly<Record<string, string>> | undefined,
  field: "value" | "valueFrom",
): readonly Readonly<Record<string, string>>[] | undefined {
  if (record === undefined) return undefined;
  return Object.entries(record)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, [field]: value }));
}
