import { existsSync } from "node:fs";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import {
  DeleteLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { lockTableName, stateBucketName, stateKey } from "../../contract/names";
import type { InventoryItem } from "../../local/inventory";
import { openStage, type Stage } from "../../local/stage";
import type { Terraform } from "../../operations/terraform/terraform";
import { cdktfOn } from "../support/cdktf";
import { stagingEnvironment } from "../support/environments";
import { copyProject } from "../support/project-copy";
import { describeWith } from "../support/requires";

const { accountId, region } = stagingEnvironment;
const BUCKET = stateBucketName(accountId, region);
const STAGING = ["automock-staging", "task-api-staging"] as const;
const PROD = ["automock-prod", "task-api-prod"] as const;
const STACKS = [...STAGING, ...PROD];

/**
 * The permanent environments of both systems, by cdktf's own command line. The tests run in order and share one local
 * AWS, one bootstrap and one deployment: each is a step in the life of the environments.
 */
describeWith(["terraform", "moto_server"], "the permanent environments on the local AWS", () => {
  let stage: Stage;
  let terraform: Terraform;
  let zones: InventoryItem[];
  let beforeDeploy: InventoryItem[];
  let s3: S3Client;

  const folder = (stack: string) => stage.stackFolder(stack);
  const key = ({ service, type, id }: InventoryItem) => `${service} ${type} ${id}`;

  beforeAll(async () => {
    stage = await openStage({ copy: copyProject(), log: () => undefined });
    ({ terraform } = stage);
    s3 = new S3Client(stage.clientConfig);
    zones = await stage.list();
    await stage.synth(STACKS);
  });
  afterAll(async () => {
    s3?.destroy();
    await stage?.close();
  });

  it("a declined bootstrap creates nothing", async () => {
    expect(await stage.bootstrap(false)).toBe("declined");
    expect(await stage.list()).toEqual(zones);
  });

  it("bootstrap creates the state bucket and the lock table, and moves its own state there", async () => {
    expect(await stage.bootstrap()).toBe("created");
    expect(existsSync(stage.localState)).toBe(false);
    await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: stateKey("bootstrap", "shared") }));
  });

  it("bootstrap done twice changes nothing", async () => {
    expect(await stage.bootstrap()).toBe("unchanged");
  });

  it("every-stack-validates (TA-01): cdktf deploys all of them side by side, each with its state under its own key", async () => {
    beforeDeploy = await stage.list();
    await cdktfOn(stage, "deploy", ...STACKS);
    const dynamoDb = new DynamoDBClient(stage.clientConfig);
    for (const system of ["automock", "task-api"] as const) {
      for (const environment of ["staging", "prod"]) {
        const Key = stateKey(system, environment);
        await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
        const digest = await dynamoDb.send(
          new GetItemCommand({
            TableName: lockTableName(accountId, region),
            Key: { LockID: { S: `${BUCKET}/${Key}-md5` } },
          }),
        );
        expect(digest.Item?.Digest?.S).toMatch(/^[0-9a-f]{32}$/);
        // The lock is free again.
        await expect(
          s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: `${Key}.tflock` })),
        ).rejects.toMatchObject({
          name: "NoSuchKey",
        });
      }
    }
    dynamoDb.destroy();
  });

  it("uploaded expectations are the team's", async () => {
    const { config_bucket, expectations_key } = await terraform.output(folder("automock-staging"));
    await s3.send(
      new PutObjectCommand({
        Bucket: String(config_bucket!.value),
        Key: String(expectations_key!.value),
        Body: '[{"id":"hello","httpRequest":{"path":"/hello"},"httpResponse":{"body":"world"}}]',
        ContentType: "application/json",
      }),
    );
  });

  it("the second plan of every stack is empty, with uploaded expectations too", async () => {
    const plans = await Promise.all(["bootstrap", ...STACKS].map((stack) => terraform.plan(folder(stack))));
    expect(plans.map(({ hasChanges, text }) => (hasChanges ? text : ""))).toEqual(["", "", "", "", ""]);
  });

  it("prod's load balancer is protected against deletion", async () => {
    const prod = JSON.parse(await terraform.statePull(folder("automock-prod"))) as {
      resources: { type: string; instances: { attributes: { arn: string } }[] }[];
    };
    const { arn } = prod.resources.find(({ type }) => type === "aws_lb")!.instances[0]!.attributes;
    await expect(
      new ElasticLoadBalancingV2Client(stage.clientConfig).send(
        new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }),
      ),
    ).rejects.toMatchObject({ name: "OperationNotPermittedException" });
  });

  it("the database's password is in Secrets Manager, and not in the state", async () => {
    const { database_secret_arn } = await terraform.output(folder("task-api-staging"));
    const secret = await new SecretsManagerClient(stage.clientConfig).send(
      new GetSecretValueCommand({ SecretId: String(database_secret_arn!.value) }),
    );
    // The keys that the task definition asks for.
    const { username, password } = JSON.parse(secret.SecretString!) as Record<string, string>;
    expect(username).toMatch(/^\w+$/);
    expect(password!.length).toBeGreaterThan(8);
    const state = await terraform.statePull(folder("task-api-staging"));
    expect(state).toContain(String(database_secret_arn!.value));
    expect(state.includes(password!)).toBe(false);
  });

  it("the tasks are told the database and the secret that exist", async () => {
    const outputs = await terraform.output(folder("task-api-staging"));
    const { taskDefinition } = await new ECSClient(stage.clientConfig).send(
      new DescribeTaskDefinitionCommand({ taskDefinition: String(outputs.task_family!.value) }),
    );
    const [container] = taskDefinition!.containerDefinitions!;
    const { DBInstances } = await new RDSClient(stage.clientConfig).send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: "task-api-staging" }),
    );
    expect(container!.image).toBe(`${String(outputs.repository_url!.value)}:v1.0.0`);
    expect(container!.environment).toContainEqual({
      name: "DB_HOST",
      value: DBInstances![0]!.Endpoint!.Address,
    });
    expect(container!.secrets!.map(({ valueFrom }) => valueFrom)).toEqual([
      `${DBInstances![0]!.MasterUserSecret!.SecretArn}:password::`,
      `${DBInstances![0]!.MasterUserSecret!.SecretArn}:username::`,
    ]);
  });

  it("cdktf destroys staging: nothing of it is left, and prod is as it was", async () => {
    const all = await stage.list();
    await cdktfOn(stage, "destroy", ...STAGING);
    const left = await stage.list();
    expect(all.length).toBeGreaterThan(left.length);
    expect(left.filter(({ id }) => /staging/.test(id)).map(key)).toEqual([]);

    const known = new Set(beforeDeploy.map(key));
    const ofProd = (await Promise.all(PROD.map((stack) => terraform.statePull(folder(stack))))).join("\n");
    const strange = left.filter(
      (item) => !known.has(key(item)) && !/-prod/.test(item.id) && !ofProd.includes(item.id),
    );
    expect(strange.map(key)).toEqual([]);
    expect(await Promise.all(STAGING.map((stack) => terraform.stateList(folder(stack))))).toEqual([[], []]);
    const plans = await Promise.all(PROD.map((stack) => terraform.plan(folder(stack))));
    expect(plans.map(({ hasChanges }) => hasChanges)).toEqual([false, false]);
  });

  it("production refuses to be destroyed", async () => {
    await expect(terraform.destroy(folder("task-api-prod"))).rejects.toThrow(/protect/i);
    const { DBInstances } = await new RDSClient(stage.clientConfig).send(new DescribeDBInstancesCommand({}));
    expect(DBInstances!.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toEqual(["task-api-prod"]);
  });
});
