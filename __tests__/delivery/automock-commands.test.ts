import { resolve } from "node:path";
import { read } from "../support/markdown";
import { parseCommand } from "../support/parse-command";
import { automockCalls } from "../support/shell-words";

/** What the pipelines and their document call must be what the program takes. */

const FILES = [".github/workflows/infrastructure.yml", "Jenkinsfile.infrastructure", "docs/plan-review.md"];
/** Calls in each of them, so that one that is not recognized is missed. */
const COUNTS = [3, 6, 3];

describe.each(FILES.map((file, i) => [file, COUNTS[i]!] as const))("%s", (file, count) => {
  const calls = automockCalls(read(file));

  it("calls automock as it can be called", async () => {
    expect(calls).toHaveLength(count);
    for (const { text, args } of calls) {
      await expect(parseCommand(args).then(({ command }) => [text, command])).resolves.toEqual([
        text,
        args[0],
      ]);
    }
  });

  it("has no call that this test does not read", () => {
    const joined = read(file).replaceAll(/\\\n\s*/g, "");
    const isStarted = ({ text }: { text: string }) =>
      joined.includes(`npx ${text}`) || joined.includes(`bin/${text.replace(" ", ".mjs ")}`);
    expect(joined.match(/npx automock |automock\.mjs /g) ?? []).toHaveLength(calls.filter(isStarted).length);
  });
});

describe("the pipelines", () => {
  const callsOf = (file: string) => automockCalls(read(file)).map(({ args }) => args);

  it("plan without a lock, and apply one stack with digest and commit", async () => {
    for (const file of FILES.slice(0, 2)) {
      const parsed = await Promise.all(callsOf(file).map(parseCommand));
      for (const { command, options } of parsed) {
        const folder = resolve(String(options.out ?? options.plan));
        expect(folder).toBe(resolve(".automock/plans"));
        if (command === "plan") expect(options).toMatchObject({ lock: false });
        else {
          expect(command).toBe("deploy");
          expect(Object.keys(options).sort()).toEqual(["commit", "digest", "plan", "yes"]);
        }
      }
    }
  });

  it("make the report for where it is shown", async () => {
    const hosts = async (file: string) =>
      (await Promise.all(callsOf(file).map(parseCommand)))
        .filter(({ options }) => [options.report].flat().includes("md"))
        .map(({ options }) => options.reportHost);
    expect(await hosts(FILES[0]!)).toEqual(["github", "github"]);
    expect(await hosts(FILES[1]!)).toEqual(["bitbucket"]);
  });
});

it("tells what the program does not take", async () => {
  await expect(parseCommand(["plan", "--no-such-option"])).rejects.toThrow(
    "unknown option '--no-such-option'",
  );
  await expect(parseCommand(["deploy"])).rejects.toThrow("missing required argument 'stack'");
  await expect(parseCommand(["deploy", "a", "b"])).rejects.toThrow("too many arguments");
});
