import Table from "cli-table3";
import { createColors } from "picocolors";

export type Colors = ReturnType<typeof createColors>;

/** Where a command writes. Results go to standard output, progress goes to standard error. */
export interface Output {
  /** Whether standard output must hold one JSON document and nothing else. */
  readonly json: boolean;
  /** Whether a person is watching: standard output is a terminal, and `--json` is not set. */
  readonly interactive: boolean;
  /** Has no effect when standard output is not a terminal, or `NO_COLOR` is set. */
  readonly colors: Colors;
  /** Writes the result: with `--json` the value as JSON, otherwise what `show` writes with `line`. Call it once. */
  result(value: unknown, show: () => void): void;
  /** Writes a line of the result for people. Does nothing with `--json`. */
  line(text?: string): void;
  /** Writes a progress line to standard error. */
  progress(text: string): void;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** Applied to every text for people. @default no change */
  readonly adapt?: (text: string) => string;
}

/** Creates the output of one command run. */
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
 * Replaces control characters with their code points, because owners, messages and ids come from other people and a
 * terminal would obey them. Line breaks, tabs and colours stay.
 */
export function printable(text: string): string {
  return text.replaceAll(
    OBEYED,
    (character, colour?: string) => colour ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Matches a colour first, which stays, then any other control character. */
// eslint-disable-next-line no-control-regex -- control characters are the point here
const OBEYED = /(\u001b\[\d{0,2}m)|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Formats rows as columns under a header, without borders, so that `cut` and `grep` work on it. */
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
