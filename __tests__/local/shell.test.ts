import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runShell } from "../../local/shell";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "shell-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const shell = (command: string) =>
  runShell({
    base: {
      PATH: process.env.PATH,
      SHELL: "/bin/sh",
      AWS_PROFILE: "production",
      AWS_SESSION_TOKEN: "real",
      TF_CLI_ARGS: "-x",
    },
    variables: { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ACCESS_KEY_ID: "LOCAL1" },
    projectFolder: folder,
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
  expect(text).toContain(`PATH=${join(folder, "node_modules", ".bin")}:`);
});

it("ends with the exit code of its command", async () => expect(await shell("exit 7")).toBe(7));
