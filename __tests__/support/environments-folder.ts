import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PERMANENT = join(__dirname, "..", "..", "environments", "permanent");

/** A folder of environments, with this project's prod and staging and no ephemeral one. */
export function environmentsFolder(folder = mkdtempSync(join(tmpdir(), "environments-"))): string {
  for (const kind of ["permanent", "ephemeral"]) mkdirSync(join(folder, kind), { recursive: true });
  for (const name of ["prod", "staging"])
    writeFileSync(
      join(folder, "permanent", `${name}.ts`),
      `export * from ${JSON.stringify(join(PERMANENT, name))};\n`,
    );
  return folder;
}
