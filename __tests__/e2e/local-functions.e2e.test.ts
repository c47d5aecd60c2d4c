import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import * as rest from "@aws-sdk/client-api-gateway";
import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import * as http from "@aws-sdk/client-apigatewayv2";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import * as functions from "@aws-sdk/client-lambda";
import {
  GetResourcesCommand,
  GetTagValuesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { S3Client } from "@aws-sdk/client-s3";
import * as buckets from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as queues from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { LocalAws } from "../../local/local-aws";
import { eventually } from "../support/eventually";
import { get, LAMBDA_TRUST, LocalFunctionsStage, NODE_ZIP, trust } from "../support/local-functions";
import { describeWith } from "../support/requires";

const ACCOUNT = "123456789012";
const OTHER_ACCOUNT = "222222222222";
const REGION = "us-east-1";
const TAG = "automock:environment";

describeWith(["moto_server"], "functions, APIs and queues on the local AWS", () => {
  let aws: LocalAws;
  let iam: IAMClient;
  let lambda: LambdaClient;
  let stage: LocalFunctionsStage;
  beforeAll(async () => {
    stage = await LocalFunctionsStage.open(ACCOUNT, REGION);
    ({ aws, iam, lambda } = stage);
  });
  afterAll(() => aws?.stop());

  it("runs Python from a bucket and returns the end of its log", async () => {
    const answer = await lambda.send(
      new functions.InvokeCommand({ FunctionName: "in-python", Payload: Buffer.from("{}"), LogType: "Tail" }),
    );
    expect(JSON.parse(Buffer.from(answer.Payload!).toString())).toMatchObject({ statusCode: 201 });
    expect(Buffer.from(answer.LogResult!, "base64").toString()).toMatch(
      /^START RequestId: .+\nabout to answer\n[^]*END RequestId: /,
    );
  });

  it("serves an HTTP API to whom the function's policy admits", async () => {
    const client = new ApiGatewayV2Client(aws.clientConfig);
    const { ApiId, ApiEndpoint } = await client.send(
      new http.CreateApiCommand({ Name: "orders", ProtocolType: "HTTP", Tags: { [TAG]: "http" } }),
    );
    expect(ApiEndpoint).toBe(`${aws.endpoint}/_aws/execute-api/${ApiId}`);
    for (const [RouteKey, name] of [
      ["GET /users/{id}", "in-python"],
      ["$default", "in-node"],
    ]) {
      const { IntegrationId } = await client.send(
        new http.CreateIntegrationCommand({
          ApiId,
          IntegrationType: "AWS_PROXY",
          IntegrationUri: stage.arn(name!),
          PayloadFormatVersion: "2.0",
        }),
      );
      await client.send(
        new http.CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}` }),
      );
    }
    expect((await get(`${ApiEndpoint}/users/7`)).status).toBe(404); // no stage yet
    await client.send(new http.CreateStageCommand({ ApiId, StageName: "$default", AutoDeploy: true }));
    expect(await get(`${ApiEndpoint}/users/7`)).toMatchObject({
      status: 500,
      body: { message: "Internal Server Error" },
    });
    await stage.permit("in-python", "http", ApiId!);
    await stage.permit("in-node", "http", ApiId!);
    const user = await get(`${ApiEndpoint}/users/7`);
    expect([user.status, user.headers.get("x-from"), user.body]).toEqual([201, "python", { id: "7" }]);
    const other = await get(`${ApiEndpoint}/orders?a=1&a=2`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: "q=1; z=2" },
      body: '{"n":1}',
    });
    expect(other.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(other.body).toMatchObject({
      version: "2.0",
      routeKey: "$default",
      rawPath: "/orders",
      rawQueryString: "a=1&a=2",
      cookies: ["q=1", "z=2"],
      queryStringParameters: { a: "1,2" },
      body: '{"n":1}',
      isBase64Encoded: false,
      requestContext: { accountId: ACCOUNT, apiId: ApiId, http: { method: "POST", path: "/orders" } },
    });
    expect(aws.calls.of("execute-api").map(({ operation, status }) => [operation, status])).toEqual([
      ["GET /users/7", 404],
      ["GET /users/{id}", 500],
      ["GET /users/{id}", 201],
      ["$default", 200],
    ]);
    await client.send(new http.DeleteApiCommand({ ApiId }));
    expect((await get(`${ApiEndpoint}/users/7`)).status).toBe(404);
    await expect(client.send(new http.DeleteApiCommand({ ApiId }))).rejects.toThrow(
      `Unable to find Api by id ${ApiId}.`,
    );
  });

  it("serves a REST API and a function URL", async () => {
    const client = new APIGatewayClient(aws.clientConfig);
    const api = await client.send(new rest.CreateRestApiCommand({ name: "orders", tags: { [TAG]: "rest" } }));
    const restApiId = api.id!;
    const { id: resourceId } = await client.send(
      new rest.CreateResourceCommand({ restApiId, parentId: api.rootResourceId, pathPart: "{proxy+}" }),
    );
    const method = { restApiId, resourceId, httpMethod: "ANY" };
    await client.send(new rest.PutMethodCommand({ ...method, authorizationType: "NONE" }));
    const uri = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${stage.arn("in-node")}/invocations`;
    await client.send(
      new rest.PutIntegrationCommand({ ...method, type: "AWS_PROXY", integrationHttpMethod: "POST", uri }),
    );
    await client.send(new rest.CreateDeploymentCommand({ restApiId, stageName: "test" }));
    await stage.permit("in-node", "rest", restApiId);
    const base = `${aws.endpoint}/_aws/execute-api/${restApiId}`;
    expect((await get(`${base}/test/a/b?c=d`)).body).toMatchObject({
      version: "1.0",
      resource: "/{proxy+}",
      path: "/a/b",
      pathParameters: { proxy: "a/b" },
      queryStringParameters: { c: "d" },
      body: null,
    });
    expect(await get(`${base}/other/a`)).toMatchObject({ status: 403, body: { message: "Forbidden" } });
    const { FunctionUrl } = await lambda.send(
      new functions.CreateFunctionUrlConfigCommand({ FunctionName: "in-node", AuthType: "NONE" }),
    );
    expect((await get(FunctionUrl!)).status).toBe(403);
    await lambda.send(
      new functions.AddPermissionCommand({
        FunctionName: "in-node",
        StatementId: "url",
        Action: "lambda:InvokeFunctionUrl",
        Principal: "*",
        FunctionUrlAuthType: "NONE",
      }),
    );
    expect((await get(`${FunctionUrl}x`)).body).toMatchObject({ rawPath: "/x", routeKey: "$default" });
  });

  it("hands messages of a queue to its function, also those that were sent before", async () => {
    const sqs = new SQSClient(aws.clientConfig);
    const { QueueUrl } = await sqs.send(new queues.CreateQueueCommand({ QueueName: "jobs" }));
    const counts = async () => {
      const { Attributes } = await sqs.send(
        new queues.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
      );
      return [
        Attributes!.ApproximateNumberOfMessages,
        Attributes!.ApproximateNumberOfMessagesNotVisible,
      ].join(" ");
    };
    await sqs.send(new queues.SendMessageCommand({ QueueUrl, MessageBody: "before" }));
    const mapping = await lambda.send(
      new functions.CreateEventSourceMappingCommand({
        FunctionName: "in-node",
        EventSourceArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:jobs`,
        Tags: { [TAG]: "mapping" },
      }),
    );
    expect(mapping.State).toBe("Enabled");
    await sqs.send(new queues.SendMessageCommand({ QueueUrl, MessageBody: "after" }));
    await eventually("the queue is empty", async () => (await counts()) === "0 0");
    await lambda.send(new functions.DeleteEventSourceMappingCommand({ UUID: mapping.UUID }));
    await sqs.send(new queues.SendMessageCommand({ QueueUrl, MessageBody: "too late" }));
    expect(await counts()).toBe("1 0");
  });

  it("has APIs and mappings in the tag index, and a bucket's tags from its creation", async () => {
    const s3 = new S3Client(aws.clientConfig);
    const TagSet = [{ Key: TAG, Value: "bucket & more" }];
    await s3.send(
      new buckets.CreateBucketCommand({
        Bucket: "tagged-at-once",
        CreateBucketConfiguration: { Tags: TagSet },
      }),
    );
    expect((await s3.send(new buckets.GetBucketTaggingCommand({ Bucket: "tagged-at-once" }))).TagSet).toEqual(
      TagSet,
    );
    const client = new ApiGatewayV2Client(aws.clientConfig);
    const { ApiId } = await client.send(
      new http.CreateApiCommand({ Name: "index", ProtocolType: "HTTP", Tags: { [TAG]: "index" } }),
    );
    const tagging = new ResourceGroupsTaggingAPIClient(aws.clientConfig);
    const { ResourceTagMappingList } = await tagging.send(
      new GetResourcesCommand({ TagFilters: [{ Key: TAG, Values: ["index"] }] }),
    );
    expect(ResourceTagMappingList).toEqual([
      { ResourceARN: `arn:aws:apigateway:${REGION}::/apis/${ApiId}`, Tags: [{ Key: TAG, Value: "index" }] },
    ]);
    expect((await tagging.send(new GetTagValuesCommand({ Key: TAG }))).TagValues).toContain("index");
  });

  it("keeps accounts apart and wants a role's external id", async () => {
    const RoleArn = `arn:aws:iam::${OTHER_ACCOUNT}:role/cross`;
    const sts = new STSClient(aws.clientConfig);
    const assume = (ExternalId?: string) =>
      sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "run", ExternalId }));
    await expect(assume("jenkins")).rejects.toThrow(/not authorized to perform: sts:AssumeRole on resource/);
    await new IAMClient(aws.clientConfigFor(OTHER_ACCOUNT)).send(
      new CreateRoleCommand({
        RoleName: "cross",
        AssumeRolePolicyDocument: trust({
          Effect: "Allow",
          Principal: { AWS: ACCOUNT },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "sts:ExternalId": "jenkins" } },
        }),
      }),
    );
    await expect(assume()).rejects.toThrow(/not authorized/);
    await expect(assume("wrong")).rejects.toThrow(/not authorized/);
    const { Credentials } = await assume("jenkins");
    const dynamoDb = new DynamoDBClient({
      ...aws.clientConfig,
      credentials: {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken,
      },
    });
    const created = await dynamoDb.send(table("theirs"));
    expect(created.TableDescription?.TableArn).toBe(
      `arn:aws:dynamodb:${REGION}:${OTHER_ACCOUNT}:table/theirs`,
    );
    const own = new DynamoDBClient(aws.clientConfig);
    await expect(own.send(new DescribeTableCommand({ TableName: "theirs" }))).rejects.toThrow(/not found/);
  });

  it("takes its time where a test says so", async () => {
    aws.delays.set("tableCreation", 3600);
    aws.delays.set("rolePropagation", 3600);
    const dynamoDb = new DynamoDBClient(aws.clientConfig);
    const { TableDescription } = await dynamoDb.send(table("slow"));
    const status = async () =>
      (await dynamoDb.send(new DescribeTableCommand({ TableName: "slow" }))).Table?.TableStatus;
    expect([TableDescription?.TableStatus, await status()]).toEqual(["CREATING", "CREATING"]);
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: "new", AssumeRolePolicyDocument: LAMBDA_TRUST }),
    );
    const create = () =>
      lambda.send(
        new functions.CreateFunctionCommand({
          FunctionName: "slow",
          Role: Role!.Arn,
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Code: { ZipFile: NODE_ZIP },
        }),
      );
    await expect(create()).rejects.toThrow("The role defined for the function cannot be assumed by Lambda.");
    aws.delays.clear();
    expect([await status(), (await create()).State]).toEqual(["ACTIVE", "Active"]);
  });

  it("refuses a permissions boundary that does not exist, and names an operation it does not have", async () => {
    const PermissionsBoundary = `arn:aws:iam::${ACCOUNT}:policy/none`;
    await expect(
      iam.send(
        new CreateRoleCommand({
          RoleName: "bounded",
          AssumeRolePolicyDocument: LAMBDA_TRUST,
          PermissionsBoundary,
        }),
      ),
    ).rejects.toThrow(`Scope ARN: ${PermissionsBoundary} does not exist or is not attachable.`);
    await expect(
      new APIGatewayClient(aws.clientConfig).send(new rest.GetTagsCommand({ resourceArn: "a/b" })),
    ).rejects.toThrow("The local AWS does not have apigateway:GET /tags/a%2Fb.");
  });
});

function table(TableName: string) {
  return new CreateTableCommand({
    TableName,
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    BillingMode: "PAY_PER_REQUEST",
  });
}
