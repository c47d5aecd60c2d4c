import {
  containerDefinitions,
  containerFaults,
  imagePinFault,
  renderContainer,
  type Container,
} from "../../../modules/ecs/container";

const LOG = { logGroupName: "/automock-test/app", region: "us-east-1" };
const APP: Container = { name: "app", image: "r/app:1.2.3", memoryMiB: 256 };
const DIGEST = `sha256:${"a".repeat(64)}`;

describe("renderContainer", () => {
  it("applies safe defaults to a minimal container", () => {
    expect(JSON.parse(JSON.stringify(renderContainer(APP, LOG)))).toEqual({
      name: "app",
      image: "r/app:1.2.3",
      essential: true,
      cpu: 0,
      memory: 256,
      readonlyRootFilesystem: true,
      linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"], add: [] } },
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/automock-test/app",
          "awslogs-region": "us-east-1",
          "awslogs-stream-prefix": "ecs",
          mode: "non-blocking",
          "max-buffer-size": "4m",
        },
      },
    });
  });

  it("converts all properties to the ECS API", () => {
    const rendered = renderContainer(
      {
        ...APP,
        essential: false,
        entryPoint: ["/bin/sh", "-c"],
        command: ["true"],
        environment: { B: "2", A: "1" },
        secrets: { PASSWORD: "arn:p", DB: "arn:d" },
        containerPorts: [1080],
        mountPoints: [
          { sourceVolume: "a", containerPath: "/a" },
          { sourceVolume: "b", containerPath: "/b", readOnly: true },
        ],
        dependsOn: [{ container: "other", condition: "SUCCESS" }],
        user: "65532",
        readonlyRootFilesystem: false,
        memoryReservationMiB: 128,
        cpuUnits: 64,
        stopTimeoutSeconds: 60,
        healthCheck: {
          command: ["CMD", "/check"],
          intervalSeconds: 30,
          timeoutSeconds: 5,
          retries: 3,
          startPeriodSeconds: 60,
        },
      },
      LOG,
    );
    expect(rendered).toMatchObject({
      essential: false,
      entryPoint: ["/bin/sh", "-c"],
      command: ["true"],
      environment: [
        { name: "A", value: "1" },
        { name: "B", value: "2" },
      ],
      secrets: [
        { name: "DB", valueFrom: "arn:d" },
        { name: "PASSWORD", valueFrom: "arn:p" },
      ],
      portMappings: [{ containerPort: 1080, hostPort: 1080, protocol: "tcp" }],
      mountPoints: [
        { sourceVolume: "a", containerPath: "/a", readOnly: false },
        { sourceVolume: "b", containerPath: "/b", readOnly: true },
      ],
      dependsOn: [{ containerName: "other", condition: "SUCCESS" }],
      user: "65532",
      readonlyRootFilesystem: false,
      memory: 256,
      memoryReservation: 128,
      cpu: 64,
      stopTimeout: 60,
      healthCheck: { command: ["CMD", "/check"], interval: 30, timeout: 5, retries: 3, startPeriod: 60 },
    });
  });

  it("reports each fault with the container's name", () =>
    expect(() => renderContainer({ ...APP, image: "r/app", memoryMiB: 0 }, LOG)).toThrow(
      'container "app": image "r/app" has no tag, which means "latest"; use a version, preferably with its digest\n' +
        'container "app": memoryMiB is 0; give whole MiB, at least 6',
    ));
});

describe("image references", () => {
  it.each(["r/app:1", `r/app@${DIGEST}`, `host:5000/r/app:1.0-rc@${DIGEST}`, "public.ecr.aws/a/b:9.0.0"])(
    "%s is pinned",
    (image) => expect(imagePinFault(image)).toBeUndefined(),
  );

  it.each([
    ["r/app", 'image "r/app" has no tag, which means "latest"; use a version, preferably with its digest'],
    ["host:5000/r/app", 'image "host:5000/r/app" has no tag'],
    [
      "r/app:latest",
      'image "r/app:latest" uses the tag "latest", which can change; use a version, preferably with its digest',
    ],
    [`r/app:latest@${DIGEST}`, 'uses the tag "latest"'],
    ["r/app@sha256:abc", 'image "r/app@sha256:abc" is malformed; write repository:tag, with @sha256:'],
    ["", 'image "" is malformed'],
  ])("rejects %j", (image, message) => expect(imagePinFault(image)).toContain(message));

  it("accepts an image that is known only after the apply", () =>
    expect(imagePinFault("${TfToken[TOKEN.0]}")).toBeUndefined());
});

describe("containerFaults", () => {
  it.each(["DB_PASSWORD", "API_KEY", "apikey", "TOKEN", "AWS_SECRET_ACCESS_KEY", "TLS_PASSPHRASE", "PWD"])(
    "rejects %s in the environment",
    (variable) =>
      expect(containerFaults({ ...APP, environment: { [variable]: "x" } })).toEqual([
        `environment variable ${variable} looks like a secret, and the environment is readable in the console and the state; use "secrets" with an ARN instead`,
      ]),
  );

  it.each(["KEYBOARD", "MONKEY", "TOKENIZER", "JAVA_TOOL_OPTIONS", "SECRETARY"])("accepts %s", (variable) =>
    expect(containerFaults({ ...APP, environment: { [variable]: "x" } })).toEqual([]),
  );

  it.each<[string, Partial<Container>, string]>([
    [
      "a malformed name",
      { name: "a b" },
      'name "a b" is malformed: use letters, digits, hyphens and underscores, at most 255',
    ],
    [
      "a variable twice",
      { environment: { A: "1" }, secrets: { A: "arn" } },
      'variable A is in both "environment" and "secrets"; remove one of them',
    ],
    ["part of a MiB", { memoryMiB: 6.5 }, "memoryMiB is 6.5; give whole MiB, at least 6"],
    [
      "a reservation above the limit",
      { memoryReservationMiB: 257 },
      "memoryReservationMiB 257 is above memoryMiB 256; lower it or raise the limit",
    ],
    ["too long a stop", { stopTimeoutSeconds: 121 }, "stopTimeoutSeconds is 121; Fargate allows 2 to 120"],
    ["too short a stop", { stopTimeoutSeconds: 1 }, "stopTimeoutSeconds is 1; Fargate allows 2 to 120"],
  ])("rejects %s", (_, change, message) => expect(containerFaults({ ...APP, ...change })).toEqual([message]));
});

describe("containerDefinitions", () => {
  const other: Container = { ...APP, name: "a-first" };

  it("sorts by name", () => {
    const json = containerDefinitions([APP, other], () => LOG);
    expect(json).toBe(containerDefinitions([other, APP], () => LOG));
    expect((JSON.parse(json) as { name: string }[]).map(({ name }) => name)).toEqual(["a-first", "app"]);
  });

  it("uses a separate log per container", () => {
    const json = containerDefinitions([APP, other], ({ name }) => ({ ...LOG, logGroupName: `/x/${name}` }));
    expect(json.match(/"awslogs-group":"[^"]+"/g)).toEqual([
      '"awslogs-group":"/x/a-first"',
      '"awslogs-group":"/x/app"',
    ]);
  });

  it("escapes Terraform expressions, but not cdktf references", () => {
    const json = containerDefinitions(
      [{ ...APP, command: ["${HOME}", "%{if}", "$HOME", "${TfToken[TOKEN.0]}"] }],
      () => LOG,
    );
    expect(json).toContain('"command":["$${HOME}","%%{if}","$HOME","${TfToken[TOKEN.0]}"]');
  });
});
