import { existsSync } from "node:fs";
import {
  DeleteLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Terraform } from "../../operations/terraform/terraform";
import { lockTableName, stateBucketName, stateKey } from "../../contract/names";
import type { InventoryItem } from "../../local/inventory";
import { openStage, type Stage } from "../../local/stage";
import { stagingEnvironment } from "../support/environments";
import { cdktfOn } from "../support/cdktf";
import { copyProject } from "../support/project-copy";
import { describeWith } from "../support/requires";

const MINUTE = 60_000;
jest.setTimeout(6 * MINUTE);

const { accountId, region } = stagingEnvironment;
const BUCKET = stateBucketName(accountId, region);
const STACKS = ["bootstrap", "automock-staging", "automock-prod"] as const;

/** The tests run in order and share one local AWS: each is a step in the life of the environments. */
describeWith(["terraform", "moto_server"], "AutoMock on the local AWS", () => {
  let stage: Stage;
  let terraform: Terraform;
  let zones: InventoryItem[];
  let beforeDeploy: InventoryItem[];
  let s3: S3Client;

  const folder = (stack: string) => stage.stackFolder(stack);

  beforeAll(async () => {
    stage = await openStage({ copy: copyProject(), log: () => undefined });
    ({ terraform } = stage);
    s3 = new S3Client(stage.clientConfig);
    zones = await stage.list();
    await stage.synth(STACKS);
  });
  afterAll(() => stage?.close());

  it.each(STACKS)("every-stack-validates: %s", async (stack) => {
    await terraform.init(folder(stack), { backend: false });
    await terraform.validate(folder(stack));
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
    expect((await terraform.plan(folder("bootstrap"))).hasChanges).toBe(false);
  });

  it("cdktf deploys staging and prod, each with its state under its own key", async () => {
    beforeDeploy = await stage.list();
    await cdktfOn(stage, "deploy", "automock-staging", "automock-prod");
    for (const environment of ["staging", "prod"]) {
      const key = stateKey("automock", environment);
      await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }));
      const digest = await new DynamoDBClient(stage.clientConfig).send(
        new GetItemCommand({
          TableName: lockTableName(accountId, region),
          Key: { LockID: { S: `${BUCKET}/${key}-md5` } },
        }),
      );
      expect(digest.Item?.Digest?.S).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it.each(["automock-staging", "automock-prod"])("the second plan of %s is empty", async (stack) => {
    const plan = await terraform.plan(folder(stack));
    expect([plan.hasChanges, plan.hasChanges ? plan.text : ""]).toEqual([false, ""]);
  });

  it("the lock is free after a deploy", async () => {
    await expect(
      s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: `${stateKey("automock", "staging")}.tflock` })),
    ).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("uploaded expectations are the team's: the plan stays empty", async () => {
    const { config_bucket, expectations_key } = await terraform.output(folder("automock-staging"));
    await s3.send(
      new PutObjectCommand({
        Bucket: String(config_bucket!.value),
        Key: String(expectations_key!.value),
        Body: '[{"id":"hello","httpRequest":{"path":"/hello"},"httpResponse":{"body":"world"}}]',
        ContentType: "application/json",
      }),
    );
    expect((await terraform.plan(folder("automock-staging"))).hasChanges).toBe(false);
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

  it("destroying staging leaves nothing of it and touches nothing of prod", async () => {
    const all = await stage.list();
    await cdktfOn(stage, "destroy", "automock-staging");
    const left = await stage.list();
    const known = new Set(beforeDeploy.map(key));
    expect(left.filter((item) => /staging/.test(item.id))).toEqual([]);
    const prodOnly = new Set((await terraformIds("automock-prod")).map(String));
    expect(left.filter((item) => !known.has(key(item)) && !isOfProd(item, prodOnly)).map(key)).toEqual([]);
    expect(all.length).toBeGreaterThan(left.length);
    expect(await terraform.stateList(folder("automock-staging"))).toEqual([]);
    expect((await terraform.plan(folder("automock-prod"))).hasChanges).toBe(false);
  });

  const key = ({ service, type, id }: InventoryItem) => `${service} ${type} ${id}`;
  const isOfProd = (item: InventoryItem, ids: ReadonlySet<string>) =>
    /automock-prod/.test(item.id) || ids.has(item.id);

  /** Every id and ARN in a stack's state. */
  async function terraformIds(stack: string): Promise<unknown[]> {
    const state = JSON.parse(await terraform.statePull(folder(stack))) as {
      resources: { instances: { attributes: Record<string, unknown> }[] }[];
    };
    return state.resources.flatMap(({ instances }) =>
      instances.flatMap(({ attributes }) =>
        Object.values(attributes).filter((value) => typeof value === "string"),
      ),
    );
  }
});
