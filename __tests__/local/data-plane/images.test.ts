import { basename } from "node:path";
import { programFor, repositoryName } from "../../../local/data-plane/images";
import { secretPlace } from "../../../local/data-plane/secrets";

const TOOLS = { bin: "/bin", mockServer: ["-cp", "server.jar", "Main"] };

it.each([
  ["public.ecr.aws/mockserver/mockserver:9.1.0", "mockserver"],
  ["mockserver/mockserver@sha256:0123", "mockserver"],
  ["localhost:5000/aws-cli:2", "aws-cli"],
  ["123456789012.dkr.ecr.us-east-1.amazonaws.com/task-api-staging:v1.0.0", "task-api"],
  ["nginx", "nginx"],
])("%s is %s", (image, name) => {
  expect(repositoryName(image)).toBe(name);
});

it("runs MockServer by java, with the arguments of the definition", () => {
  expect(programFor({ image: "mockserver/mockserver:9.1.0", command: ["-logLevel", "INFO"] }, TOOLS)).toEqual(
    { command: "java", args: ["-cp", "server.jar", "Main", "-logLevel", "INFO"] },
  );
});

it("runs what the AWS CLI's container names, and aws itself if it names nothing", () => {
  const image = "public.ecr.aws/aws-cli/aws-cli:2.36.15";
  expect(programFor({ image, entryPoint: ["/bin/sh", "-c"], command: ["echo"] }, TOOLS)).toEqual({
    command: "/bin/sh",
    args: ["-c", "echo"],
  });
  expect(programFor({ image }, TOOLS)).toEqual({ command: "aws", args: [] });
});

it("runs a stand-in for the Task API where there is a database, with and without MockServer", () => {
  const image = "x/task-api-prod:v1";
  const program = programFor({ image }, { bin: "/bin", authorityFile: "/authority.pem" })!;
  expect([program.command, basename(program.args[0]!), program.args[1]]).toEqual([
    process.execPath,
    "task-api.mjs",
    "/authority.pem",
  ]);
  expect(programFor({ image }, TOOLS)).toBeUndefined();
});

it("runs no other image, and no mock without MockServer", () => {
  expect(programFor({ image: "nginx:1" }, TOOLS)).toBeUndefined();
  expect(programFor({ image: "mockserver/mockserver:9.1.0" }, { bin: "/bin" })).toBeUndefined();
  expect(programFor({ image: "aws-cli/aws-cli:2" }, { bin: "/bin" })).toBeUndefined();
});

it("reads a secret's ARN and the key of a JSON secret", () => {
  const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1-AbCdEf";
  expect(secretPlace(arn)).toEqual({ secretId: arn });
  expect(secretPlace(`${arn}:password::`)).toEqual({ secretId: arn, key: "password" });
});
