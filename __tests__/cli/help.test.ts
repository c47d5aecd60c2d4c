import type { Command } from "commander";
import { helpText } from "../../cli/help";
import { createProgram } from "../../cli/program";
import { commandsOf, parseCommand } from "../support/parse-command";
import { automockCalls } from "../support/shell-words";

/** What `--help` prints. */
function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return text;
}

const program = createProgram();
const commands = commandsOf(program);

it("covers every command", () =>
  expect(commands.map(([name]) => name)).toEqual([
    "",
    "init",
    "plan",
    "deploy",
    "status",
    "list",
    "extend",
    "protect",
    "unprotect",
    "expectations",
    "expectations import",
    "expectations validate",
    "expectations try",
    "expectations explain",
    "expectations diff",
    "expectations push",
    "expectations pull",
    "expectations history",
    "expectations rollback",
    "control-plane",
    "control-plane token",
    "dashboard",
    "destroy",
    "reap",
    "test-env",
    "test-env run",
    "test-env up",
    "test-env down",
    "test-env plan",
    "test-env list",
    "test-env show",
    "test-env extend",
    "test-env sweep",
    "test-env stats",
    "cost",
    "admin",
    "admin up",
    "admin connect",
    "admin run",
    "admin forward",
    "admin list",
    "admin extend",
    "admin down",
    "admin audit",
    "images",
    "doctor",
    "bootstrap",
  ]));

describe.each(commands)("automock %s --help", (name, command) => {
  const help = helpOf(command);

  it("describes each command, argument and option in one style", () => {
    const descriptions = [
      ...(command === program ? [] : [command.description()]),
      ...command.registeredArguments.map(({ description }) => description),
      ...command.options.map(({ description }) => description),
    ];
    expect(descriptions.filter((text) => !/^([a-z]|AWS |JSON ).*[^.]$/.test(text))).toEqual([]);
  });

  it("has examples that parse, and at least one for this command", async () => {
    const [, block] = /\n\nExamples:\n((?: {2}.+\n)+)/.exec(help) ?? [];
    const lines = block!.split("\n").filter((line) => /^ {2}\S/.test(line));
    // What an example is for stands two spaces behind it.
    const calls = lines.map((line) => automockCalls(line.trim().replace(/ {2}.*$/, "")));
    expect(lines.filter((_, i) => calls[i]!.length !== 1)).toEqual([]);
    const parsed = await Promise.all(calls.map(async ([call]) => (await parseCommand(call!.args)).command));
    expect(parsed.length).toBeGreaterThan(1);
    expect(parsed.filter((one) => one.startsWith(name)).length).toBeGreaterThan(0);
  });

  it("shows what --json prints if the command has a result", () =>
    expect(/\n\nWith --json:\n {2}\S/.test(help)).toBe(command.commands.length === 0));

  it("fits 80 columns", () => expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]));
});

describe("the text below the options", () => {
  it("puts the meaning of an example beside it, or below a long one", () => {
    const long = `automock ${"c".repeat(36)}`;
    const text = helpText({
      examples: [
        ["automock a", "one"],
        ["automock a --long", "two"],
        ["automock b"],
        [long, "below, because of the line"],
        ["automock d", `below: ${"word ".repeat(13).trim()}`],
      ],
    });
    expect(text.split("\n")).toEqual([
      "",
      "Examples:",
      "  automock a         one",
      "  automock a --long  two",
      "  automock b",
      `  ${long}`,
      "      below, because of the line",
      "  automock d",
      `      below: ${"word ".repeat(13).trim()}`,
    ]);
  });

  it("wraps paragraphs and the shape of the document", () => {
    const text = helpText({
      examples: [["automock a"]],
      notes: ["x ".repeat(41), "second"],
      json: `{ ${"y, ".repeat(26)}z }`,
    });
    expect(text.split("\n").slice(2)).toEqual([
      "  automock a",
      "",
      "x ".repeat(40).trim(),
      "x",
      "",
      "second",
      "",
      "With --json:",
      `  { ${"y, ".repeat(25).trim()}`,
      "  y, z }",
    ]);
  });
});
