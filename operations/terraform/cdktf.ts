import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { lastLines, run, type Finished } from "../process";

export interface CdktfOptions {
  /** Folder with `cdktf.json`. */
  readonly projectFolder: string;
  /** Where the synthesized stacks lie, relative to the project. @default "cdktf.out" */
  readonly outputFolder?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine?: (line: string) => void;
  /** Limit of one command in seconds. @default 1800 */
  readonly timeoutSeconds?: number;
}

export interface DeployOptions extends CdktfOptions {
  /** Stacks to deploy or destroy, by their id. */
  readonly stacks: readonly string[];
  /** Takes the stacks as they lie in the output folder instead of synthesizing them anew. @default false */
  readonly skipSynth?: boolean;
  /**
   * Leaves out `terraform providers lock`, which asks the registry even when a mirror is configured.
   * @default false
   */
  readonly skipProviderLock?: boolean;
}

/** `cdktf synth` of all stacks. */
export async function cdktfSynth(options: CdktfOptions): Promise<void> {
  await cdktf(["synth", "--output", outputOf(options)], options);
}

/** `cdktf deploy --auto-approve`. */
export async function cdktfDeploy(options: DeployOptions): Promise<void> {
  await cdktf(deployArguments("deploy", options), options);
}

/** `cdktf destroy --auto-approve`. */
export async function cdktfDestroy(options: DeployOptions): Promise<void> {
  await cdktf(deployArguments("destroy", options), options);
}

/** What cdktf is called with. */
export function deployArguments(command: "deploy" | "destroy", options: DeployOptions): string[] {
  const args: string[] = [command, ...options.stacks, "--auto-approve", "--output", outputOf(options)];
  if (options.skipSynth) args.push("--skip-synth");
  if (options.skipProviderLock) args.push("--skip-provider-lock");
  return args;
}

/** Folder of one synthesized stack. */
export function stackFolder(
  options: Pick<CdktfOptions, "projectFolder" | "outputFolder">,
  stack: string,
): string {
  return join(options.projectFolder, outputOf(options), "stacks", stack);
}

function outputOf(options: Pick<CdktfOptions, "outputFolder">): string {
  return options.outputFolder ?? "cdktf.out";
}

async function cdktf(args: readonly string[], options: CdktfOptions): Promise<Finished> {
  const result = await run(process.execPath, {
    args: [cdktfProgram(options.projectFolder), ...args],
    cwd: options.projectFolder,
    env: { ...options.env, CI: "true", DISABLE_VERSION_CHECK: "1" },
    timeoutSeconds: options.timeoutSeconds ?? 1800,
    onLine: options.onLine,
  });
  if (result.exitCode !== 0) {
    throw new Error(
      `"cdktf ${args.join(" ")}" failed with exit code ${result.exitCode}:\n` +
        lastLines(`${result.stdout}\n${result.stderr}`, 60),
    );
  }
  return result;
}

/** The CLI's program file, run by this same Node: `npx` would put a process between us and its signals. */
function cdktfProgram(projectFolder: string): string {
  const require = createRequire(join(projectFolder, "package.json"));
  return join(dirname(require.resolve("cdktf-cli/package.json")), "bundle", "bin", "cdktf");
}
