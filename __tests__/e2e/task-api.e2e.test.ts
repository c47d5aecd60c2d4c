import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { DescribeTaskDefinitionCommand, ECSClient } from "@aws-sdk/client-ecs";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { S3Client } from "@aws-sdk/client-s3";
import { bootstrap } from "../../cli/bootstrap-state";
import { cdktfDeploy, cdktfDestroy, cdktfSynth, stackFolder } from "../../cli/cdktf";
import { Terraform } from "../../cli/terraform";
import { stateBucketName, stateKey } from "../../contract/names";
import { listEverything, type InventoryItem } from "../../local/inventory";
import { boundRetries, startLocalAws, type LocalAws } from "../../local/local-aws";
import { prodEnvironment, stagingEnvironment } from "../support/environments";
import { copyProject, type ProjectCopy } from "../support/project-copy";
import { describeWith } from "../support/requires";

const MINUTE = 60_000;
jest.setTimeout(10 * MINUTE);

const { accountId, region } = stagingEnvironment;
const STACKS = ["task-api-staging", "task-api-prod"] as const;

/** The tests run in order and share one local AWS: each is a step in the life of the environments. */
describeWith(["terraform", "moto_server"], "Task API on the local AWS", () => {
  let copy: ProjectCopy;
  let aws: LocalAws;
  let terraform: Terraform;
  let before: InventoryItem[];

  const cdktf = () => ({
    projectFolder: copy.folder,
    env: aws.env,
    skipProviderLock: aws.providerMirror !== undefined,
  });
  const folder = (stack: string) => stackFolder({ projectFolder: copy.folder }, stack);
  const client = () => ({
    region,
    endpoint: aws.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

  beforeAll(async () => {
    copy = copyProject();
    aws = await startLocalAws({ accountId, region, log: () => undefined, projectFolder: process.cwd() });
    terraform = await Terraform.find({ env: aws.env });
    const zones = new Route53Client(client());
    for (const Name of prodEnvironment.taskApi!.domain!.zones) {
      await zones.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
    }
    await cdktfSynth(cdktf());
    for (const stack of ["bootstrap", ...STACKS]) boundRetries(folder(stack));
    await bootstrap({
      folder: folder("bootstrap"),
      localState: `${copy.folder}/bootstrap.tfstate`,
      bucket: stateBucketName(accountId, region),
      key: stateKey("bootstrap", "shared"),
      s3: new S3Client({ ...client(), forcePathStyle: true }),
      terraform,
      log: () => undefined,
      confirm: () => Promise.resolve(true),
    });
    before = await listEverything(aws.env, region);
  });
  afterAll(async () => {
    await aws?.stop();
    copy?.remove();
  });

  it("every-stack-validates (TA-01): deploys staging and prod", async () => {
    await cdktfDeploy({ ...cdktf(), stacks: [...STACKS] });
  });

  it.each(STACKS)("the second plan of %s is empty", async (stack) => {
    const plan = await terraform.plan(folder(stack));
    expect([plan.hasChanges, plan.hasChanges ? plan.text : ""]).toEqual([false, ""]);
  });

  it("no-secret-in-config (TA-10): the password is in Secrets Manager, and not in the state", async () => {
    const { database_secret_arn } = await terraform.output(folder("task-api-staging"));
    const secret = await new SecretsManagerClient(client()).send(
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
    const { taskDefinition } = await new ECSClient(client()).send(
      new DescribeTaskDefinitionCommand({ taskDefinition: String(outputs.task_family!.value) }),
    );
    const [container] = taskDefinition!.containerDefinitions!;
    const { DBInstances } = await new RDSClient(client()).send(
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
    await cdktfDestroy({ ...cdktf(), stacks: ["task-api-staging"] });
    expect(await terraform.stateList(folder("task-api-staging"))).toEqual([]);
    const known = new Set(before.map(key));
    const left = (await listEverything(aws.env, region)).filter((item) => !known.has(key(item)));
    expect(left.filter(({ id }) => /staging/.test(id)).map(key)).toEqual([]);
    expect((await terraform.plan(folder("task-api-prod"))).hasChanges).toBe(false);
  });

  it("production refuses to be destroyed", async () => {
    await expect(terraform.destroy(folder("task-api-prod"))).rejects.toThrow(/protect/i);
    const { DBInstances } = await new RDSClient(client()).send(new DescribeDBInstancesCommand({}));
    expect(DBInstances!.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toEqual(["task-api-prod"]);
  });

  const key = ({ service, type, id }: InventoryItem) => `${service} ${type} ${id}`;
});
