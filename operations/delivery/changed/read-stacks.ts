import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { folderHash, type SynthesizedStack } from "./compare-stacks";

/** The stacks of a synth, by id. Older stacks in the same folder are ignored. */
export function readStacks(outputFolder: string): Map<string, SynthesizedStack> {
  const { stacks } = JSON.parse(readFileSync(join(outputFolder, "manifest.json"), "utf8")) as {
    stacks: Record<string, { synthesizedStackPath: string; workingDirectory: string }>;
  };
  return new Map(
    Object.entries(stacks).map(([id, { synthesizedStackPath, workingDirectory }]) => {
      const assets: Record<string, string> = {};
      const folder = join(outputFolder, workingDirectory);
      if (existsSync(join(folder, "assets"))) hashInto(assets, folder, "assets");
      const template: unknown = JSON.parse(readFileSync(join(outputFolder, synthesizedStackPath), "utf8"));
      return [id, { template, assets }];
    }),
  );
}

/** Hashes a file or folder and everything below it. The folder `assets` itself is not an asset. */
function hashInto(assets: Record<string, string>, folder: string, path: string): string {
  const full = join(folder, path);
  const hash = statSync(full).isDirectory()
    ? folderHash(
        Object.fromEntries(
          readdirSync(full).map((name) => [name, hashInto(assets, folder, `${path}/${name}`)]),
        ),
      )
    : createHash("sha256").update(readFileSync(full)).digest("hex");
  if (path.split("/").length > 2) assets[path] = hash;
  return hash;
}
