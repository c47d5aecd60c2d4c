import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { format } from "prettier";
import { replaceMarked } from "../../operations/marked";

const REPORT = join(__dirname, "..", "..", "docs", "benchmarks.md");

/** A figure with the most that is allowed of it. */
export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly allowed: number;
  readonly unit: string;
}

export function missed({ measured, allowed }: Target): boolean {
  return measured > allowed;
}

/** The machine that the figures belong to, and how busy it was: a load of one is this process alone. */
export function machine(): string {
  const cores = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `Machine: ${cores.length} cores (${cores[0]?.model.trim()}), ${gibibytes} GiB memory, ${process.platform}/${process.arch}, Node ${process.version}, load average ${loadavg()[0]!.toFixed(0)}.`;
}

/** A Markdown table; every column but the first is aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

function targetTable(targets: readonly Target[]): string {
  return table(
    ["target", "measured", "at most", ""],
    targets.map((target) => {
      const { what, measured, allowed, unit } = target;
      return [what, `${measured.toFixed(2)}${unit}`, `${allowed}${unit}`, missed(target) ? "missed" : "met"];
    }),
  );
}

/**
 * Prints the section of a benchmark and writes it between its marks in docs/benchmarks.md. A missed target sets exit
 * code 1.
 *
 * @param command names the marks
 */
export async function publish(
  command: string,
  parts: readonly string[],
  targets: readonly Target[],
): Promise<void> {
  const section = [...parts, ...(targets.length > 0 ? [targetTable(targets)] : [])].join("\n\n");
  process.stdout.write(`${section}\n`);
  const text = replaceMarked({ file: REPORT, text: readFileSync(REPORT, "utf8") }, command, section);
  writeFileSync(REPORT, await format(text, { parser: "markdown" }));
  if (targets.some(missed)) process.exitCode = 1;
}
