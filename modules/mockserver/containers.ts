import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LOADER_CONTAINER, SYNC_CONTAINER } from "../../contract/expectations";
import type { TaskSize } from "../../contract/fargate";
import { AWS_CLI_TAG, pinned } from "../../contract/images";
import { jqLimitKiB, memorySplit, storeLimits } from "../../contract/mockserver-memory";
import { mockServerSettings } from "../../contract/mockserver-settings";
import type { Container, MountPoint } from "../ecs/container";
import { LIVENESS_PATH } from "./image";

/** The only port: mocks, control plane and health check. */
export const MOCKSERVER_PORT = 1080;

/** Name of the container that takes the traffic. */
export const MOCKSERVER_CONTAINER = "mockserver";

/**
 * AWS CLI with `sh`, `jq` and `curl`. Since 2.28 it stands on Amazon Linux 2023 (https://github.com/aws/aws-cli/pull/9551), whose containers have curl-minimal
 * (https://docs.aws.amazon.com/linux/al2023/ug/curl-minimal.html), and has jq (https://github.com/aws/aws-cli/pull/9600).
 */
export const AWS_CLI_IMAGE = pinned(AWS_CLI_TAG);

/** User `nonroot` of the distroless image. */
const NON_ROOT = "65532";

const EXPECTATIONS_VOLUME = "expectations";
const EXPECTATIONS_DIR = "/expectations";
const KEY_SET_FILE = `${EXPECTATIONS_DIR}/control-plane-jwks.json`;
const SCRATCH_VOLUME = "scratch";
const SCRATCH_DIR = "/tmp";
const POLL_SECONDS = 30;

/** Seconds that MockServer has to take a changed file: 2 to 5 on an idle task. */
const TAKE_SECONDS = 30;

/**
 * Seconds between a task's SIGTERM and MockServer's: the load balancer sends a task requests that long after a Spot
 * interruption. A scale-in or a deployment has drained the task already, and stops it as much later.
 */
const DRAIN_SECONDS = 30;

/** CPU share of the sync container, in CPU units: enough for a call per poll on a busy task. */
const SYNC_CPU_UNITS = 32;

/** Who signs tokens for the control plane. */
export interface ControlPlaneTokens {
  /** Public keys, as JSON of RFC 7517. */
  readonly keySet: string;
  /** Audience that a token must name. */
  readonly audience: string;
}

export interface MockServerContainersProps {
  /** Pinned image, see `mockServerImage`. */
  readonly image: string;
  /** Size of the whole task. */
  readonly size: TaskSize;
  /** Object that holds the expectations: a JSON array. */
  readonly expectations: { readonly bucketName: string; readonly key: string };
  /** Region of the bucket. */
  readonly region: string;
  /**
   * `closed`: MockServer itself refuses every control request, however it got past the listener rules, with 401.
   * `networksOnly`: the listener rules alone decide who may send them.
   * Keys: MockServer answers 401 to requests without a token for this audience, signed by one of these keys.
   */
  readonly controlPlane: "closed" | "networksOnly" | ControlPlaneTokens;
  /**
   * Origin whose web pages may call the mocks, for example `https://app.example.com`.
   * @default browsers of other origins are refused
   */
  readonly corsAllowOrigin?: string;
}

/** What a task definition needs to run MockServer. */
export interface MockServerContainers {
  readonly containers: readonly Container[];
  readonly volumes: readonly string[];
}

/**
 * Three containers: a loader that puts the expectations on a shared volume and must succeed, MockServer, and
 * a sync container that replaces the file when the object in S3 changes. A task is ready when its mocks are
 * loaded; a bad upload changes nothing.
 *
 * Cost: the sync container reads the object's head every 30 seconds, about 86000 requests a month and task
 * (0.03 USD in us-east-1).
 */
export function mockServerContainers(props: MockServerContainersProps): MockServerContainers {
  const memory = memorySplit(props.size);
  const limits = storeLimits(props.size);
  const s3 = {
    AWS_REGION: props.region,
    EXPECTATIONS_BUCKET: props.expectations.bucketName,
    EXPECTATIONS_DIR,
    EXPECTATIONS_MAX: String(limits.maxExpectations),
    EXPECTATIONS_MAX_BYTES: String(limits.maxExpectationsBytes),
    // Not "_KEY": that word marks secrets.
    EXPECTATIONS_OBJECT: props.expectations.key,
    // The loader has more, and must not load what the sync container refuses.
    JQ_MAX_KIB: String(jqLimitKiB(memory.sync)),
  };
  const tokens = typeof props.controlPlane === "object" ? props.controlPlane : undefined;
  const loader: Container = {
    name: LOADER_CONTAINER,
    image: AWS_CLI_IMAGE,
    essential: false,
    // The image has an entry point of its own, which would take the script for an argument.
    entryPoint: ["/bin/sh", "-c"],
    command: [script("load-expectations.sh")],
    environment: {
      ...s3,
      SCRATCH_DIR,
      // In the task, not in the bucket: people who may upload expectations must not replace the keys.
      ...(tokens && { CONTROL_PLANE_JWKS: tokens.keySet, CONTROL_PLANE_JWKS_FILE: KEY_SET_FILE }),
      ...retries(5),
    },
    mountPoints: [EXPECTATIONS_MOUNT, SCRATCH_MOUNT],
    // A Fargate volume belongs to root, and only its owner can open it to the others. Root without any
    // capability, on a read-only file system, ended before the first request arrives.
    user: "0",
    ...memory.loader,
  };
  const mockServer: Container = {
    name: MOCKSERVER_CONTAINER,
    image: props.image,
    containerPorts: [MOCKSERVER_PORT],
    environment: mockServerEnvironment(props, memory.heapMiB),
    mountPoints: [{ ...EXPECTATIONS_MOUNT, readOnly: true }, SCRATCH_MOUNT],
    dependsOn: [{ container: loader.name, condition: "SUCCESS" }],
    user: NON_ROOT,
    cpuUnits: props.size.cpuUnits - SYNC_CPU_UNITS,
    // It ends within a second, and cuts what is in flight: the sync container, which stops first, waits before it.
    stopTimeoutSeconds: 30,
    ...memory.mockServer,
    // No health check: the image has no shell, and starting a second JVM every few seconds would take a
    // small task's CPU. The load balancer asks READINESS_PATH.
  };
  const sync: Container = {
    name: SYNC_CONTAINER,
    image: AWS_CLI_IMAGE,
    essential: false,
    entryPoint: ["/bin/sh", "-c"],
    command: [script("sync-expectations.sh")],
    environment: {
      ...s3,
      EXPECTATIONS_POLL_SECONDS: String(POLL_SECONDS),
      MOCKSERVER_PORT: String(MOCKSERVER_PORT),
      TAKE_SECONDS: String(TAKE_SECONDS),
      DRAIN_SECONDS: String(DRAIN_SECONDS),
      ...retries(2),
    },
    mountPoints: [EXPECTATIONS_MOUNT],
    // ECS stops containers in the reverse order of this: the sync container before MockServer.
    dependsOn: [{ container: mockServer.name, condition: "START" }],
    user: NON_ROOT,
    cpuUnits: SYNC_CPU_UNITS,
    stopTimeoutSeconds: 2 * DRAIN_SECONDS,
    ...memory.sync,
  };
  return { containers: [loader, mockServer, sync], volumes: [EXPECTATIONS_VOLUME, SCRATCH_VOLUME] };
}

const EXPECTATIONS_MOUNT: MountPoint = { sourceVolume: EXPECTATIONS_VOLUME, containerPath: EXPECTATIONS_DIR };
const SCRATCH_MOUNT: MountPoint = { sourceVolume: SCRATCH_VOLUME, containerPath: SCRATCH_DIR };

/** What a task sets beside the settings of every MockServer. */
function mockServerEnvironment(
  { controlPlane, corsAllowOrigin, size }: MockServerContainersProps,
  heapMiB: number,
): Record<string, string> {
  const { maxExpectations, maxLogEntries, maxLogBytes } = storeLimits(size);
  return {
    ...mockServerSettings({
      port: MOCKSERVER_PORT,
      file: `${EXPECTATIONS_DIR}/expectations.json`,
      heapMiB,
      // One is the version that the scripts add.
      maxExpectations: maxExpectations + 1,
      scratchFolder: SCRATCH_DIR,
    }),
    // MockServer 9 announces that without it a later release will listen on loopback alone.
    MOCKSERVER_LOCAL_BOUND_IP: "0.0.0.0",
    MOCKSERVER_LIVENESS_HTTP_GET_PATH: LIVENESS_PATH,
    MOCKSERVER_LOG_LEVEL: "WARN",
    ...controlPlaneSettings(controlPlane),
    MOCKSERVER_MAX_LOG_ENTRIES: String(maxLogEntries),
    // The number alone bounds no memory: a few dozen bodies of 256 KiB end a small task.
    MOCKSERVER_MAX_EVENT_LOG_SIZE_IN_BYTES: String(maxLogBytes),
    // An origin alone has no effect. The control plane stays closed to other origins.
    ...(corsAllowOrigin === undefined
      ? {}
      : {
          MOCKSERVER_CORS_ALLOW_ORIGIN: corsAllowOrigin,
          MOCKSERVER_ENABLE_CORS_FOR_ALL_RESPONSES: "true",
          MOCKSERVER_ENABLE_CORS_FOR_API: "false",
        }),
  };
}

/** Mocks, readiness and the watched file need no token. Without a source of keys no token is valid. */
function controlPlaneSettings(
  controlPlane: MockServerContainersProps["controlPlane"],
): Record<string, string> {
  if (controlPlane === "networksOnly") return {};
  const setting = (name: string) => `MOCKSERVER_CONTROL_PLANE_JWT_AUTHENTICATION_${name}`;
  return {
    [setting("REQUIRED")]: "true",
    ...(controlPlane !== "closed" && {
      [setting("JWK_SOURCE")]: KEY_SET_FILE,
      [setting("EXPECTED_AUDIENCE")]: controlPlane.audience,
      [setting("REQUIRED_CLAIMS")]: "exp,sub",
    }),
  };
}

/** Bounds of an AWS CLI call, so that it neither gives up at once nor hangs. */
function retries(attempts: number): Record<string, string> {
  return { AWS_MAX_ATTEMPTS: String(attempts), AWS_RETRY_MODE: "standard" };
}

/** A script with the validation before it, as one text for `sh -c`. */
function script(name: string): string {
  return ["validate-expectations.sh", name]
    .map((file) => readFileSync(join(__dirname, "scripts", file), "utf8"))
    .join("\n");
}
