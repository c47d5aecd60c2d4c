import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Markdown files as the tests of the documentation read them. */

const ROOT = join(__dirname, "..", "..");

/** Every Markdown file that readers are sent to, relative to the project, sorted. */
export function documents(): string[] {
  const below = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`);
  return ["CONTRIBUTING.md", "README.md", ...below].sort();
}

export function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** The first table under a heading, as rows of cells; the first row is the head. */
export function tableUnder(text: string, heading: string): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, "") === heading);
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  const rest = lines.slice(start + 1);
  const first = rest.findIndex((line) => line.startsWith("|"));
  const end = rest.findIndex((line, i) => i > first && !line.startsWith("|"));
  return rest
    .slice(first, end)
    .filter((line) => !/^\|[\s:|-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** Contents of the fenced code blocks with exactly these words after the fence; indented ones lose their indent. */
export function codeBlocks(text: string, words: string): string[] {
  return [...text.matchAll(/^( *)```(.*)\n([\s\S]*?)^\1```$/gm)]
    .filter(([, , found]) => found === words)
    .map(([, indent, , code]) => code!.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}

/** Anchors that GitHub gives the headings. */
export function anchors(text: string): string[] {
  return text
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .split("\n")
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, "")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    );
}

/** With `npm run golden:update`: replaces the first table under a heading. */
export function updateTable(file: string, heading: string, rows: readonly (readonly string[])[]): void {
  if (!process.env.UPDATE_GOLDEN) return;
  const text = read(file);
  const [before, after] = splitAt(text, new RegExp(`^#+ ${heading}\\n`, "m"));
  const [intro, rest] = splitAt(after, /^(?=\|)/m);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const table = [rows[0]!, rows[0]!.map(() => "---"), ...rows.slice(1)].map(line).join("");
  writeFileSync(join(ROOT, file), before + intro + table + rest.replace(/^(\|.*\n)+/, ""));
}

/** With `npm run golden:update`: replaces the first code block with these words after its fence, below a heading. */
export function updateBlock(file: string, heading: string, words: string, content: string): void {
  if (!process.env.UPDATE_GOLDEN) return;
  const [before, after] = splitAt(read(file), new RegExp(`^#+ ${heading}\\n`, "m"));
  const [intro, rest] = splitAt(after, new RegExp(`^\`\`\`${words}\\n`, "m"));
  writeFileSync(join(ROOT, file), `${before}${intro}${content}\n${rest.slice(rest.indexOf("```"))}`);
}

function splitAt(text: string, end: RegExp): [string, string] {
  const found = end.exec(text);
  if (!found) throw new Error(`there is no ${end}`);
  const at = found.index + found[0].length;
  return [text.slice(0, at), text.slice(at)];
}
