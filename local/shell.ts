import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { LOCAL_VARIABLE } from "../contract/local-variable";
import { withLocalAws } from "./environment";

/** npm links the commands of packages into the second, but not the command of the project itself. */
const BIN = [join("local", "bin"), join("node_modules", ".bin")];

export interface ShellOptions {
  /** Environment to start from; its `SHELL` is started. */
  readonly base: NodeJS.ProcessEnv;
  /** Variables of the local AWS. */
  readonly variables: Readonly<Record<string, string>>;
  readonly projectFolder: string;
  /** Command to run instead of an interactive shell. */
  readonly command?: string;
}

/**
 * Runs a shell in which `automock`, `cdktf`, `terraform` and the AWS CLI reach the local AWS and nothing else: variables
 * of a real account are left out.
 *
 * @returns its exit code
 */
export async function runShell({ base, variables, projectFolder, command }: ShellOptions): Promise<number> {
  const env = {
    ...withLocalAws(base, variables),
    [LOCAL_VARIABLE]: "true",
    // cdktf would ask the registry for the provider's checksums, the mirror or not.
    CDKTF_SKIP_PROVIDER_LOCK: "true",
    PATH: [...BIN.map((folder) => join(projectFolder, folder)), base.PATH].filter(Boolean).join(delimiter),
  };
  const args = command === undefined ? [] : ["-c", command];
  const child = spawn(base.SHELL ?? "/bin/sh", args, { cwd: projectFolder, env, stdio: "inherit" });
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
}
