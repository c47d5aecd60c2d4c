import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/**
 * Moves a private synth output into the shared folder. Files are replaced atomically, with the manifest last, so that
 * concurrent readers never see half a file. Stacks, assets and overrides that are no longer synthesized are deleted;
 * Terraform's own files in a stack's folder stay.
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

/** Files below a folder, relative to it; empty if it does not exist. */
function filesIn(folder: string, below = ""): string[] {
  return namesIn(join(folder, below)).flatMap((name) => {
    const path = join(below, name);
    return statSync(join(folder, path)).isDirectory() ? filesIn(folder, path) : [path];
  });
}
