import { main } from "../../cli/program";

let out: string;
let err: string;
beforeEach(() => {
  [out, err] = ["", ""];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
  jest.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
});
afterEach(() => {
  process.exitCode = undefined;
  process.stdout.removeAllListeners("error");
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

  it("no command at all", async () => {
    await run("--json");
    expect(process.exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual({ error: { message: "A command is missing." } });
    expect(err).toContain("Usage: automock");
  });
});

it("help is no error", async () => {
  await run("deploy", "--json", "--help");
  expect(process.exitCode).toBe(0);
  expect(out).toContain("Usage: automock deploy");
});

it("an error of a command is the one JSON document", async () => {
  await run("--json", "extend", "automock-a", "--by", "soon");
  expect(process.exitCode).toBe(1);
  expect(JSON.parse(out)).toEqual({
    error: {
      message:
        '--by is "soon", which is no duration: write whole days, hours or minutes, such as 2h, 30m, 1d or 1d12h.',
    },
  });
});
