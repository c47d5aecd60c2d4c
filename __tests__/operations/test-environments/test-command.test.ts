import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests, type TestCommand } from "../../../operations/test-environments/test-command";

let cwd: string;
beforeEach(() => (cwd = mkdtempSync(join(tmpdir(), "tests-"))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function tests(script: string, options: Partial<TestCommand> = {}) {
  const lines: string[] = [];
  const result = await runTests({
    command: [process.execPath, "-e", script],
    timeoutMinutes: 5,
    outputs: { USERS_TABLE: "test-users" },
    env: { USERS_TABLE: "of the pipeline", HOME: cwd },
    cwd,
    onLine: (line) => lines.push(line),
    signal: new AbortController().signal,
    ...options,
  });
  return { ...result, lines };
}

it("finds the resources by its variables, in the folder of the project", async () => {
  const shown = await tests("console.log(process.env.USERS_TABLE, process.env.HOME === process.cwd())");
  expect(shown).toMatchObject({ passed: true, exitCode: 0, timedOut: false, lines: ["test-users true"] });
});

it("fails with its exit code", async () =>
  expect(await tests("process.exit(7)")).toMatchObject({ passed: false, exitCode: 7, timedOut: false }));

const WAITING = "console.log('waiting'); setInterval(() => {}, 1000)";

it("is stopped at its time limit", async () => {
  const done = await tests(WAITING, { timeoutMinutes: 0.005 });
  expect(done).toMatchObject({ passed: false, timedOut: true });
  expect(done.lines).toContain("The tests did not finish within 0.005 min and were stopped.");
});

it("has not passed when it was stopped, even if it then ends with 0", async () => {
  const polite = "process.on('SIGTERM', () => process.exit(0));" + WAITING;
  expect(await tests(polite, { timeoutMinutes: 0.02 })).toMatchObject({
    passed: false,
    timedOut: true,
    exitCode: 0,
  });
  const controller = new AbortController();
  const interrupted = await tests(polite, { signal: controller.signal, onLine: () => controller.abort() });
  expect(interrupted).toMatchObject({ passed: false, timedOut: false, exitCode: 0 });
});

it("cannot be started: failed, and says why", async () => {
  const { lines, ...result } = await tests("", { command: ["no-such-program"] });
  expect(result).toMatchObject({ passed: false, exitCode: 127, timedOut: false });
  expect(lines.join()).toContain("no-such-program");
});

describe("the JUnit report", () => {
  const junit = "report.xml";

  it("is that of this run", async () => {
    const write = `require("fs").writeFileSync("${junit}", "")`;
    expect(await tests(write, { junit })).toMatchObject({ passed: true, junit });
  });

  it("of an earlier run does not pass for this one's", async () => {
    writeFileSync(join(cwd, junit), "old");
    expect(await tests("", { junit })).toMatchObject({ passed: true, junit: "missing" });
    expect(existsSync(join(cwd, junit))).toBe(false);
  });
});
