import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { runShell } from "../../local/shell";
import { version } from "../../package.json";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "shell-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const shell = (command: string, projectFolder = folder, ...path: string[]) =>
  runShell({
    base: {
      PATH: [...path, process.env.PATH].join(delimiter),
      SHELL: "/bin/sh",
      AWS_PROFILE: "production",
      AWS_SESSION_TOKEN: "real",
      TF_CLI_ARGS: "-x",
    },
    variables: { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ACCESS_KEY_ID: "LOCAL1" },
    projectFolder,
    command,
  });

it("has the variables of the local AWS and none of a real account", async () => {
  expect(await shell("env > env")).toBe(0);
  const text = readFileSync(join(folder, "env"), "utf8");
  const aws = text.split("\n").filter((line) => /^(AWS_|TF_|AUTOMOCK_|CDKTF_)/.test(line));
  expect(aws.sort()).toEqual([
    "AUTOMOCK_LOCAL=true",
    "AWS_ACCESS_KEY_ID=LOCAL1",
    "AWS_ENDPOINT_URL=http://127.0.0.1:1",
    "CDKTF_SKIP_PROVIDER_LOCK=true",
  ]);
});

it("finds automock and cdktf of the project", async () => {
  const project = join(__dirname, "..", "..");
  const file = join(folder, "commands");
  expect(
    await shell(`{ automock --version; command -v automock; command -v cdktf; } > ${file}`, project),
  ).toBe(0);
  expect(readFileSync(file, "utf8").trim().split("\n")).toEqual([
    version,
    join(project, "local", "bin", "automock"),
    join(project, "node_modules", ".bin", "cdktf"),
  ]);
});

it("gives the endpoint to the AWS CLI, which does not always read it from the environment", async () => {
  writeFileSync(join(folder, "aws"), `#!/bin/sh\necho "$*" > ${join(folder, "arguments")}\n`, {
    mode: 0o755,
  });
  const project = join(__dirname, "..", "..");
  expect(await shell("aws rds describe-db-instances", project, folder)).toBe(0);
  expect(readFileSync(join(folder, "arguments"), "utf8")).toBe(
    "--endpoint-url http://127.0.0.1:1 rds describe-db-instances\n",
  );
});

it("ends with the exit code of its command", async () => expect(await shell("exit 7")).toBe(7));
