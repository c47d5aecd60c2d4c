import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");

/** Programs that users start and that create AWS clients. */
const PROGRAMS = [
  "cli/automock.ts",
  "local/serve.ts",
  "local/demo.ts",
  "operations/delivery/deploy-image.ts",
];

it.each(PROGRAMS)("%s imports it before anything that loads the SDK", (file) => {
  const [first] = /^import .*$/m.exec(readFileSync(join(ROOT, file), "utf8"))!;
  expect(first).toMatch(/^import "\.{1,2}\/(operations\/)?aws\/quiet-sdk";$/);
});

it("keeps the SDK from announcing the end of a Node version", () => {
  const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...env } = process.env;
  const script =
    'import "./operations/aws/quiet-sdk.ts"; import { STSClient } from "@aws-sdk/client-sts"; new STSClient({ region: "us-east-1" });';
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", script],
    { cwd: ROOT, env, encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
});
