import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");
const project = mkdtempSync(join(tmpdir(), "automock-launcher-"));
const packages = join(project, "node_modules");
mkdirSync(packages);
cpSync(join(ROOT, "cli", "bin"), join(project, "cli", "bin"), { recursive: true });
afterAll(() => rmSync(project, { recursive: true, force: true }));

const launcher = join(project, "cli", "bin", "automock.mjs");
/** Only a command that does not end takes that long. */
const HANGS_MS = 600_000;
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
    encoding: "utf8",
    maxBuffer: 10_000_000,
    timeout: HANGS_MS,
  });
  return { status, stdout, stderr };
};
const command = (body: string) => writeFileSync(join(project, "cli", "automock.ts"), body);
const message = (name: string) =>
  `The package "${name}" is not installed. Run npm ci, then the command again.`;

it("says npm ci before anything is installed", () => {
  expect(run("list")).toEqual({ status: 1, stdout: "", stderr: `${message("tsx")}\n` });
});

describe("after a pull that needs a new package", () => {
  beforeAll(() => symlinkSync(join(ROOT, "node_modules", "tsx"), join(packages, "tsx")));

  it.each([
    ["when the command loads", 'import "@acme/new"; export const finished = Promise.resolve();'],
    ["while the command runs", 'export const finished = (async () => void (await import("@acme/new")))();'],
  ])("says npm ci %s, with --json as one document too", (_when, body) => {
    command(body);
    const { status, stdout, stderr } = run("list", "--json");
    expect([status, stderr]).toEqual([1, `${message("@acme/new")}\n`]);
    expect(JSON.parse(stdout)).toEqual({ error: { message: message("@acme/new") } });
  });

  it("ends with its exit code and all of its output while something in the background goes on", () => {
    command(`
      setInterval(() => undefined, 1000);
      process.stdout.write("x".repeat(3_000_000));
      process.exitCode = 3;
      export const finished = Promise.resolve();`);
    expect(run("list")).toEqual({ status: 3, stdout: "x".repeat(3_000_000), stderr: "" });
  });

  it("ends when the reader of its output has gone", () => {
    command(`
      export const finished = new Promise((resolve) => {
        process.stdout.on("error", ({ code }) => (code === "EPIPE" ? resolve() : process.stderr.write(code)));
        process.stdout.write("x".repeat(3_000_000));
      });`);
    const { stdout, stderr } = spawnSync("sh", ["-c", '("$0" "$1"; echo "$?" >&2) | head -c 1', process.execPath, launcher], { encoding: "utf8", timeout: HANGS_MS }); // prettier-ignore
    expect([stdout, stderr]).toEqual(["x", "0\n"]);
  });

  it("does not for a file of the project that is missing, nor for other errors", () => {
    command('import "./nowhere"; export const finished = Promise.resolve();');
    expect(run("list")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Cannot find module './nowhere'"),
    });
    command('export const finished = Promise.reject(new Error("a fault"));');
    expect(run("list")).toMatchObject({ status: 1, stderr: expect.stringContaining("Error: a fault") });
  });
});
