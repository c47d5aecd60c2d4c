import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { formatFaults } from "../contract/fault";
import { blockingFaults, loadEnvironments, type Environment, type Loaded } from "../environments/schema";
import { findSession, reachSession, sessionClientConfig, type LocalSession } from "../local/session";
import { createOutput, type Output } from "./output";
import { findStack, stacksOf, type Place, type StackRef } from "../environments/schema/stacks";
import { withGlobalOptions } from "./suggestions";
import type { Workspace } from "../operations/workspace";
import { Terraform } from "../operations/terraform/terraform";
import { UserError } from "../contract/user-error";

/** Options that every command accepts. */
export interface GlobalOptions {
  readonly json?: true;
  readonly region?: string;
  readonly profile?: string;
  readonly local?: true;
  readonly verbose?: true;
}

/** What a command needs to run. */
export interface Cli extends Workspace {
  readonly options: GlobalOptions;
  readonly output: Output;
  /** The local AWS, with `--local`. */
  readonly local?: LocalSession;
  /** The environments without faults; the first call says which ephemeral files it leaves out. */
  usableEnvironments(): readonly Environment[];
  /** Finds a stack by its id. Throws a `UserError` when there is none, `OtherRegion` when `--region` is another region. */
  stack(id: string): StackRef;
  /** Terraform. With `--verbose` its output goes to standard error, otherwise to `onLine`. */
  terraform(onLine?: (line: string) => void): Promise<Terraform>;
}

/** `--region` differs from the region in the environment's file. */
export class OtherRegion extends UserError {}

function openCli(options: GlobalOptions): Cli {
  const output = createOutput({
    json: options.json ?? false,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    adapt: (text) => withGlobalOptions(text, options),
  });
  const projectFolder = findProject(process.cwd());
  const local = options.local && localSession(projectFolder);
  const env = local
    ? reachSession(process.env, local)
    : { ...process.env, ...(options.profile !== undefined && { AWS_PROFILE: options.profile }) };
  let loaded: Loaded | undefined;
  const load = () => (loaded ??= loadEnvironments(join(projectFolder, "environments")));
  let usable: readonly Environment[] | undefined;
  const cli: Cli = {
    projectFolder,
    options,
    output,
    progress: output.progress,
    trace: options.verbose && output.progress,
    env,
    profile: options.profile,
    local,
    localEndpoint: local?.endpoint,
    environments: () => withoutFaults(load().faults, load()),
    usableEnvironments: () => (usable ??= leavingOutFaulty(load(), output)),
    stack: (id) => inRegion(stackIn(load(), id), options.region),
    clientConfig: (region) =>
      local
        ? sessionClientConfig(local, region)
        : { region, ...(options.profile !== undefined && { profile: options.profile }) },
    terraform: (onLine) => Terraform.find({ env, onLine: options.verbose ? output.progress : onLine }),
  };
  return cli;
}

/** Wraps a command as an action for commander: it receives the `Cli` before its arguments and options. */
export function handle<A extends unknown[]>(
  work: (cli: Cli, ...args: A) => Promise<void>,
): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    await work(openCli(command.optsWithGlobals<GlobalOptions>()), ...(args.slice(0, -1) as A));
  };
}

/**
 * Accounts and regions of the environments, limited to `--region` if it is given.
 *
 * @throws UserError when no environment is in that region
 */
export function placesOf(environments: readonly Environment[], { region }: GlobalOptions): Place[] {
  const places = new Map<string, Place>();
  for (const environment of environments) {
    if (region === undefined || environment.region === region) {
      const { accountId, region } = environment;
      places.set(`${accountId}/${region}`, { accountId, region });
    }
  }
  if (places.size === 0) {
    const known = [...new Set(environments.map((environment) => environment.region))];
    throw new UserError(
      `There is no environment in region "${region}" (--region). The environments are in ${known.join(", ")}.`,
    );
  }
  return [...places.values()];
}

function findProject(from: string): string {
  if (existsSync(join(from, "cdktf.json"))) return from;
  const parent = dirname(from);
  if (parent !== from) return findProject(parent);
  throw new UserError(
    `There is no cdktf.json in ${process.cwd()} or any folder above it. Run automock inside the project.`,
  );
}

function localSession(projectFolder: string): LocalSession {
  const session = findSession(projectFolder);
  if (session) return session;
  throw new UserError(
    "--local requires a running local AWS, and there is none. Start it in another terminal with npm run local.",
  );
}

function withoutFaults(
  faults: Loaded["faults"],
  { environments }: Pick<Loaded, "environments">,
): readonly Environment[] {
  if (faults.length > 0) throw new UserError(formatFaults(faults));
  return environments;
}

/** A stack that is not found may be that of a file with faults, which then are the answer. */
function stackIn({ environments, faults }: Loaded, id: string): StackRef {
  const found = stacksOf(environments).some((stack) => stack.id === id || stack.environment === id);
  return findStack(id, withoutFaults(found ? [] : faults, { environments }));
}

/** A broken file of one ephemeral environment stops no command that does not concern it. */
function leavingOutFaulty(loaded: Loaded, output: Output): readonly Environment[] {
  const environments = withoutFaults(blockingFaults(loaded), loaded);
  if (loaded.faults.length > 0)
    output.progress(`Left out, because its file has faults:\n${formatFaults(loaded.faults)}`);
  return environments;
}

function inRegion(stack: StackRef, region: string | undefined): StackRef {
  if (region === undefined || region === stack.region) return stack;
  throw new OtherRegion(
    `--region is ${region}, but ${stack.id} is in ${stack.region}. Omit --region, or change the environment's file.`,
  );
}
