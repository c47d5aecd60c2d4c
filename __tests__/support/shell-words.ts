/** Command lines of `automock` as they stand in pipelines and documents. */

export interface CommandLine {
  readonly text: string;
  /** What the program gets, without quotes and redirections; variables stay as they are written. */
  readonly args: readonly string[];
}

/**
 * Every call of `automock` that starts a command, by its name or as the file it is, in the order of the text. Lines end
 * in a backslash to go on.
 */
export function automockCalls(text: string): CommandLine[] {
  return text
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .flatMap((line) => {
      const found =
        /(?:^|[;&|]\s*|\b(?:do|then|run:)\s+|\$ |^\s*)(?:npx |exec node cli\/bin\/)?automock(?:\.mjs)? (\S.*)$/.exec(
          line,
        );
      if (!found) return [];
      const args = words(found[1]!);
      return [{ text: `automock ${found[1]!}`, args }];
    });
}

/** Words of a simple command, up to a pipe, a semicolon, a comment or a redirection. */
export function words(command: string): string[] {
  const result: string[] = [];
  for (const [word, double, single] of command.matchAll(/"([^"]*)"|'([^']*)'|[^\s;|<>#]+|[;|<>#]/g)) {
    if (/^[;|<>#]$/.test(word)) break;
    result.push(double ?? single ?? word);
  }
  return result;
}
