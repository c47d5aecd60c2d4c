import { Help, type Command } from "commander";

/** The text that a command's help shows below its options. */
export interface HelpText {
  /** Command lines, each with its meaning where that is not obvious. */
  readonly examples: readonly (readonly [line: string, meaning?: string])[];
  /** Paragraphs. */
  readonly notes?: readonly string[];
  /** Shape of the document that `--json` prints, with unquoted keys. */
  readonly json?: string;
}

/** Width of a standard terminal, in columns. */
const WIDTH = 80;

/** Text for commander's `addHelpText("after", …)`: examples first, wrapped at 80 columns. */
export function helpText({ examples, notes = [], json }: HelpText): string {
  return [
    `\nExamples:\n${exampleLines(examples).join("\n")}`,
    ...notes.map((note) => wrapped(note)),
    ...(json === undefined ? [] : [`With --json:\n${wrapped(json, "  ")}`]),
  ].join("\n\n");
}

/** Command lines up to this length have their meaning beside them; for longer ones it is below. */
const LONGEST_BESIDE = 44;

function exampleLines(examples: HelpText["examples"]): string[] {
  const isShort = (line: string) => line.length <= LONGEST_BESIDE;
  const column = Math.max(...examples.map(([line]) => (isShort(line) ? line.length : 0)));
  return examples.flatMap(([line, meaning]) => {
    if (meaning === undefined) return [`  ${line}`];
    const beside = `  ${line.padEnd(column)}  ${meaning}`;
    return isShort(line) && beside.length <= WIDTH ? [beside] : [`  ${line}`, wrapped(meaning, "      ")];
  });
}

function wrapped(text: string, indent = ""): string {
  const lines = new Help().boxWrap(text, WIDTH - indent.length).split("\n");
  return lines.map((line) => `${indent}${line}`.trimEnd()).join("\n");
}

/** A command of a group as the group's help lists it: without `[options]`, which every command has. */
export function termOf(command: Command): string {
  const names = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...names].join(" ");
}
