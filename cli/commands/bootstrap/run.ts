import { join } from "node:path";
import { stateBucketName, stateKey } from "../../../contract/names";
import { UserError } from "../../../contract/user-error";
import { bootstrapsOf, type BootstrapRef } from "../../../environments/stacks";
import { createClients } from "../../../operations/aws/clients";
import { bootstrap } from "../../../operations/terraform/bootstrap-state";
import { stackFolder } from "../../../operations/terraform/run-app";
import { synthesize } from "../../../operations/terraform/synthesize";
import { confirm } from "../../confirm";
import type { Cli } from "../../context";

export interface BootstrapCommandOptions {
  readonly environment: string;
  readonly yes?: true;
}

const RESULTS = {
  created: "The state bucket and the lock table exist, and their state is in the bucket.",
  updated: "The bootstrap stack is up to date.",
  unchanged: "No changes: the bootstrap stack is up to date.",
  declined: "Nothing was changed.",
} as const;

/** Deploys the bootstrap stack of an environment's account and region. */
export async function bootstrapCommand(
  cli: Cli,
  { environment: name, yes }: BootstrapCommandOptions,
): Promise<void> {
  const stack = chosenBootstrap(cli, name);
  const { accountId, region } = stack;
  await synthesize(cli);
  const { s3 } = await createClients(cli.clientConfig(region), "s3");
  const result = await bootstrap({
    folder: stackFolder(cli, stack.id),
    localState: join(cli.projectFolder, ".bootstrap", `${accountId}-${region}.tfstate`),
    bucket: stateBucketName(accountId, region),
    key: stateKey("bootstrap", "shared"),
    s3,
    terraform: await cli.terraform(),
    log: cli.progress,
    confirm: async (plan) => {
      if (yes) return true;
      cli.progress(plan);
      return confirm(`Apply this to account ${accountId} in ${region}? Type yes: `, "yes");
    },
  });
  cli.output.result({ stack: stack.id, accountId, region, result }, () => cli.output.line(RESULTS[result]));
  if (result === "declined") process.exitCode = 1;
}

/**
 * The bootstrap stack of an environment's account and region.
 *
 * @throws UserError when there is no such environment, or `--region` is another region
 */
export function chosenBootstrap(cli: Pick<Cli, "environments" | "options">, name: string): BootstrapRef {
  const environments = cli.environments();
  const environment = environments.find((candidate) => candidate.name === name);
  if (!environment) {
    const known = environments.map((candidate) => candidate.name).join(", ");
    throw new UserError(`There is no environment "${name}". The environments are ${known}.`);
  }
  const { accountId, region } = environment;
  const wanted = cli.options.region ?? region;
  if (wanted !== region) {
    throw new UserError(
      `--region is ${wanted}, but ${name} is in ${region}. Use --environment to name an environment in ${wanted}.`,
    );
  }
  return bootstrapsOf(environments).find(
    (place) => place.accountId === accountId && place.region === region,
  )!;
}
