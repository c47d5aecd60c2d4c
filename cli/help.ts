import { Help } from "commander";

/** What the help of a command says below its options. */
export interface HelpText {
  /** Command lines and what each is for, where the line does not say it. */
  readonly examples: readonly (readonly [line: string, meaning?: string])[];
  /** Paragraphs. */
  readonly notes?: readonly string[];
  /** Shape of the document that `--json` prints, keys without quotes. */
  readonly json?: string;
}

/** Columns of a terminal that nobody has widened. */
const WIDTH = 80;

/** For commander's `addHelpText("after", …)`: examples first, every line within 80 columns. */
export function helpText({ examples, notes = [], json }: HelpText): string {
  return [
    `\nExamples:\n${exampleLines(examples).join("\n")}`,
    ...notes.map((note) => wrapped(note)),
    ...(json === undefined ? [] : [`With --json:\n${wrapped(json, "  ")}`]),
  ].join("\n\n");
}

/** Command lines up to this long have their meaning beside them, longer ones below. */
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
