import { cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

const PROJECT = join(__dirname, "..", "..");
const SOURCES = [
  "cdktf.json",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "main.ts",
  "cli",
  "contract",
  "environments",
  "lambda",
  "local",
  "modules",
  "stacks",
];

/** What synth needs, in a folder of its own, to add environments and write output without touching yours. */
export interface ProjectCopy {
  readonly folder: string;
  remove(): void;
}

/** Copies the project into a folder that is made anew. Ephemeral environments stay behind. */
export function copyProject(folder: string): ProjectCopy {
  const remove = () => rmSync(folder, { recursive: true, force: true });
  remove();
  for (const source of SOURCES) {
    cpSync(join(PROJECT, source), join(folder, source), {
      recursive: true,
      filter: (file) => !(file.includes("ephemeral") && basename(file).endsWith(".json")),
    });
  }
  mkdirSync(join(folder, "environments", "ephemeral"), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  return { folder, remove };
}
