import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Automock } from "./commands";

/** Adds admin boxes to staging in a copy of the project, as one would who opts in. */
export function optIn(folder: string): void {
  const file = join(folder, "environments", "staging.ts");
  const text = readFileSync(file, "utf8");
  const changed = text.replace("} satisfies EnvironmentInput", "  admin: {},\n} satisfies EnvironmentInput");
  if (changed === text) throw new Error(`${file} does not end as expected: admin boxes cannot be added.`);
  writeFileSync(file, changed);
}

/** A box with a shell that ends with its input, then one that stays: a command on it, its extension and its end. */
export async function useBoxes(automock: Automock): Promise<void> {
  await automock("admin", "up", "--reason", "INC-42");
  await automock("admin", "up", "--no-connect", "--for", "2h", "--reason", "reindex");
  await automock("admin", "run", "-", "--", "echo $((6*7)) from $(pwd)");
  await automock("admin", "extend", "--by", "1h");
  await automock("admin", "list");
  await automock("admin", "down");
  await automock("admin", "list");
  await automock("admin", "audit", "--since", "1h");
}
