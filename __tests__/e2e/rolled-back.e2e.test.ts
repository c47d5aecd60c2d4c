import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServicesCommand,
} from "@aws-sdk/client-ecs";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { BUCKET_PURPOSE, EXPECTATIONS_KEY, Names } from "../../contract/names";
import { openStage, type Stage } from "../../local/stage";
import { commandsOn, type Commands } from "../support/commands";
import { EarlyBootstrap } from "../support/early-bootstrap";
import { eventually } from "../support/eventually";
import { REFUSED } from "../support/mock-service";
import { copyProject } from "../support/project-copy";
import { describeWith } from "../support/requires";

const STACK = "automock-staging";

/** The tests run in order and share one deployment, whose tasks run. */
describeWith(
  ["terraform", "moto_server", "java", "jq", "curl"],
  "a deployment whose tasks do not start",
  () => {
    let stage: Stage;
    let automock: Commands;
    let url: string;
    let ecs: ECSClient;
    let s3: S3Client;

    const service = async () => {
      const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster: STACK }));
      const command = new DescribeServicesCommand({ cluster: STACK, services: serviceArns });
      return (await ecs.send(command)).services![0]!;
    };
    const answer = async () => {
      const response = await fetch(`${url}/greeting`);
      return [response.status, await response.text()];
    };

    beforeAll(async () => {
      stage = await openStage({ copy: copyProject(), log: () => undefined, runsTasks: true });
      automock = commandsOn(stage);
      ecs = new ECSClient(stage.clientConfig);
      s3 = new S3Client(stage.clientConfig);
      await stage.synth([]);
      const early = new EarlyBootstrap();
      await early.begin(stage, () =>
        stage.automock(["--json", "--verbose", "bootstrap", "--yes"], { onLine: early.onLine }),
      );
      const deployed = await automock.done("deploy", STACK, "--yes");
      url = /MOCK_URL=(\S+)/.exec(deployed)![1]!;
    });
    afterAll(async () => {
      ecs?.destroy();
      s3?.destroy();
      await stage?.close();
    });

    it("answers with what is pushed, once every task has taken it", async () => {
      writeFileSync(
        join(stage.folder, "mocks.json"),
        JSON.stringify([{ id: "a", httpRequest: { path: "/greeting" }, httpResponse: { body: "hello" } }]),
      );
      const { running } = await automock.json<{ running: unknown }>(
        "expectations",
        "push",
        STACK,
        "mocks.json",
        "--wait",
      );
      expect(running).toEqual({ tasks: 1, taken: 1 });
      await eventually("the load balancer sends requests", async () => (await answer())[0] === 200);
      expect(await answer()).toEqual([200, "hello"]);
    });

    it("a version that MockServer refuses changes nothing for the tasks that run; status shows the alarm", async () => {
      const { accountId, region } = stage;
      const bucket = new Names({ system: "automock", environment: "staging", accountId, region }).bucket(
        BUCKET_PURPOSE.expectations,
      );
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: EXPECTATIONS_KEY, Body: JSON.stringify([REFUSED]) }),
      );
      await eventually("status shows the alarm", async () =>
        /1 in ALARM.*automock-staging-refused-expectations/s.test(await automock.done("status", STACK)),
      );
      expect(await answer()).toEqual([200, "hello"]);
    });

    it("deploy ends with exit code 1 and the service's events, and the old revision goes on", async () => {
      const { taskDefinition } = await service();
      const file = join(stage.folder, "environments", "staging.ts");
      writeFileSync(file, readFileSync(file, "utf8").replace('size: "small"', 'size: "medium"'));
      const message = await automock.refused("deploy", STACK, "--yes");
      expect(message).toContain("ECS has rolled the deployment back");
      expect(message).toMatch(
        /The events of the service since the deployment began:\n {2}\d\d:\d\d:\d\d \(service/,
      );
      expect(message).toMatch(/has stopped: Essential container in task exited/);
      expect((await service()).taskDefinition).toBe(taskDefinition);
      const { taskDefinition: kept } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      expect(kept!.status).toBe("ACTIVE");
      expect(await answer()).toEqual([200, "hello"]);
    });
  },
);
