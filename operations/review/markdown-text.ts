import { visible } from "./lines";

/** Escapes untrusted text for Markdown, so that it cannot end a code block, mention someone, link or hide anything. */

/** For text outside of code. */
export function plain(text: string): string {
  return (
    oneLine(text)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll(/[\\`*[\]|~#]/g, "\\$&")
      // A single underscore inside a word is text: aws_lb.
      .replaceAll(/_{2,}|(?<!\w)_|_(?!\w)/g, (run) => run.replaceAll("_", "\\_"))
      // Numbers, lists and headings at the start of a line.
      .replaceAll(/^(\s*)([-+](?=\s|$)|=+(?=\s*$)|-{2,}(?=\s*$)|\d+(?=[.)](?:\s|$)))/g, `$1${BREAK}$2`)
      .replaceAll(/@(?=[\w{])/g, `@${BREAK}`)
      // A backslash does not stop references: hosts look for them in the rendered text.
      .replaceAll(/(#|\bGH-)(?=\d)/gi, `$1${BREAK}`)
      .replaceAll(EMOJI, `:${BREAK}`)
      .replaceAll("://", `:${BREAK}//`)
      // GitHub reads text between two dollar signs as math.
      .replaceAll("$", "&#36;")
      .replaceAll(/\bwww\./gi, `www${BREAK}.`)
  );
}

/** A zero-width character that stops hosts from turning the text around it into a mention or link. */
const BREAK = "\u200b";

/** Start of a short name such as `:x:`; hosts show a picture for it. The parts of a time of day are not one. */
const EMOJI = /:(?=(?:[\w+-]*[a-z+-][\w+-]*|100|1234):)/gi;

/** Inline code, fenced by more backticks than it contains. */
export function code(text: string): string {
  const content = oneLine(text).replaceAll("<!--", "<\\!--");
  if (content.trim() === "") return "` `";
  const fence = "`".repeat(longestRun(content) + 1);
  const pad = /^`|`$|^ .* $/.test(content) ? " " : "";
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** A code block whose fence is longer than any run of backticks in it. */
export function fenced(language: string, lines: readonly string[]): string {
  const safe = lines.map((line) => visible(line.replaceAll("<!--", "\\u003c!--").replaceAll(/[\r\n]/g, " ")));
  const fence = "`".repeat(safe.reduce((longest, line) => Math.max(longest, longestRun(line) + 1), 3));
  return [`${fence}${language}`, ...safe, fence].join("\n");
}

/** For text in an HTML element, where Markdown is not parsed. */
export function html(text: string): string {
  return oneLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll(EMOJI, `:${BREAK}`)
    .replaceAll(/@(?=\w)/g, `@${BREAK}`);
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function oneLine(text: string): string {
  return visible(text.replaceAll(/\s*[\r\n]+\s*/g, " "));
}
