import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/**
 * Moves what was synthesized beside it into the folder that everybody reads. Each file is replaced in one step, so
 * others who read or synthesize at the same time never see half a file, and the manifest comes last. Stacks, assets
 * and overrides that are no longer made go; what terraform keeps in a stack's folder stays.
 */
export function publishSynth(from: string, to: string): void {
  const files = filesIn(from);
  const made = new Set(files);
  for (const file of [...files].sort((a, b) => Number(isManifest(a)) - Number(isManifest(b)))) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    renameSync(join(from, file), join(to, file));
  }
  const stacks = new Set(files.flatMap((file) => stackOf(file) ?? []));
  for (const stack of namesIn(join(to, "stacks"))) {
    if (!stacks.has(stack)) rmSync(join(to, "stacks", stack), { recursive: true, force: true });
  }
  for (const stack of stacks) {
    const folder = join("stacks", stack);
    const assets = filesIn(join(to, folder, "assets")).map((file) => join(folder, "assets", file));
    for (const file of [...assets, join(folder, "override.tf.json")]) {
      if (!made.has(file)) rmSync(join(to, file), { force: true });
    }
  }
}

/** `stacks/<stack>/…` */
function stackOf(file: string): string | undefined {
  const [folder, stack] = file.split(sep);
  return folder === "stacks" ? stack : undefined;
}

function isManifest(file: string): boolean {
  return file === "manifest.json";
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Files below a folder, relative to it; none when it is not there. */
function filesIn(folder: string, below = ""): string[] {
  return namesIn(join(folder, below)).flatMap((name) => {
    const path = join(below, name);
    return statSync(join(folder, path)).isDirectory() ? filesIn(folder, path) : [path];
  });
}
