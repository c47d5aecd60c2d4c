import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

const PROJECT = join(__dirname, "..", "..");

/** Not sources: installed, generated or documentation. Dot files are skipped too. */
const LEFT_OUT = new Set(["__tests__", "cdktf.out", "coverage", "dist", "docs", "node_modules"]);

/** A copy of the sources, for adding environments and writing output without touching the project. */
export interface ProjectCopy {
  readonly folder: string;
  remove(): void;
}

/** Copies the project into a folder, which is emptied first. Leaves out ephemeral environments. */
export function copyProject(folder: string): ProjectCopy {
  const remove = () => rmSync(folder, { recursive: true, force: true });
  remove();
  const sources = readdirSync(PROJECT).filter((name) => !name.startsWith(".") && !LEFT_OUT.has(name));
  for (const source of sources) {
    cpSync(join(PROJECT, source), join(folder, source), {
      recursive: true,
      filter: (file) => !(file.includes("ephemeral") && basename(file).endsWith(".json")),
    });
  }
  mkdirSync(join(folder, "environments", "ephemeral"), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  return { folder, remove };
}
