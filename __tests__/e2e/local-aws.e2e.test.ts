import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Terraform } from "../../operations/terraform/terraform";
import { boundRetries } from "../../operations/terraform/bound-retries";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { listEverything } from "../../local/inventory";
import { eventually, isAlive } from "../support/eventually";
import { countsOf } from "../support/inventory";
import { describeWith } from "../support/requires";

const ACCOUNT = "123456789012";
const REGION = "us-east-1";
const BUCKET = "local-aws-e2e";

/** Small, but it needs what the gateway adds: a TLS-only bucket, a rule description, state lock in S3 and DynamoDB. */
const STACK = {
  terraform: {
    required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" } },
    backend: { local: {} },
  },
  provider: {
    aws: [
      {
        region: REGION,
        allowed_account_ids: [ACCOUNT],
        default_tags: [{ tags: { "automock:system": "e2e" } }],
      },
    ],
  },
  resource: {
    aws_vpc: { main: { cidr_block: "10.0.0.0/16" } },
    aws_subnet: { a: { vpc_id: "${aws_vpc.main.id}", cidr_block: "10.0.0.0/24" } },
    aws_security_group: {
      app: { name: "app", description: "app", vpc_id: "${aws_vpc.main.id}" },
      lb: { name: "lb", description: "lb", vpc_id: "${aws_vpc.main.id}" },
    },
    aws_vpc_security_group_ingress_rule: {
      app: {
        security_group_id: "${aws_security_group.app.id}",
        referenced_security_group_id: "${aws_security_group.lb.id}",
        ip_protocol: "tcp",
        from_port: 80,
        to_port: 80,
        description: "from the load balancer",
      },
    },
    aws_s3_bucket: { config: { bucket: BUCKET, force_destroy: true } },
    aws_s3_bucket_notification: { config: { bucket: "${aws_s3_bucket.config.id}", eventbridge: true } },
    aws_s3_bucket_policy: {
      config: {
        bucket: "${aws_s3_bucket.config.id}",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
    },
    aws_s3_object: {
      expectations: {
        bucket: "${aws_s3_bucket.config.id}",
        key: "expectations.json",
        content: "[]",
        depends_on: ["aws_s3_bucket_policy.config"],
      },
    },
    aws_s3_account_public_access_block: { account: { block_public_acls: true } },
  },
  output: { vpc: { value: "${aws_vpc.main.id}" } },
};
const RESOURCES = Object.values(STACK.resource).flatMap((named) => Object.keys(named)).length;

describeWith(["terraform", "moto_server"], "local AWS", () => {
  let scratch: string;
  let aws: LocalAws;
  let terraform: Terraform;
  let stack: string;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), "local-aws-e2e-"));
    stack = join(scratch, "stack");
    mkdirSync(stack);
    writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify(STACK));
    boundRetries(stack);
    aws = await startLocalAws({
      accountId: ACCOUNT,
      region: REGION,
      log: () => undefined,
      callLogFile: join(scratch, "calls.jsonl"),
    });
    terraform = await Terraform.find({ env: aws.env });
    await terraform.init(stack);
  });

  afterAll(async () => {
    await aws?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it("starts with an empty account", async () => {
    expect(await listEverything(aws.env, REGION)).toEqual([]);
  });

  it("loses no write beside refused transactions, and repeats none whose answer was lost", async () => {
    const dynamoDb = new DynamoDB(aws.clientConfig);
    const TableName = "writes";
    const refused = { ConditionExpression: "attribute_exists(pk)" };
    const item = (pk: string) => ({ TableName, Item: { pk: { S: pk } } });
    await dynamoDb.createTable({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    });
    // With an item this large, moto's copy of the table takes longer than a thread's turn.
    const many = { M: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`n${i}`, { S: "x" }])) };
    await dynamoDb.putItem({ TableName, Item: { pk: { S: "large" }, many } });
    const written = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => [
        dynamoDb.putItem(item(`${i}`)),
        dynamoDb.transactWriteItems({ TransactItems: [{ Put: { ...item(`no ${i}`), ...refused } }] }),
      ]).flat(),
    );
    expect(written.filter(({ status }) => status === "fulfilled")).toHaveLength(60);
    expect((await dynamoDb.scan({ TableName })).Count).toBe(61);

    aws.faults.add({
      id: "lost answer",
      operation: "TransactWriteItems",
      occurrence: { nth: 1 },
      fault: { kind: "connectionClosed", when: "halfWay" },
    });
    const Delete = { TableName, Key: { pk: { S: "1" } }, ...refused };
    await dynamoDb.transactWriteItems({ TransactItems: [{ Delete }] });
    aws.faults.clear();
    expect((await dynamoDb.scan({ TableName })).Count).toBe(60);
    await dynamoDb.deleteTable({ TableName });
    dynamoDb.destroy();
  });

  it("applies through throttling and lost connections", async () => {
    aws.faults.add({
      id: "slow down",
      operation: /^(CreateVpc|CreateBucket)$/,
      occurrence: { fail: 2, pass: 0, once: true },
      fault: { kind: "throttling" },
    });
    aws.faults.add({
      id: "lost",
      operation: "CreateSecurityGroup",
      occurrence: { fail: 1, pass: 0, once: true },
      fault: { kind: "connectionClosed", when: "beforeHeaders" },
    });
    await terraform.apply(stack);
    aws.faults.clear();
    expect(await terraform.stateList(stack)).toHaveLength(RESOURCES);

    const hit = aws.calls.all().filter((call) => call.fault === "slow down");
    expect(hit.map((call) => call.status)).toEqual([503, 503]);
    expect(hit.every((call) => /^Create(Vpc|Bucket)$/.test(call.operation))).toBe(true);
    expect(
      aws.calls
        .all()
        .filter((call) => call.fault === "lost")
        .map((call) => call.status),
    ).toEqual([0]);
    const retried = aws.calls.of(hit[0]?.service ?? "", hit[0]?.operation).map((call) => call.attempt);
    expect(Math.max(...retried)).toBeGreaterThan(1);
  });

  it("sees no change in a second plan", async () => {
    expect((await terraform.plan(stack)).hasChanges).toBe(false);
    const outputs = await terraform.output(stack);
    expect(outputs.vpc?.value).toMatch(/^vpc-[0-9a-f]+$/);
  });

  it("lists what exists, without what AWS brings along", async () => {
    const found = await listEverything(aws.env, REGION);
    expect(Object.fromEntries(countsOf(found))).toEqual({
      "ec2 networkAcl": 1,
      "ec2 routeTable": 1,
      "ec2 securityGroup": 3,
      "ec2 subnet": 1,
      "ec2 vpc": 1,
      "s3 bucket": 1,
    });
    expect(found).toContainEqual({ service: "s3", type: "bucket", id: BUCKET });
  });

  it("writes each call as one JSON line", () => {
    const lines = readFileSync(join(scratch, "calls.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(aws.calls.all());
  });

  it("destroys everything", async () => {
    await terraform.destroy(stack);
    expect(await listEverything(aws.env, REGION)).toEqual([]);
    expect(await terraform.stateList(stack)).toEqual([]);
  });
});

describeWith(["moto_server"], "a local AWS whose owner dies", () => {
  const OWNER = `
    const { startLocalAws } = require(${JSON.stringify(join(__dirname, "../../local/local-aws.ts"))});
    startLocalAws({ accountId: "${ACCOUNT}", region: "${REGION}", log: () => {} }).then((aws) => console.log("ready", aws.motoPid));
  `;

  it.each(["SIGKILL", "SIGINT", "SIGTERM"] as const)("leaves no process behind after %s", async (signal) => {
    const owner = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), "-e", OWNER], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    owner.stdout.on("data", (chunk) => (text += String(chunk)));
    await eventually("the local AWS is ready", () => text.includes("ready"));
    const moto = Number(/ready (\d+)/.exec(text)?.[1]);
    expect(isAlive(moto)).toBe(true);
    owner.kill(signal);
    await eventually("moto ends", () => !isAlive(moto));
  });
});
