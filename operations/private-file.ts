import { rmSync, writeFileSync } from "node:fs";

/** Writes a file that only this user can read, also where there was one with another mode. */
export function writePrivateFile(file: string, content: string | Uint8Array): void {
  rmSync(file, { force: true });
  writeFileSync(file, content, { mode: 0o600, flag: "wx" });
}
