import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a script did in a folder of its own. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Each call of a fake: its name and arguments, then what followed its `--field body=@`, if anything. */
  readonly calls: readonly (readonly string[])[];
  /** Content of a file that the script wrote, relative to its folder; undefined when there is none. */
  file(name: string): string | undefined;
}

export interface ScriptOptions {
  readonly shell?: "bash" | "sh";
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs that stand in for real ones: shell scripts that get the arguments. */
  readonly fakes?: Readonly<Record<string, string>>;
}

/** Runs a script as a pipeline runs it, with fakes before the real programs on PATH. */
export function runScript(
  script: string,
  { shell = "bash", env, files = {}, fakes = {} }: ScriptOptions,
): Ran {
  const folder = mkdtempSync(join(tmpdir(), "script-"));
  const bin = mkdtempSync(join(tmpdir(), "fakes-"));
  const log = join(bin, "calls");
  try {
    writeFileSync(log, "");
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    for (const [name, text] of Object.entries(fakes)) {
      writeFileSync(
        join(bin, name),
        `#!/bin/sh\n{ printf '%s' ${name}; for one in "$@"; do printf '\\037%s' "$one"; done; printf '\\036'; } >> ${log}\n${text}\n`,
      );
      chmodSync(join(bin, name), 0o755);
    }
    const flags = shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail", "-c"] : ["-ec"];
    const { status, stdout, stderr } = spawnSync(shell, [...flags, script], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: `${bin}:${process.env.PATH}`, ...env },
    });
    const written = new Map<string, string | undefined>();
    const file = (name: string): string | undefined => written.get(name);
    for (const name of readable(folder)) written.set(name, readFileSync(join(folder, name), "utf8"));
    const calls = readFileSync(log, "utf8")
      .split("\u001e")
      .filter(Boolean)
      .map((line) => line.split("\u001f"));
    return { status, stdout, stderr, calls, file };
  } finally {
    rmSync(folder, { recursive: true });
    rmSync(bin, { recursive: true });
  }
}

function readable(folder: string): string[] {
  const { stdout } = spawnSync("find", [".", "-type", "f"], { cwd: folder, encoding: "utf8" });
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((name) => name.slice(2));
}
