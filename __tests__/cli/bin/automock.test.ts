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

const run = (...args: string[]) => {
  const launcher = join(project, "cli", "bin", "automock.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], { encoding: "utf8" });
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
