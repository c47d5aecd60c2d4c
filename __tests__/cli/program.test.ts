import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { main } from "../../cli/program";
import { version } from "../../package.json";

let out: string;
let err: string;
beforeEach(() => {
  [out, err] = ["", ""];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
  jest.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
});
afterEach(() => {
  process.exitCode = undefined;
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners("error");
  jest.restoreAllMocks();
});

const run = (...args: string[]) => main(["node", "automock", ...args]);

describe("a command line that does not parse", () => {
  it.each([
    [["nonsense"], "unknown command 'nonsense'"],
    [["plan", "--nonsense"], "unknown option '--nonsense'"],
    [["extend", "automock-a"], "required option '--by <duration>' not specified"],
    [["deploy"], "missing required argument 'stack'"],
    [["expectations", "push", "a"], "missing required argument 'file'"],
  ])(
    "%j: exit code 1, said on standard error, and as one JSON document with --json",
    async (args, message) => {
      await run(...args);
      expect([process.exitCode, out]).toEqual([1, ""]);
      expect(err).toContain(`error: ${message}`);

      await run("--json", ...args);
      expect(process.exitCode).toBe(1);
      expect(JSON.parse(out)).toEqual({ error: { message } });
    },
  );

  it("is an error if the command is missing", async () => {
    await run("--json");
    expect(process.exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual({ error: { message: "A command is missing." } });
    expect(err).toContain("Usage: automock");
  });
});

it.each([
  [["run"], "missing required argument 'name'"],
  [["up", "orders", "--nonsense"], "unknown option '--nonsense'"],
  [["up", "orders", "--ttl", "5m"], "Use 10m to 4h."],
  [["up", "orders", "--ttl", "soon"], '--ttl is "soon", which is not a duration'],
  [["run", "orders", "--key", ""], "It is empty, which an unset variable gives."],
  [["up", "nothing"], 'There is no test environment "nothing"'],
])("test-env %j: exit code 4, because 1 says that tests failed", async (args, message) => {
  await run("test-env", ...args);
  expect([process.exitCode, out]).toEqual([4, ""]);
  expect(err).toContain(message);
});

it("exits with 0 for test-env run --help", async () => {
  await run("test-env", "run", "--help");
  expect(process.exitCode).toBe(0);
});

it("prints its version", async () => {
  await run("--version");
  expect([process.exitCode, out]).toEqual([0, `${version}\n`]);
});

it("exits with 0 for --help", async () => {
  await run("deploy", "--json", "--help");
  expect(process.exitCode).toBe(0);
  expect(out).toContain("Usage: automock deploy");
});

it("prints the error of a command as the only JSON document", async () => {
  await run("--json", "extend", "automock-a", "--by", "soon");
  expect(process.exitCode).toBe(1);
  expect(JSON.parse(out)).toEqual({
    error: {
      message:
        '--by is "soon", which is not a duration; write whole days, hours or minutes, for example 2h, 30m, 1d or 1d12h.',
    },
  });
});

const plans = mkdtempSync(join(tmpdir(), "automock-plans-"));
afterAll(() => rmSync(plans, { recursive: true, force: true }));

it.each(
  [
    ["plan", "automock-staging", "--out", plans],
    ["deploy", "automock-staging"],
    ["deploy", "automock-staging", "--plan", "/nonexistent"],
    ["bootstrap"],
  ].map((args) => ({ args })),
)("$args.0 refuses variables that change what Terraform does", async ({ args }) => {
  process.env.TF_WORKSPACE = "dev";
  try {
    await run(...args);
  } finally {
    delete process.env.TF_WORKSPACE;
  }
  expect([process.exitCode, out]).toEqual([1, ""]);
  expect(err).toBe(
    "The environment sets TF_WORKSPACE, which would change what Terraform does with a stack.\n" +
      "Unset them first: unset TF_WORKSPACE\n",
  );
});

it("leaves a package that is not installed to the launcher", async () => {
  const missing = Object.assign(new Error("Cannot find module 'ws'"), { code: "MODULE_NOT_FOUND" });
  jest.spyOn(Command.prototype, "parseAsync").mockRejectedValue(missing);
  await expect(run("cost", "automock-staging")).rejects.toBe(missing);
  expect([out, err]).toEqual(["", ""]);
});

describe("a closed pipe", () => {
  const failing = (code: string) => Object.assign(new Error(`write ${code}`), { code });

  it("stops neither the work nor changes the exit code", async () => {
    const exit = jest.spyOn(process, "exit").mockImplementation();
    await run("extend", "automock-a", "--by", "soon");
    process.stderr.emit("error", failing("EPIPE"));
    process.stdout.emit("error", failing("EPIPE"));
    expect(exit).not.toHaveBeenCalled();
    expect(process.exitCode).toBe(1);
  });

  it("is an error if the result cannot be written for another reason", async () => {
    await run("--help");
    process.stdout.emit("error", failing("ENOSPC"));
    expect(process.exitCode).toBe(1);
    expect(err).toBe("Cannot write the result: write ENOSPC\n");
  });
});

it("escapes control characters in error messages", async () => {
  await run("extend", "automock-a", "--by", "\u001b]0;title\u0007");
  expect(err).toContain('--by is "\\u001b]0;title\\u0007", which is not a duration');
});
