import Table from "cli-table3";
import { createColors } from "picocolors";

export type Colors = ReturnType<typeof createColors>;

/** Where a command writes: results to standard output, progress to standard error. */
export interface Output {
  /** Whether standard output is to hold one JSON document and nothing else. */
  readonly json: boolean;
  /** Whether somebody is looking: standard output is a terminal and JSON was not asked for. */
  readonly interactive: boolean;
  /** Without effect when standard output is no terminal, or `NO_COLOR` is set. */
  readonly colors: Colors;
  /** The result: with `--json` the value as JSON, else what `show` writes by `line`. Called once by a command. */
  result(value: unknown, show: () => void): void;
  /** A line of the result for people. Nothing with `--json`. */
  line(text?: string): void;
  /** A line about what is going on, to standard error. */
  progress(text: string): void;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** Applied to every text for people. @default as it is */
  readonly adapt?: (text: string) => string;
}

/** The output of one run of a command. */
export function createOutput({ json, stdout, stderr, env, adapt = (text) => text }: OutputOptions): Output {
  const interactive = Boolean(stdout.isTTY) && !json;
  const line = (text = "") => {
    if (!json) stdout.write(`${printable(adapt(text))}\n`);
  };
  return {
    json,
    interactive,
    colors: createColors(interactive && !env.NO_COLOR && env.TERM !== "dumb"),
    line,
    progress: (text) => void stderr.write(`${printable(adapt(text))}\n`),
    result: (value, show) => {
      if (json) stdout.write(`${JSON.stringify(value, null, 2)}\n`);
      else show();
    },
  };
}

/**
 * Owners, messages and ids were written by others: what a terminal would obey is shown as a code point instead. Line
 * breaks, tabs and our own colours stay.
 */
export function printable(text: string): string {
  return text.replaceAll(
    OBEYED,
    (character, colour?: string) => colour ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Control characters, and first of all a colour, which is let through. */
// eslint-disable-next-line no-control-regex -- they are what this is about
const OBEYED = /(\u001b\[\d{0,2}m)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Columns under a head, without lines around them: it can be read, cut and grepped. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly colors: Colors; readonly right?: readonly number[] },
): string {
  const table = new Table({
    head: head.map((title) => options.colors.bold(title)),
    colAligns: head.map((_, i) => (options.right?.includes(i) ? "right" : "left")),
    chars: Object.fromEntries(BORDERS.map((border) => [border, ""])),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  table.push(...rows.map((row) => row.map((cell) => cell.replaceAll(/\s*[\r\n]+\s*/g, " "))));
  return table
    .toString()
    .split("\n")
    .map((text) => text.trimEnd())
    .join("\n");
}

const BORDERS = [
  ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
  ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
];
