import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { strToU8, zipSync } from "fflate";
import { startLocalAws, type LocalAws } from "../../local/local-aws";

const PYTHON = `
import json, os
def handler(event, context):
    print("about to answer")
    return {"statusCode": 201, "headers": {"X-From": "python"}, "body": json.dumps(event.get("pathParameters"))}
`;
const NODE = `exports.handler = async (event) => event.Records
  ? { batchItemFailures: [] }
  : { statusCode: 200, cookies: ["a=1", "b=2"], body: JSON.stringify(event) };`;

export const NODE_ZIP = zipSync({ "index.js": strToU8(NODE) });

/** A trust policy with one statement. */
export const trust = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });

export const LAMBDA_TRUST = trust({
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: "sts:AssumeRole",
});

/** Asks an API whose answers are JSON. */
export async function get(url: string, init?: RequestInit) {
  const answer = await fetch(url, init);
  const body = JSON.parse(await answer.text()) as Record<string, unknown>;
  return { status: answer.status, headers: answer.headers, body };
}

/** A local AWS with the functions `in-python`, from a bucket, and `in-node`, from a zip file. */
export class LocalFunctionsStage {
  private constructor(
    readonly aws: LocalAws,
    readonly iam: IAMClient,
    readonly lambda: LambdaClient,
    private readonly accountId: string,
    private readonly region: string,
  ) {}

  static async open(accountId: string, region: string): Promise<LocalFunctionsStage> {
    const aws = await startLocalAws({ accountId, region, log: () => undefined });
    const iam = new IAMClient(aws.clientConfig);
    const lambda = new LambdaClient(aws.clientConfig);
    const role = { RoleName: "functions", AssumeRolePolicyDocument: LAMBDA_TRUST };
    const { Role } = await iam.send(new CreateRoleCommand(role));
    const s3 = new S3Client(aws.clientConfig);
    const place = { S3Bucket: "code-of-functions", S3Key: "a b/app.zip" };
    await s3.send(new CreateBucketCommand({ Bucket: place.S3Bucket }));
    const Body = zipSync({ "app.py": strToU8(PYTHON) });
    await s3.send(new PutObjectCommand({ Bucket: place.S3Bucket, Key: place.S3Key, Body }));
    const both = { Role: Role!.Arn, Timeout: 30 };
    const python = { FunctionName: "in-python", Runtime: "python3.13", Handler: "app.handler" } as const;
    await lambda.send(new CreateFunctionCommand({ ...both, ...python, Code: place }));
    const node = { FunctionName: "in-node", Runtime: "nodejs22.x", Handler: "index.handler" } as const;
    await lambda.send(new CreateFunctionCommand({ ...both, ...node, Code: { ZipFile: NODE_ZIP } }));
    return new LocalFunctionsStage(aws, iam, lambda, accountId, region);
  }

  arn(name: string): string {
    return `arn:aws:lambda:${this.region}:${this.accountId}:function:${name}`;
  }

  /** Lets an API invoke a function. */
  async permit(FunctionName: string, StatementId: string, apiId: string): Promise<void> {
    await this.lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId,
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
        SourceArn: `arn:aws:execute-api:${this.region}:${this.accountId}:${apiId}/*`,
      }),
    );
  }
}
