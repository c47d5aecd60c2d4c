import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Adds admin boxes to staging in a copy of the project, as one would who opts in.
 *
 * @param section the source of the section. @default one without settings
 */
export function optIn(folder: string, section = "{}"): void {
  const file = join(folder, "environments", "staging.ts");
  const text = readFileSync(file, "utf8");
  const changed = text.replace(
    "} satisfies EnvironmentInput",
    `  admin: ${section},\n} satisfies EnvironmentInput`,
  );
  if (changed === text) throw new Error(`${file} does not end as expected: admin boxes cannot be added.`);
  writeFileSync(file, changed);
}
