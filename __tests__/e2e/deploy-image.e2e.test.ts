import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../operations/process";
import type { DeploymentRecord } from "../../operations/delivery/image-deployment";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { describeWith } from "../support/requires";

const REGION = "us-east-1";
const SERVICE = { cluster: "task-api-staging", service: "task-api-staging-task-api" };
const image = (digit: string) => `registry/task-api-staging@sha256:${digit.repeat(64)}`;

describeWith(["moto_server"], "npm run deploy:image on the local AWS", () => {
  const folder = mkdtempSync(join(tmpdir(), "deploy-image-"));
  const record = join(folder, "record.json");
  let aws: LocalAws;
  let ecs: ECSClient;
  let first: string;

  beforeAll(async () => {
    aws = await startLocalAws({ accountId: "123456789012", region: REGION, log: () => undefined });
    ecs = new ECSClient(aws.clientConfig);
    await ecs.send(new CreateClusterCommand({ clusterName: SERVICE.cluster }));
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: SERVICE.service,
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: "256",
        memory: "512",
        tags: [{ key: "automock:owner", value: "platform-team" }],
        containerDefinitions: [
          {
            name: "task-api",
            image: "registry/task-api-staging:v1",
            readonlyRootFilesystem: true,
            user: "65532:65532",
          },
        ],
      }),
    );
    first = taskDefinition!.taskDefinitionArn!;
    await ecs.send(
      new CreateServiceCommand({
        cluster: SERVICE.cluster,
        serviceName: SERVICE.service,
        taskDefinition: first,
        desiredCount: 1,
        launchType: "FARGATE",
      }),
    );
    await waitUntilServicesStable(
      { client: ecs, maxWaitTime: 600, minDelay: 1, maxDelay: 1 },
      { cluster: SERVICE.cluster, services: [SERVICE.service] },
    );
  });

  afterAll(async () => {
    ecs?.destroy();
    await aws?.stop();
    rmSync(folder, { recursive: true });
  });

  const command = (args: readonly string[], without?: string) =>
    run(process.execPath, {
      args: [
        "--import",
        "tsx",
        join(__dirname, "..", "..", "operations", "delivery", "deploy-image.ts"),
        ...args,
      ],
      env: { ...aws.env, ...(without !== undefined && { [without]: undefined }) },
    });
  const deploy = (digit: string, ...more: string[]) =>
    command(["--cluster", SERVICE.cluster, "--service", SERVICE.service, "--image", image(digit), ...more]);

  /** What the service runs. */
  async function running() {
    const { services } = await ecs.send(
      new DescribeServicesCommand({ cluster: SERVICE.cluster, services: [SERVICE.service] }),
    );
    const arn = services![0]!.taskDefinition!;
    const { taskDefinition, tags } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ["TAGS"] }),
    );
    return { arn, tags, container: taskDefinition!.containerDefinitions![0]! };
  }

  it("brings an image into service, changing nothing else", async () => {
    const { exitCode, stderr, stdout } = await deploy("a", "--record", record);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`${SERVICE.service}: in service`);
    const { arn, tags, container } = await running();
    expect(container).toMatchObject({ name: "task-api", image: image("a"), readonlyRootFilesystem: true, user: "65532:65532" }); // prettier-ignore
    expect(tags).toEqual([{ key: "automock:owner", value: "platform-team" }]);
    expect(JSON.parse(readFileSync(record, "utf8"))).toEqual({
      ...SERVICE,
      image: image("a"),
      taskDefinitionArn: arn,
      previousTaskDefinitionArn: first,
    } satisfies DeploymentRecord);
  });

  it("refuses to undo a deployment that another one followed", async () => {
    expect((await deploy("b")).exitCode).toBe(0);
    const { exitCode, stderr } = await command(["--rollback", record]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("someone else has deployed since")]);
    expect((await running()).container.image).toBe(image("b"));
  });

  it("undoes the last one, as often as asked", async () => {
    expect((await deploy("c", "--record", record)).exitCode).toBe(0);
    for (let i = 0; i < 2; i += 1) {
      const { exitCode, stdout } = await command(["--rollback", record]);
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining("is back in service")]);
      expect((await running()).container.image).toBe(image("b"));
    }
  });

  const naming = (cluster: string, service: string, without?: string) =>
    command(["--cluster", cluster, "--service", service, "--image", image("a")], without);

  it.each([
    [SERVICE.cluster, "none"],
    ["none", SERVICE.service],
  ])("says that cluster %s has no service %s", async (cluster, service) => {
    const { exitCode, stderr } = await naming(cluster, service);
    expect([exitCode, stderr]).toEqual([
      1,
      `There is no service "${service}" in cluster "${cluster}". Deploy its stack first.\n`,
    ]);
  });

  it("deploys nothing if its record cannot be written, and names a record that is not there", async () => {
    const { arn } = await running();
    const nowhere = join(folder, "none", "record.json");
    const refused = await deploy("d", "--record", nowhere);
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      `The record cannot be written to ${nowhere} (ENOENT), so nothing was deployed. Name another file with --record.\n`,
    ]);
    const undone = await command(["--rollback", nowhere]);
    expect([undone.exitCode, undone.stderr]).toEqual([
      1,
      `${nowhere} is not a record of a deployment (ENOENT). Name a file that --record wrote.\n`,
    ]);
    expect((await running()).arn).toBe(arn);
  });

  it.each([
    ["AWS_REGION", "No region is set. Set AWS_REGION to the region of the stack.\n"],
    ["AWS_ACCESS_KEY_ID", "There are no usable AWS credentials ("],
  ])("says what to set without %s", async (variable, message) => {
    const { exitCode, stderr } = await naming(SERVICE.cluster, SERVICE.service, variable);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});
