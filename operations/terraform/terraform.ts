import { lastLines, run, start, type Finished } from "../process";
import { refuseTerraformVariables } from "./terraform-env";
import { terraformVersionFault } from "./terraform-version";
import { UserError } from "../../contract/user-error";

export interface TerraformOptions {
  /** Complete environment of terraform: credentials, endpoint, `TF_CLI_CONFIG_FILE`. */
  readonly env: NodeJS.ProcessEnv;
  /** Receives each line that terraform prints. */
  readonly onLine?: (line: string) => void;
  /** Time limit of one command in seconds. @default 1800 */
  readonly timeoutSeconds?: number;
}

export interface PlanResult {
  readonly hasChanges: boolean;
  /** What terraform printed. */
  readonly text: string;
}

/** Warnings in the output of `terraform plan`: each title with its first lines, once. */
export function warningsIn(text: string): string[] {
  const blocks = text.split(/^[│|╷ ]*Warning: /m).slice(1);
  const warnings = blocks.map((block) => {
    const [title = "", ...rest] = block.split("\n").map((line) => line.replace(/^[│╵╷| ]+/, "").trim());
    const end = rest.findIndex((line) => /^(Warning|Error|Plan|─|Changes to Outputs|No changes)/.test(line));
    const body = rest.slice(0, end === -1 ? undefined : end).filter((line) => line !== "");
    return [title, ...body.slice(0, 4)].join(" ");
  });
  return [...new Set(warnings)];
}

export interface Output {
  readonly value: unknown;
  readonly sensitive: boolean;
}

/** A failed terraform command; the message ends with the last output. */
export class TerraformError extends Error {
  constructor(
    readonly command: string,
    readonly result: Finished,
  ) {
    super(
      `"${command}" failed with exit code ${result.exitCode}${result.signal ? ` (${result.signal})` : ""}:\n` +
        lastLines(result.stderr.trim() || result.stdout, 40),
    );
  }
}

/** Runs the real `terraform` on synthesized stack folders (`cdktf.out/stacks/<stack>`). */
export class Terraform {
  private constructor(
    readonly binary: string,
    readonly version: string,
    private readonly options: TerraformOptions,
  ) {}

  /**
   * Finds terraform (`TERRAFORM_BINARY_NAME` as for cdktf, else `terraform` on PATH) and checks its version.
   * Throws an error with the fix if it is missing or not supported.
   */
  static async find(options: TerraformOptions): Promise<Terraform> {
    refuseTerraformVariables(options.env);
    const env = withMemoryForTime(options.env);
    const binary = env.TERRAFORM_BINARY_NAME || "terraform";
    let result: Finished;
    try {
      result = await run(binary, { args: ["version", "-json"], env, timeoutSeconds: 60 });
    } catch (error) {
      throw new UserError(
        `Terraform is required. ${(error as Error).message}\n` +
          `Install it from https://developer.hashicorp.com/terraform/install and put it on PATH.`,
      );
    }
    if (result.exitCode !== 0) throw new TerraformError(`${binary} version -json`, result);
    const version = readVersion(result.stdout);
    const fault = terraformVersionFault(version);
    if (fault) throw new UserError(fault);
    return new Terraform(binary, version, { ...options, env });
  }

  /** `terraform init`. `backend: false` skips the state backend, for validate. */
  async init(
    folder: string,
    options: {
      readonly backend?: boolean;
      readonly reconfigure?: boolean;
      readonly migrateState?: boolean;
    } = {},
  ): Promise<void> {
    const args = ["init", "-input=false"];
    if (options.backend === false) args.push("-backend=false");
    if (options.reconfigure) args.push("-reconfigure");
    if (options.migrateState) args.push("-migrate-state", "-force-copy");
    await this.succeed(folder, args);
  }

  async validate(folder: string): Promise<void> {
    await this.succeed(folder, ["validate"]);
  }

  /** `terraform plan -detailed-exitcode`; `out` saves the plan file. */
  async plan(
    folder: string,
    options: {
      readonly out?: string;
      readonly destroy?: boolean;
      readonly refreshOnly?: boolean;
      /** False leaves the state unlocked, for read-only credentials. */
      readonly lock?: boolean;
      /** How long to wait for the lock, such as `5m`. */
      readonly lockTimeout?: string;
    } = {},
  ): Promise<PlanResult> {
    const args = ["plan", "-input=false", "-detailed-exitcode"];
    if (options.lock === false) args.push("-lock=false");
    if (options.lockTimeout) args.push(`-lock-timeout=${options.lockTimeout}`);
    if (options.out) args.push(`-out=${options.out}`);
    if (options.destroy) args.push("-destroy");
    if (options.refreshOnly) args.push("-refresh-only");
    const result = await this.run(folder, args, false, secondsOf(options.lockTimeout));
    // 0: no changes, 2: changes, anything else: failure.
    if (result.exitCode !== 0 && result.exitCode !== 2) throw new TerraformError(this.name(args), result);
    return { hasChanges: result.exitCode === 2, text: result.stdout };
  }

  /** Applies the plan file, or plans and applies without asking. */
  async apply(folder: string, options: { readonly planFile?: string } = {}): Promise<void> {
    await this.succeed(folder, [
      "apply",
      "-input=false",
      "-auto-approve",
      ...(options.planFile ? [options.planFile] : []),
    ]);
  }

  /**
   * Applies a plan file and reports each event of `terraform apply -json` as a line. There is no time limit: when this
   * process is told to stop, terraform gets all the time it needs to finish and save the state.
   */
  async applyPlan(
    folder: string,
    planFile: string,
    options: {
      readonly onEvent: (line: string) => void;
      readonly onInterrupt: (times: 1 | 2) => void;
      readonly lockTimeout?: string;
    },
  ): Promise<Finished> {
    const wait = options.lockTimeout ? [`-lock-timeout=${options.lockTimeout}`] : [];
    const child = await start(this.binary, {
      args: ["apply", "-json", "-input=false", ...wait, planFile],
      cwd: folder,
      env: this.options.env,
      onLine: (line, stream) => {
        this.options.onLine?.(line);
        if (stream === "stdout") options.onEvent(line);
      },
      killAfterSeconds: A_DAY,
      onInterrupt: options.onInterrupt,
    });
    return child.finished;
  }

  /** The same terraform with some options changed; variables are added to its environment. */
  with({ env, ...options }: Partial<TerraformOptions>): Terraform {
    const merged = { ...this.options, ...options, env: { ...this.options.env, ...env } };
    return new Terraform(this.binary, this.version, merged);
  }

  async destroy(folder: string): Promise<void> {
    await this.succeed(folder, ["destroy", "-input=false", "-auto-approve"]);
  }

  async output(folder: string): Promise<Readonly<Record<string, Output>>> {
    return JSON.parse(await this.quiet(folder, ["output", "-json"])) as Record<string, Output>;
  }

  /** `terraform show -json` of a plan file, or of the state. */
  async show(folder: string, planFile?: string): Promise<unknown> {
    return JSON.parse(await this.quiet(folder, ["show", "-json", ...(planFile ? [planFile] : [])]));
  }

  /** `terraform show -json` of a plan file, as text. */
  async showPlan(folder: string, planFile: string): Promise<string> {
    return this.quiet(folder, ["show", "-json", planFile]);
  }

  /** Addresses in the state, sorted. */
  async stateList(folder: string): Promise<string[]> {
    const result = await this.run(folder, ["state", "list"], true);
    // Before the first apply there is no state, which terraform reports as an error.
    if (result.exitCode !== 0 && !result.stderr.includes("No state file was found")) {
      throw new TerraformError(this.name(["state", "list"]), result);
    }
    return result.stdout.split("\n").filter(Boolean).sort();
  }

  /** The state as JSON text; empty before the first apply. */
  async statePull(folder: string): Promise<string> {
    return this.quiet(folder, ["state", "pull"]);
  }

  /** Runs any terraform command in the folder. `waitSeconds` (for a lock) is added to the time limit. */
  run(folder: string, args: readonly string[], quiet = false, waitSeconds = 0): Promise<Finished> {
    const { env, onLine, timeoutSeconds = 1800 } = this.options;
    const [command = "", ...rest] = args;
    return run(this.binary, {
      args: [command, ...(ACCEPTS_NO_COLOR.has(command) ? ["-no-color"] : []), ...rest],
      cwd: folder,
      env,
      timeoutSeconds: timeoutSeconds + waitSeconds,
      onLine: quiet ? undefined : onLine,
    });
  }

  private async succeed(folder: string, args: readonly string[], quiet = false): Promise<string> {
    const result = await this.run(folder, args, quiet);
    if (result.exitCode !== 0) throw new TerraformError(this.name(args), result);
    return result.stdout;
  }

  private quiet(folder: string, args: readonly string[]): Promise<string> {
    return this.succeed(folder, args, true);
  }

  private name(args: readonly string[]): string {
    return [this.binary, ...args].join(" ");
  }
}

/** An apply is not killed for being slow; even the largest load balancer or database takes less than an hour. */
const A_DAY = 86_400;

const ACCEPTS_NO_COLOR = new Set(["init", "validate", "plan", "apply", "destroy"]);

/**
 * Lets terraform and its providers collect garbage less often than Go does by default (`GOGC=100`). The schema of the
 * AWS provider keeps the collector busy: a plan takes a quarter less CPU time for 40 % more memory. A value that the
 * user has set stays.
 */
export function withMemoryForTime(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { GOGC: "400", ...env };
}

/** `90s`, `10m` or `1h`. */
function secondsOf(duration = "0s"): number {
  return parseInt(duration, 10) * { s: 1, m: 60, h: 3600 }[duration.at(-1) as "s" | "m" | "h"];
}

function readVersion(json: string): string {
  try {
    return String((JSON.parse(json) as { terraform_version?: unknown }).terraform_version);
  } catch {
    return json.trim();
  }
}
