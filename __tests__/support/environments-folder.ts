import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ENVIRONMENTS = join(__dirname, "..", "..", "environments");

/** A folder of environments, with this project's prod and staging and no ephemeral one. */
export function environmentsFolder(folder = mkdtempSync(join(tmpdir(), "environments-"))): string {
  mkdirSync(join(folder, "ephemeral"), { recursive: true });
  for (const name of ["prod", "staging"])
    writeFileSync(join(folder, `${name}.ts`), `export * from ${JSON.stringify(join(ENVIRONMENTS, name))};\n`);
  return folder;
}
