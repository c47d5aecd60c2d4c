import { readdirSync } from "node:fs";
import { join } from "node:path";

const SDK = join(__dirname, "..", "..", "node_modules", "@aws-sdk");

let exported: ReadonlySet<string> | undefined;

/** True when a client of the SDK has a class of this name. */
export function hasErrorClass(name: string): boolean {
  exported ??= new Set(
    readdirSync(SDK)
      .filter((folder) => folder.startsWith("client-"))
      .flatMap((folder) => Object.keys(require(join(SDK, folder)) as object)), // eslint-disable-line @typescript-eslint/no-require-imports -- every client that is installed
  );
  return exported.has(name);
}
