import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../contract/user-error";
import { lastLines, run } from "../process";

const OUTPUT_FOLDER = "cdktf.out";

export interface AppOptions {
  /** Folder with `cdktf.json`. */
  readonly projectFolder: string;
  /** Where the stacks go, absolute or relative to the project. @default "cdktf.out" */
  readonly outputFolder?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Added to cdktf's context, which `tryGetContext` reads. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Receives each line that the app prints. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs the `app` of `cdktf.json` like `cdktf synth`, with identical output. cdktf's own CLI takes three times as long to
 * start as the app takes to run.
 *
 * @throws UserError with the app's error, or with every error annotation of a construct
 */
export async function runApp({
  projectFolder,
  outputFolder = OUTPUT_FOLDER,
  env,
  context,
  onLine,
}: AppOptions): Promise<void> {
  const { app, terraformModules = [] } = readConfig(projectFolder);
  const manifestFile = join(projectFolder, outputFolder, "manifest.json");
  const { exitCode, stdout, stderr } = await run("/bin/sh", {
    args: ["-c", app],
    cwd: projectFolder,
    env: {
      ...withoutTerraformVariables(env),
      CDKTF_OUTDIR: outputFolder,
      // The manifest then lists every error of every stack; without it cdktf throws at the first stack.
      CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS: "true",
      CDKTF_CONTEXT_JSON: JSON.stringify({
        ...(JSON.parse(env.CDKTF_CONTEXT_JSON ?? "{}") as object),
        ...context,
        cdktfRelativeModules: terraformModules.filter((module) => sourceOf(module).startsWith(".")),
      }),
    },
    timeoutSeconds: 600,
    onLine,
  });
  if (exitCode !== 0) {
    throw new UserError(`"${app}" failed with exit code ${exitCode}:\n${faultIn(stderr || stdout)}`);
  }
  if (!existsSync(manifestFile)) {
    throw new UserError(`"${app}" ended without writing ${manifestFile}: does it call synth() on its App?`);
  }
  const errors = annotatedErrors(readFileSync(manifestFile, "utf8"));
  if (errors.length > 0) throw new UserError(errors.join("\n\n"));
}

/** Folder of one synthesized stack. */
export function stackFolder(
  { projectFolder, outputFolder = OUTPUT_FOLDER }: Pick<AppOptions, "projectFolder" | "outputFolder">,
  stack: string,
): string {
  return join(projectFolder, outputFolder, "stacks", stack);
}

/** The message of an uncaught error, without source line and stack trace. */
export function faultIn(output: string): string {
  const [, message] =
    /^(?:Uncaught )?\w*Error: (.*?)(?=\n {4}at |\n\nNode\.js v|$(?![^]))/ms.exec(output) ?? [];
  return message?.trim() ?? lastLines(output, 40);
}

/** Errors of `Annotations.of(construct).addError`, each once, in stack order. */
function annotatedErrors(manifest: string): string[] {
  const { stacks } = JSON.parse(manifest) as Manifest;
  const errors = Object.values(stacks).flatMap(({ annotations }) =>
    annotations
      .filter(({ level }) => level === "@cdktf/error")
      .map(({ constructPath, message }) => `${constructPath}\n  ${message}`),
  );
  return [...new Set(errors)];
}

interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      {
        readonly annotations: readonly {
          readonly constructPath: string;
          readonly level: string;
          readonly message: string;
        }[];
      }
    >
  >;
}

type TerraformModule = string | { readonly source: string };

interface Config {
  readonly app: string;
  readonly terraformModules?: readonly TerraformModule[];
}

function readConfig(projectFolder: string): Config {
  const file = join(projectFolder, "cdktf.json");
  let config: Partial<Config>;
  try {
    config = JSON.parse(readFileSync(file, "utf8")) as Partial<Config>;
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
  }
  if (typeof config.app === "string" && config.app.trim() !== "") return config as Config;
  throw new UserError(
    `${file}: app\n  given:   nothing\n  allowed: the command that synthesizes\n  fix:     "app": "node --import tsx main.ts"`,
  );
}

function sourceOf(module: TerraformModule): string {
  return typeof module === "string" ? module : module.source;
}

/** `TF_VAR_…` is for terraform and must not influence the synth. */
function withoutTerraformVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("TF_VAR_")));
}
