import { readFileSync, writeFileSync } from "node:fs";
import { replaceMarked } from "../../operations/marked";

/** Maximum number of lines per command. */
const MOST_LINES = 36;

/** Their output describes the machine and names its folders. */
const LEFT_OUT = ["bootstrap", "doctor"];

/** The commands of a run and their output, for docs/tour.md: the first use of each. */
export class Transcript {
  private readonly entries: string[] = [];
  private readonly known = new Set<string>();

  add(args: readonly string[], stdout: string): void {
    const command = args[0] === "expectations" ? `${args[0]} ${args[1]}` : args[0]!;
    if (this.known.has(command) || LEFT_OUT.includes(command)) return;
    this.known.add(command);
    const lines = stdout.trimEnd().split("\n");
    const left = lines.length - MOST_LINES;
    const shown = left > 1 ? [...lines.slice(0, MOST_LINES), `… ${left} more lines`] : lines;
    this.entries.push([`$ npx automock --local ${args.join(" ")}`, ...shown].join("\n"));
  }

  /** A command that is not one of `automock`. */
  addCommand(command: string, stdout: string): void {
    this.entries.push(`$ ${command}\n${stdout}`);
  }

  /** What happened without a command. */
  addNote(text: string): void {
    this.entries.push(text);
  }

  /** Puts it between the marks of a document. */
  writeInto(file: string): void {
    const text = readFileSync(file, "utf8");
    const blocks = this.entries.map((entry) => `\`\`\`text transcript\n${entry}\n\`\`\``);
    writeFileSync(file, replaceMarked({ file, text }, "npm run demo -- --transcript", blocks.join("\n\n")));
  }
}
