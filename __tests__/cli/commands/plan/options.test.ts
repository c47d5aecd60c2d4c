import { resolve } from "node:path";
import type { Command } from "commander";
import { createProgram } from "../../../../cli/program";

/** Options of a command line as its command receives them. */
function parse(...args: string[]): Record<string, unknown> {
  const program = createProgram();
  let received: Record<string, unknown> = {};
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.action((...values: unknown[]) => void (received = (values.at(-1) as Command).opts()));
  }
  program.exitOverride().parse(["node", "automock", ...args]);
  return received;
}

describe("automock plan", () => {
  it("has defaults", () => expect(parse("plan")).toEqual({ lock: true, reportHost: "github" }));

  it("takes several reports, in any place", () => {
    expect(
      parse(
        "plan",
        "--report",
        "md",
        "automock-prod",
        "--report",
        "html",
        "--report-limit",
        "32767",
        "--no-lock",
      ),
    ).toEqual({ report: ["md", "html"], reportLimit: 32767, reportHost: "github", lock: false });
  });

  it.each([
    [
      ["--report", "pdf"],
      '--report is "pdf"; use md, html, json or sarif, and repeat --report for several formats.',
    ],
    [
      ["--report-limit", "3999"],
      '--report-limit is "3999"; use a whole number of characters from 4000, such as 32767.',
    ],
    [["--report-limit", "many"], '--report-limit is "many"; use a whole'],
    [["--report-host", "gitea"], "Allowed choices are github, bitbucket."],
  ])("refuses %j", (args, message) => {
    expect(() => parse("plan", ...args)).toThrow(message);
  });
});

describe("a folder", () => {
  it.each([
    ["plan", "out"],
    ["deploy", "plan"],
  ])("of %s --%s is absolute, and not the current one when it is empty", (command, option) => {
    const given = (folder: string) => parse(command, "automock-prod", `--${option}`, folder)[option];
    expect(given("plans")).toBe(resolve("plans"));
    expect(given(".")).toBe(process.cwd());
    expect(() => given("")).toThrow(`--${option} is empty. Name a folder, or omit --${option}.`);
  });
});

describe("--lock-timeout", () => {
  it.each(["plan", "deploy", "destroy"])("of %s takes a duration of terraform", (command) => {
    for (const text of ["90s", "10m", "1h"]) {
      expect(parse(command, "automock-prod", "--lock-timeout", text)).toMatchObject({ lockTimeout: text });
    }
  });

  it.each(["5", "0s", "1d", "1.5m", "-5m"])("refuses %s", (text) => {
    expect(() => parse("deploy", "automock-prod", `--lock-timeout=${text}`)).toThrow(
      `--lock-timeout is "${text}"; use whole seconds, minutes or hours, such as 90s, 10m or 1h.`,
    );
  });
});
