import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { faultAt, show, type EnvironmentFault } from "./faults";

/** A file of a permanent environment: what it exports, or why it cannot be used. */
export interface PermanentFile {
  /** Path, relative to the project. */
  readonly file: string;
  readonly value?: unknown;
  readonly faults: readonly EnvironmentFault[];
}

const SHOWN = "environments/";

/** The settings of the bootstrap stacks, which lie beside the environments. */
const SETTINGS = "bootstrap.ts";

/**
 * Loads each `*.ts` of a folder of environments but the settings: prod first, then the others by name. The first environment
 * gives the bootstrap stack its name and settings, so a new file must not come before prod.
 */
export function permanentFiles(folder: string): readonly PermanentFile[] {
  const files = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== SETTINGS)
    : [];
  const rank = (name: string) => (name === "prod.ts" ? "" : name);
  return files
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map((name) => loadPermanent(join(folder, name), name.replace(/\.ts$/, "")));
}

function loadPermanent(path: string, name: string): PermanentFile {
  const file = `${SHOWN}${name}.ts`;
  const fault = (field: string, parts: Pick<EnvironmentFault, "given" | "allowed" | "fix">) => ({
    file,
    faults: [faultAt(file, field, parts)],
  });
  let exported: unknown[];
  try {
    exported = Object.values(require(path) as object); // eslint-disable-line @typescript-eslint/no-require-imports
  } catch (error) {
    return fault("", {
      given: `a file that cannot be loaded: ${(error as Error).message}`,
      allowed: "TypeScript that exports an environment",
      fix: "npm run check:types shows what is wrong",
    });
  }
  if (exported.length !== 1) {
    return fault("", {
      given: `${exported.length} exports`,
      allowed: "one export, the environment",
      fix: `export const ${name} = { … } satisfies EnvironmentInput`,
    });
  }
  const [value] = exported;
  const { name: given, ttlHours } = (value ?? {}) as { name?: unknown; ttlHours?: unknown };
  if (given !== name) {
    return fault("name", {
      given: show(given),
      allowed: show(name),
      fix: "name the file after the environment",
    });
  }
  if (ttlHours !== undefined) {
    return fault("ttlHours", {
      given: show(ttlHours),
      allowed: "no ttlHours in a permanent environment",
      fix: "remove it; an ephemeral environment is a JSON file in environments/ephemeral/",
    });
  }
  return { file, value, faults: [] };
}
