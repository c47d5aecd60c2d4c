import { visible } from "./lines";

/** Text of others made harmless in Markdown: it cannot end a code block, mention someone, link or hide anything. */

/** For text outside of code. */
export function plain(text: string): string {
  return (
    oneLine(text)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll(/[\\`*[\]|~#]/g, "\\$&")
      // Single ones inside a word are text: aws_lb.
      .replaceAll(/_{2,}|(?<!\w)_|_(?!\w)/g, (run) => run.replaceAll("_", "\\_"))
      // Numbers, lists and headings begin a line.
      .replaceAll(/^(\s*)([-+](?=\s|$)|=+(?=\s*$)|-{2,}(?=\s*$)|\d+(?=[.)](?:\s|$)))/g, `$1${BREAK}$2`)
      .replaceAll(/@(?=[\w{])/g, `@${BREAK}`)
      // A backslash does not keep a host from a reference: it looks for them in what Markdown has made.
      .replaceAll(/(#|\bGH-)(?=\d)/gi, `$1${BREAK}`)
      .replaceAll("://", `:${BREAK}//`)
      // Between two of them GitHub reads mathematics.
      .replaceAll("$", "&#36;")
      .replaceAll(/\bwww\./gi, `www${BREAK}.`)
  );
}

/** Without width: it keeps hosts from making a mention or a link of the letters around it. */
const BREAK = "\u200b";

/** As inline code, fenced by more backticks than are in it. */
export function code(text: string): string {
  const content = oneLine(text).replaceAll("<!--", "<\\!--");
  if (content.trim() === "") return "` `";
  const fence = "`".repeat(longestRun(content) + 1);
  const pad = /^`|`$|^ .* $/.test(content) ? " " : "";
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** As a code block; its fence is longer than any run of backticks in it. */
export function fenced(language: string, lines: readonly string[]): string {
  const safe = lines.map((line) => visible(line.replaceAll("<!--", "\\u003c!--").replaceAll(/[\r\n]/g, " ")));
  const fence = "`".repeat(safe.reduce((longest, line) => Math.max(longest, longestRun(line) + 1), 3));
  return [`${fence}${language}`, ...safe, fence].join("\n");
}

/** For text in an HTML element, where Markdown is not read. */
export function html(text: string): string {
  return oneLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(/@(?=\w)/g, `@${BREAK}`);
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function oneLine(text: string): string {
  return visible(text.replaceAll(/\s*[\r\n]+\s*/g, " "));
}
