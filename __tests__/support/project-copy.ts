import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const PROJECT = join(__dirname, "..", "..");
const SOURCES = ["cdktf.json", "package.json", "tsconfig.json", "package-lock.json", "main.ts", "contract", "environments", "lambda", "modules", "stacks"]; // prettier-ignore

/** What synth needs, in a folder of its own, so that a test can add environments and write output. */
export interface ProjectCopy {
  readonly folder: string;
  remove(): void;
}

export function copyProject(): ProjectCopy {
  const folder = mkdtempSync(join(tmpdir(), "project-"));
  for (const source of SOURCES) {
    cpSync(join(PROJECT, source), join(folder, source), {
      recursive: true,
      // Only the environments of the test: yours may be anything.
      filter: (file) => !(file.includes("ephemeral") && basename(file).endsWith(".json")),
    });
  }
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
