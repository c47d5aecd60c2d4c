import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Terraform } from "../../operations/terraform/terraform";
import type { InventoryItem } from "../../local/inventory";
import { openStage, type Stage } from "../../local/stage";
import { cdktfOn } from "../support/cdktf";
import { copyProject } from "../support/project-copy";
import { describeWith } from "../support/requires";

const MINUTE = 60_000;
jest.setTimeout(10 * MINUTE);

const STACKS = ["task-api-staging", "task-api-prod"] as const;

/** The tests run in order and share one local AWS: each is a step in the life of the environments. */
describeWith(["terraform", "moto_server"], "Task API on the local AWS", () => {
  let stage: Stage;
  let terraform: Terraform;
  let before: InventoryItem[];

  const folder = (stack: string) => stage.stackFolder(stack);

  beforeAll(async () => {
    stage = await openStage({ copy: copyProject(), log: () => undefined });
    ({ terraform } = stage);
    await stage.synth(STACKS);
    await stage.bootstrap();
    before = await stage.list();
  });
  afterAll(() => stage?.close());

  it("every-stack-validates (TA-01): deploys staging and prod", async () => {
    await cdktfOn(stage, "deploy", ...STACKS);
  });

  it.each(STACKS)("the second plan of %s is empty", async (stack) => {
    const plan = await terraform.plan(folder(stack));
    expect([plan.hasChanges, plan.hasChanges ? plan.text : ""]).toEqual([false, ""]);
  });

  it("no-secret-in-config (TA-10): the password is in Secrets Manager, and not in the state", async () => {
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

  it("destroying staging leaves nothing of it, and prod as it was", async () => {
    await cdktfOn(stage, "destroy", "task-api-staging");
    expect(await terraform.stateList(folder("task-api-staging"))).toEqual([]);
    const known = new Set(before.map(key));
    const left = (await stage.list()).filter((item) => !known.has(key(item)));
    expect(left.filter(({ id }) => /staging/.test(id)).map(key)).toEqual([]);
    expect((await terraform.plan(folder("task-api-prod"))).hasChanges).toBe(false);
  });

  it("production refuses to be destroyed", async () => {
    await expect(terraform.destroy(folder("task-api-prod"))).rejects.toThrow(/protect/i);
    const { DBInstances } = await new RDSClient(stage.clientConfig).send(new DescribeDBInstancesCommand({}));
    expect(DBInstances!.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toEqual(["task-api-prod"]);
  });

  const key = ({ service, type, id }: InventoryItem) => `${service} ${type} ${id}`;
});
