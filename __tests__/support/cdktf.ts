import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { lastLines, run } from "../../operations/process";
import { withMemoryForTime } from "../../operations/terraform/terraform";
import type { Stage } from "../../local/stage";

export interface CdktfOptions {
  /** Folder with `cdktf.json`. */
  readonly projectFolder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs cdktf's own CLI with these arguments, as a user would; throws what it printed last when it fails. */
export async function cdktf({ projectFolder, env }: CdktfOptions, ...args: readonly string[]): Promise<void> {
  const require = createRequire(join(projectFolder, "package.json"));
  const program = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle", "bin", "cdktf");
  const { exitCode, stdout, stderr } = await run(process.execPath, {
    args: [program, ...args],
    cwd: projectFolder,
    env: { ...withMemoryForTime(env), CI: "true", DISABLE_VERSION_CHECK: "1" },
  });
  if (exitCode !== 0) {
    throw new Error(
      `"cdktf ${args.join(" ")}" failed with exit code ${exitCode}:\n${lastLines(`${stdout}\n${stderr}`, 60)}`,
    );
  }
}

/** `cdktf deploy` or `cdktf destroy` of stacks on the local AWS. */
export async function cdktfOn(
  { folder, aws }: Stage,
  command: "deploy" | "destroy",
  ...stacks: readonly string[]
): Promise<void> {
  // `terraform providers lock` asks the registry even when a mirror is configured.
  const noLock = aws.providerMirror === undefined ? [] : ["--skip-provider-lock"];
  await cdktf({ projectFolder: folder, env: aws.env }, command, ...stacks, "--auto-approve", ...noLock);
}
