import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLines, run } from "../../operations/process";
import type { Stage } from "../stage";
import type { Steps } from "../steps";
import type { Automock } from "./commands";

/** A test that fails: it expects an order that nobody has made. */
const RED = `import os, unittest, urllib.request

class Red(unittest.TestCase):
    def test_an_order_that_nobody_made(self):
        urllib.request.urlopen(os.environ["HTTP_URL"] + "/orders/1", timeout=30)
`;

/** A green and a red run of `environments/test/orders.json`, both removed. */
export async function showTestEnvironments(stage: Stage, steps: Steps, automock: Automock): Promise<void> {
  const { step, detail } = steps;
  const python = await findPython(stage);
  mkdirSync(join(stage.folder, "red"));
  writeFileSync(join(stage.folder, "red", "test_red.py"), RED);
  await automock("test-env", "plan", "orders");
  await automock("test-env", "run", "orders", "--", ...python, "examples/orders/tests");
  await step("$ automock --local test-env run orders: its tests fail", async () => {
    const args = ["test-env", "run", "orders", "--", ...python, "red"];
    const { exitCode, stdout, stderr } = await stage.automock(args);
    for (const line of stdout.trimEnd().split("\n")) detail(line);
    if (exitCode !== 1) throw new Error(`Exit code ${exitCode} instead of 1:\n${lastLines(stderr, 40)}`);
  });
  await automock("test-env", "list");
  await automock("test-env", "stats", "orders");
}

/** pytest where it is installed; unittest, which runs the same tests, otherwise. Both with boto3. */
async function findPython({ folder }: Stage): Promise<string[]> {
  for (const python of ["python3", join(__dirname, "..", "..", ".venv", "bin", "python")]) {
    const has = async (code: string) => {
      const options = { args: ["-c", code], cwd: folder, env: process.env };
      return (await run(python, options).catch(() => ({ exitCode: 1 }))).exitCode === 0;
    };
    if (await has("import boto3, pytest")) return [python, "-m", "pytest", "-q"];
    if (await has("import boto3")) return [python, "-m", "unittest", "discover", "-s"];
  }
  throw new Error("The tests of the sample need Python 3 with boto3: pip install boto3 pytest");
}
