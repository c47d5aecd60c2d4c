import type { ChangedLines } from "../../review/causes";
import { run } from "../../process";

/** What makes the stacks: not tests, documents and the list of libraries. */
const CODE = ["*.ts", "*.json", ":(exclude)__tests__", ":(exclude)docs", ":(exclude)package-lock.json"];

/** The lines of code that differ from a commit; none when Git cannot tell. */
export async function changedLines(
  commit: string,
  { projectFolder, env }: { readonly projectFolder: string; readonly env: NodeJS.ProcessEnv },
): Promise<ChangedLines[]> {
  const args = [
    "diff",
    "--unified=0",
    "--no-color",
    "--no-ext-diff",
    "--no-renames",
    "--relative",
    commit,
    "--",
  ];
  const options = { args: [...args, ...CODE], cwd: projectFolder, env, timeoutSeconds: 120 };
  const { exitCode, stdout } = await run("git", options);
  return exitCode === 0 ? parseDiff(stdout) : [];
}

/** Reads `git diff --unified=0`. */
export function parseDiff(text: string): ChangedLines[] {
  return text.split(/^diff --git .*\n/m).flatMap((part) => {
    const file = /^\+\+\+ b\/(.+)$/m.exec(part)?.[1] ?? /^--- a\/(.+)$/m.exec(part)?.[1];
    if (file === undefined) return [];
    return part
      .split(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@.*\n/m)
      .slice(1)
      .reduce<ChangedLines[]>((hunks, piece, i, pieces) => {
        if (i % 2 === 1) hunks.push({ file, line: Number(pieces[i - 1]), ...sidesOf(piece) });
        return hunks;
      }, []);
  });
}

function sidesOf(hunk: string): Pick<ChangedLines, "removed" | "added"> {
  const side = (sign: string) =>
    hunk
      .split("\n")
      .filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1))
      .join("\n");
  return { removed: side("-"), added: side("+") };
}
