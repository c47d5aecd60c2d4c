import { existsSync } from "node:fs";
import { request } from "node:http";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { strToU8, zipSync } from "fflate";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { run } from "../../operations/process";
import { describeWith } from "../support/requires";

const region = "us-east-1";
const CODE =
  "export const handler = async () => ({ names: Object.keys(process.env), token: process.env.DEVELOPER_TOKEN });";
const zipOf = (entries: Readonly<Record<string, string>>) =>
  zipSync(Object.fromEntries(Object.entries(entries).map(([name, text]) => [name, strToU8(text)])));
const functionOf = (name: string, zip: Uint8Array) => ({
  FunctionName: name,
  Runtime: "nodejs22.x" as const,
  Role: "arn:aws:iam::123456789012:role/f",
  Handler: "code.handler",
  Code: { ZipFile: zip },
});

/** The local AWS runs code for whoever it takes for a caller. */
describeWith(["moto_server"], "Who may call the local AWS", () => {
  let aws: LocalAws;
  let lambda: LambdaClient;
  beforeAll(async () => {
    const env = { ...process.env, DEVELOPER_TOKEN: "secret" };
    aws = await startLocalAws({ accountId: "123456789012", region, log: () => undefined, env });
    lambda = new LambdaClient(aws.clientConfig);
    const trust = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" },
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    };
    await new IAMClient(aws.clientConfig).send(
      new CreateRoleCommand({ RoleName: "f", AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
  });
  afterAll(() => aws?.stop());

  /** As any process or page on this machine sends it; a page cannot know the access key. */
  const create = (name: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { Code, ...rest } = functionOf(name, zipOf({ "code.mjs": CODE }));
      const body = JSON.stringify({
        ...rest,
        Code: { ZipFile: Buffer.from(Code.ZipFile).toString("base64") },
      });
      const outgoing = request(
        `${aws.endpoint}/2015-03-31/functions`,
        { method: "POST", headers, agent: false },
        (answer) => {
          answer.resume();
          answer.on("end", () => resolve(answer.statusCode));
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  const signedBy = (key: string) => ({
    authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/lambda/aws4_request, SignedHeaders=host, Signature=x`,
  });

  it("not a page, not a name that resolves to loopback, not who guesses the access key", async () => {
    const { accessKeyId } = aws.clientConfig.credentials;
    const statuses = await Promise.all([
      create("a", { ...signedBy(accessKeyId), origin: "https://evil.example" }),
      create("b", { ...signedBy(accessKeyId), host: "evil.example" }),
      create("c", signedBy("test")),
      create("d", {}),
      create("known", signedBy(accessKeyId)),
    ]);
    expect(statuses).toEqual([403, 403, 403, 403, 201]);
    for (const FunctionName of ["a", "b", "c", "d"]) {
      const command = new InvokeCommand({ FunctionName });
      await expect(lambda.send(command)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    }
  });

  it("what is deployed sees nothing of the developer's environment", async () => {
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: "known" }));
    const { names, token } = JSON.parse(Buffer.from(Payload!).toString()) as {
      names: string[];
      token?: string;
    };
    expect(token).toBeUndefined();
    expect(names.filter((name) => !/^(PATH|LANG|TZ|TMPDIR|AWS_\w+)$/.test(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["PATH", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID"]));
  });

  it("code whose entry leaves its folder is not taken", async () => {
    const zip = zipOf({ "code.mjs": CODE, "../../outside.mjs": "" });
    await expect(lambda.send(new CreateFunctionCommand(functionOf("e", zip)))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: 'The zip entry "../../outside.mjs" would be written outside the function\'s folder.',
    });
  });

  it("a role's session may", async () => {
    const sts = new STSClient(aws.clientConfig);
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: "arn:aws:iam::123456789012:role/f", RoleSessionName: "s" }),
    );
    const credentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    const session = new STSClient({ ...aws.clientConfig, credentials });
    expect((await session.send(new GetCallerIdentityCommand({}))).Arn).toBe(
      "arn:aws:sts::123456789012:assumed-role/f/s",
    );
  });

  it("moto, which asks nobody who they are, listens on no port", async () => {
    // The inodes of TCP sockets, and those that moto has open.
    const tables = ["/proc/net/tcp", "/proc/net/tcp6"].filter((file) => existsSync(file));
    if (tables.length === 0) return;
    const script = `for p in ${aws.motoPid} $(cat /proc/${aws.motoPid}/task/*/children); do ls -l /proc/$p/fd; done 2>/dev/null | sed -n 's/.*socket:\\[\\(.*\\)\\]/\\1/p'; echo --; awk '$4 == "0A" { print $10 }' ${tables.join(" ")}`;
    const { stdout } = await run("/bin/sh", { args: ["-c", script], env: process.env });
    const [own, listening] = stdout.split("--\n").map((part) => part.split("\n").filter(Boolean));
    expect(own!.length).toBeGreaterThan(0);
    expect(own!.filter((inode) => listening!.includes(inode))).toEqual([]);
  });
});
