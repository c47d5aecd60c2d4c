import { TASK_SIZES } from "../../../contract/fargate";
import { imagePinFault, type Container } from "../../../modules/ecs/container";
import { taskFaults } from "../../../modules/ecs/task-faults";
import {
  AWS_CLI_IMAGE,
  MOCKSERVER_CONTAINER,
  MOCKSERVER_PORT,
  mockServerContainers,
  type MockServerContainersProps,
} from "../../../modules/mockserver/containers";
import { mockServerImage } from "../../../modules/mockserver/image";

const PROPS: MockServerContainersProps = {
  image: mockServerImage(),
  size: TASK_SIZES.small,
  expectations: { bucketName: "automock-test-config", key: "expectations.json" },
  region: "eu-west-1",
  controlPlane: "closed",
};

const { containers, volumes } = mockServerContainers(PROPS);
const [loader, mockServer, sync] = containers as [Container, Container, Container];
const environment = (container: Container) => container.environment ?? {};

describe("mockServerContainers", () => {
  it("are a loader, MockServer and a sync container with two volumes", () => {
    expect(containers.map(({ name }) => name)).toEqual([
      "expectations-loader",
      MOCKSERVER_CONTAINER,
      "expectations-sync",
    ]);
    expect(volumes).toEqual(["expectations", "scratch"]);
  });

  it.each(Object.entries(TASK_SIZES))("form a valid task of size %s", (_, size) =>
    expect(taskFaults({ size, ...mockServerContainers({ ...PROPS, size }) })).toEqual([]),
  );

  it("use pinned images from the ECR Public Gallery", () => {
    for (const { image } of containers) {
      expect(imagePinFault(image)).toBeUndefined();
      expect(image).toMatch(/^public\.ecr\.aws\//);
    }
    expect(mockServer.image).toBe(PROPS.image);
    expect([loader.image, sync.image]).toEqual([AWS_CLI_IMAGE, AWS_CLI_IMAGE]);
  });

  it("start in order: MockServer after the loader has succeeded, sync after MockServer", () => {
    expect(loader.dependsOn).toBeUndefined();
    expect(mockServer.dependsOn).toEqual([{ container: loader.name, condition: "SUCCESS" }]);
    // So it also stops before MockServer.
    expect(sync.dependsOn).toEqual([{ container: MOCKSERVER_CONTAINER, condition: "START" }]);
    expect(environment(mockServer)["MOCKSERVER_FAIL_ON_INITIALIZATION_ERROR"]).toBe("true");
  });

  it("make MockServer itself block a closed control plane, without a key for tokens", () => {
    const settings = (controlPlane: MockServerContainersProps["controlPlane"]) =>
      Object.entries(environment(mockServerContainers({ ...PROPS, controlPlane }).containers[1]!)).filter(
        ([name]) => name.startsWith("MOCKSERVER_CONTROL_PLANE_"),
      );
    expect(settings("closed")).toEqual([["MOCKSERVER_CONTROL_PLANE_JWT_AUTHENTICATION_REQUIRED", "true"]]);
    expect(settings("networksOnly")).toEqual([]);
  });

  it("make MockServer ask for tokens of the keys that the loader writes", () => {
    const tokens = { keySet: '{"keys":[]}', audience: "automock-staging" };
    const [first, second, third] = mockServerContainers({ ...PROPS, controlPlane: tokens }).containers;
    expect(environment(first!)).toMatchObject({
      CONTROL_PLANE_JWKS: '{"keys":[]}',
      CONTROL_PLANE_JWKS_FILE: "/expectations/control-plane-jwks.json",
    });
    expect(environment(second!)).toMatchObject({
      MOCKSERVER_CONTROL_PLANE_JWT_AUTHENTICATION_REQUIRED: "true",
      MOCKSERVER_CONTROL_PLANE_JWT_AUTHENTICATION_JWK_SOURCE: "/expectations/control-plane-jwks.json",
      MOCKSERVER_CONTROL_PLANE_JWT_AUTHENTICATION_EXPECTED_AUDIENCE: "automock-staging",
      MOCKSERVER_CONTROL_PLANE_JWT_AUTHENTICATION_REQUIRED_CLAIMS: "exp,sub",
    });
    expect(JSON.stringify(environment(third!))).not.toContain("CONTROL_PLANE");
  });

  it("only MockServer is essential", () =>
    expect(containers.map(({ essential = true }) => essential)).toEqual([false, true, false]));

  it("only the loader runs as root, and every root file system is read-only", () => {
    expect(containers.map(({ user }) => user)).toEqual(["0", "65532", "65532"]);
    for (const { readonlyRootFilesystem } of containers) expect(readonlyRootFilesystem).toBeUndefined();
  });

  it("run the scripts with a shell instead of the image's entry point", () => {
    for (const { entryPoint, command } of [loader, sync]) {
      expect(entryPoint).toEqual(["/bin/sh", "-c"]);
      expect(command).toHaveLength(1);
    }
    expect(loader.command![0]).toContain("SCRIPT_NAME=load-expectations");
    expect(sync.command![0]).toContain("SCRIPT_NAME=sync-expectations");
    expect(mockServer.entryPoint).toBeUndefined();
    expect(mockServer.command).toBeUndefined();
  });

  it("have no container health checks", () => {
    for (const { healthCheck } of containers) expect(healthCheck).toBeUndefined();
  });

  it("open one port, on MockServer only", () => {
    expect(containers.map(({ containerPorts }) => containerPorts)).toEqual([
      undefined,
      [MOCKSERVER_PORT],
      undefined,
    ]);
    expect(MOCKSERVER_PORT).toBe(1080);
    expect(environment(mockServer)["MOCKSERVER_SERVER_PORT"]).toBe("1080");
  });

  it("loader and sync read the same object, and MockServer reads the file they write", () => {
    for (const container of [loader, sync])
      expect(environment(container)).toMatchObject({
        AWS_REGION: "eu-west-1",
        EXPECTATIONS_BUCKET: "automock-test-config",
        EXPECTATIONS_OBJECT: "expectations.json",
        EXPECTATIONS_DIR: "/expectations",
        EXPECTATIONS_MAX: "960",
        EXPECTATIONS_MAX_BYTES: "3355443",
        JQ_MAX_KIB: "122880",
      });
    expect(environment(loader)["SCRATCH_DIR"]).toBe("/tmp");
    expect(environment(sync)["EXPECTATIONS_POLL_SECONDS"]).toBe("30");
    const shared = { sourceVolume: "expectations", containerPath: "/expectations" };
    const scratch = { sourceVolume: "scratch", containerPath: "/tmp" };
    expect(loader.mountPoints).toEqual([shared, scratch]);
    expect(mockServer.mountPoints).toEqual([{ ...shared, readOnly: true }, scratch]);
    expect(sync.mountPoints).toEqual([shared]);
  });

  it("set exactly these MockServer settings", () =>
    expect(environment(mockServer)).toEqual({
      JAVA_TOOL_OPTIONS: "-Xmx96m -XX:+ExitOnOutOfMemoryError -Djava.io.tmpdir=/tmp",
      MOCKSERVER_CONTROL_PLANE_JWT_AUTHENTICATION_REQUIRED: "true",
      MOCKSERVER_SERVER_PORT: "1080",
      MOCKSERVER_INITIALIZATION_JSON_PATH: "/expectations/expectations.json",
      MOCKSERVER_WATCH_INITIALIZATION_JSON: "true",
      MOCKSERVER_FAIL_ON_INITIALIZATION_ERROR: "true",
      MOCKSERVER_ATTEMPT_TO_PROXY_IF_NO_MATCHING_EXPECTATION: "false",
      MOCKSERVER_FORWARD_PROXY_BLOCK_PRIVATE_NETWORKS: "true",
      MOCKSERVER_FORWARD_PROXY_TLS_X509_CERTIFICATES_TRUST_MANAGER_TYPE: "JVM",
      MOCKSERVER_LIVENESS_HTTP_GET_PATH: "/mockserver/liveness",
      MOCKSERVER_LOCAL_BOUND_IP: "0.0.0.0",
      MOCKSERVER_LOG_LEVEL: "WARN",
      MOCKSERVER_MAX_EXPECTATIONS: "961",
      MOCKSERVER_MAX_LOG_ENTRIES: "960",
      MOCKSERVER_MAX_EVENT_LOG_SIZE_IN_BYTES: "4194304",
    }));

  it("never allow forwarding to private networks or the proxy", () => {
    for (const size of Object.values(TASK_SIZES)) {
      const [, other] = mockServerContainers({
        ...PROPS,
        size,
        corsAllowOrigin: "https://a.example",
      }).containers;
      expect(environment(other!)).toMatchObject({
        MOCKSERVER_FORWARD_PROXY_BLOCK_PRIVATE_NETWORKS: "true",
        MOCKSERVER_ATTEMPT_TO_PROXY_IF_NO_MATCHING_EXPECTATION: "false",
      });
    }
  });

  it("set the CORS origin together with its flag, for mocks only", () => {
    const cors = (container: Container) =>
      Object.fromEntries(Object.entries(environment(container)).filter(([name]) => name.includes("CORS")));
    expect(cors(mockServer)).toEqual({});
    const [, other] = mockServerContainers({ ...PROPS, corsAllowOrigin: "https://a.example" }).containers;
    expect(cors(other!)).toEqual({
      MOCKSERVER_CORS_ALLOW_ORIGIN: "https://a.example",
      MOCKSERVER_ENABLE_CORS_FOR_ALL_RESPONSES: "true",
      MOCKSERVER_ENABLE_CORS_FOR_API: "false",
    });
  });

  it("scale the heap with the task size", () => {
    const heaps = Object.values(TASK_SIZES).map((size) => {
      const [, other] = mockServerContainers({ ...PROPS, size }).containers;
      return /-Xmx(\d+)m/.exec(environment(other!)["JAVA_TOOL_OPTIONS"]!)![1];
    });
    expect(heaps).toEqual(["96", "368", "992", "2224"]);
  });

  it("share the CPU, and take longer to stop than the load balancer to deregister", () => {
    expect(containers.map(({ cpuUnits }) => cpuUnits)).toEqual([undefined, 224, 32]);
    expect(environment(sync)).toMatchObject({
      DRAIN_SECONDS: "30",
      TAKE_SECONDS: "30",
      MOCKSERVER_PORT: "1080",
    });
    expect(sync.stopTimeoutSeconds).toBe(60);
    expect(mockServer.stopTimeoutSeconds).toBe(30);
  });

  it("the loader retries longer than the sync, which polls anyway", () => {
    expect(environment(loader)).toMatchObject({ AWS_MAX_ATTEMPTS: "5", AWS_RETRY_MODE: "standard" });
    expect(environment(sync)).toMatchObject({ AWS_MAX_ATTEMPTS: "2", AWS_RETRY_MODE: "standard" });
  });
});
