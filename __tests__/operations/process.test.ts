import { spawn } from "node:child_process";
import { join } from "node:path";
import { killGroup, lastLines, run, signalTo, start } from "../../operations/process";
import { eventually, isAlive } from "../support/eventually";

const env = { PATH: process.env.PATH };
const node = process.execPath;
const script = (source: string) => ["-e", source];
const FOREVER = "setInterval(() => {}, 1000)";

describe("run", () => {
  it("returns exit code and both streams, and reports lines as they come", async () => {
    const lines: string[] = [];
    const result = await run(node, {
      args: script(`console.log("one\\ntwo"); console.error("three"); process.exitCode = 7`),
      env,
      onLine: (line, stream) => lines.push(`${stream}:${line}`),
    });
    expect(result).toEqual({ exitCode: 7, signal: null, stdout: "one\ntwo\n", stderr: "three\n" });
    expect(lines.sort()).toEqual(["stderr:three", "stdout:one", "stdout:two"]);
  });

  it("gives the child the environment it is told and nothing else", async () => {
    const result = await run(node, {
      args: script("console.log(Object.keys(process.env).sort().join())"),
      env: { A: "1", PATH: "x" },
    });
    expect(result.stdout).toBe("A,PATH\n");
  });

  it("names a command that is not there", async () => {
    await expect(run("no-such-program", { args: [], env })).rejects.toThrow(
      'Cannot start "no-such-program": the command is not on PATH, or the folder . does not exist.',
    );
  });

  it("stops a child that takes too long and says so with its last words", async () => {
    const running = run(node, { args: script(`console.log("working"); ${FOREVER}`), env, timeoutSeconds: 1 });
    await expect(running).rejects.toThrow(/did not finish within 1 s and was stopped\.\nworking$/);
  });

  it("kills a child that ignores the polite signal", async () => {
    const child = await start(node, {
      args: script(`process.on("SIGINT", () => {}); console.log("ready"); ${FOREVER}`),
      env,
      killAfterSeconds: 1,
      onLine: () => void child.stop(),
    });
    expect((await child.finished).signal).toBe("SIGKILL");
  });
});

it("a signal to a process or group that has ended does nothing, also in a timer", () => {
  // Above the largest id that a process can have.
  const ended = 2 ** 22 + 1;
  expect(() => process.kill(ended, "SIGTERM")).toThrow("ESRCH");
  expect(() => signalTo(ended, "SIGTERM")).not.toThrow();
  expect(() => killGroup(ended)).not.toThrow();
});

describe("lastLines", () => {
  it("keeps the end", () => expect(lastLines("a\nb\nc\n", 2)).toBe("b\nc"));
});

describe("no process is left behind", () => {
  /** A parent that starts a child through operations/process.ts, which starts a grandchild; both print their ids. */
  const parentSource = (role: "job" | "service") => `
    const { start } = require(${JSON.stringify(join(__dirname, "../../operations/process.ts"))});
    const grandchild = 'setInterval(() => {}, 1000); console.log(process.pid)';
    const child = 'const { spawn } = require("node:child_process"); console.log(process.pid);' +
      'spawn(process.execPath, ["-e", ' + JSON.stringify(grandchild) + '], { stdio: "inherit" }); setInterval(() => {}, 1000)';
    start(process.execPath, { args: ["-e", child], env: process.env, role: "${role}", killAfterSeconds: 2, onLine: (line) => console.log(line) });
    setInterval(() => {}, 1000);`;

  async function family(role: "job" | "service") {
    const tsx = require.resolve("tsx/cjs");
    const parent = spawn(node, ["--require", tsx, "-e", parentSource(role)], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    parent.stdout.on("data", (chunk) => (text += String(chunk)));
    const exited = new Promise<number | null>((resolve) => parent.once("exit", (code) => resolve(code)));
    await eventually("child and grandchild run", () => text.split("\n").length >= 3);
    return { parent, exited, pids: text.trim().split("\n").map(Number) };
  }

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("on %s: passed on, awaited, exit code %d", async (signal, exitCode) => {
    const { parent, exited, pids } = await family("job");
    parent.kill(signal);
    expect(await exited).toBe(exitCode);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("and the caller does not go on meanwhile", async () => {
    const source = `
      const { run } = require(${JSON.stringify(join(__dirname, "../../operations/process.ts"))});
      const child = { args: ["-e", "console.log('ready'); setInterval(() => {}, 1000)"], env: process.env };
      run(process.execPath, { ...child, onLine: (line) => console.log(line) }).finally(() => console.log("went on"));`;
    const parent = spawn(node, ["--require", require.resolve("tsx/cjs"), "-e", source], { env });
    let text = "";
    parent.stdout.on("data", (chunk) => (text += String(chunk)));
    const exited = new Promise<number | null>((resolve) => parent.once("close", (code) => resolve(code)));
    await eventually("the child is ready", () => text.includes("ready"));
    parent.kill("SIGINT");
    expect(await exited).toBe(130);
    expect(text).toBe("ready\n");
  });

  it.each(["job", "service"] as const)("when the parent of a %s is killed outright", async (role) => {
    const { parent, pids } = await family(role);
    expect(pids.map(isAlive)).toEqual([true, true]);
    parent.kill("SIGKILL");
    await eventually("child and grandchild end", () => !pids.some(isAlive));
  });

  it("when the child ends and leaves a grandchild", async () => {
    const child = await start(node, {
      args: script(
        `const { spawn } = require("node:child_process");
         const g = spawn(process.execPath, ["-e", ${JSON.stringify(FOREVER)}], { stdio: "ignore" });
         console.log(g.pid); g.unref();`,
      ),
      env,
    });
    const { stdout } = await child.finished;
    expect(stdout).toMatch(/^\d+\n$/);
    await eventually("the grandchild ends", () => !isAlive(Number(stdout)));
  });
});
