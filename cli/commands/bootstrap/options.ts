import { join } from "node:path";
import type { Command } from "commander";
import { stateBucketName, stateKey } from "../../../contract/names";
import { confirm } from "../../confirm";
import { handle, type Cli } from "../../context";
import { helpText } from "../../help";
import { bootstrapsOf, type BootstrapRef } from "../../../environments/stacks";
import { UserError } from "../../../contract/user-error";

interface BootstrapCommandOptions {
  readonly environment: string;
  readonly yes?: true;
}

const RESULTS = {
  created: "The state bucket and the lock table exist, and their state is in the bucket.",
  updated: "The bootstrap stack is up to date.",
  unchanged: "Nothing to do: the bootstrap stack is up to date.",
  declined: "Nothing was changed.",
} as const;

export function addBootstrapCommand(program: Command): void {
  program
    .command("bootstrap")
    .description(
      "make the state bucket, the lock table, the registry and the reaper of an account and region",
    )
    .option("--environment <name>", "environment whose account and region to prepare", "prod")
    .option("--yes", "apply without asking")
    .addHelpText(
      "after",
      helpText({
        examples: [
          ["automock bootstrap", "account and region of prod"],
          ["automock bootstrap --environment staging", "where staging is elsewhere"],
          ["automock bootstrap --yes", "in a pipeline"],
        ],
        notes: [
          "Run it again at any time: it changes nothing when nothing has changed, and goes on where an interrupted run stopped.",
        ],
        json: '{ stack, accountId, region, result: "created" | "updated" | "unchanged" | "declined" }',
      }),
    )
    .action(
      handle(async (cli, { environment: name, yes }: BootstrapCommandOptions) => {
        const { S3Client } = await import("@aws-sdk/client-s3");
        const { bootstrap } = await import("../../../operations/terraform/bootstrap-state");
        const { stackFolder } = await import("../../../operations/terraform/cdktf");
        const { synthesize } = await import("../../../operations/terraform/synthesize");
        const stack = chosenBootstrap(cli, name);
        const { accountId, region } = stack;
        await synthesize(cli);
        const result = await bootstrap({
          folder: stackFolder(cli, stack.id),
          localState: join(cli.projectFolder, ".bootstrap", `${accountId}-${region}.tfstate`),
          bucket: stateBucketName(accountId, region),
          key: stateKey("bootstrap", "shared"),
          s3: new S3Client(cli.clientConfig(region)),
          terraform: await cli.terraform(),
          log: cli.output.progress,
          confirm: async (plan) => {
            if (yes) return true;
            cli.output.progress(plan);
            return confirm(`Apply this to account ${accountId} in ${region}? Type yes: `, "yes");
          },
        });
        cli.output.result({ stack: stack.id, accountId, region, result }, () =>
          cli.output.line(RESULTS[result]),
        );
        if (result === "declined") process.exitCode = 1;
      }),
    );
}

/** The bootstrap stack of an environment's account and region. A `UserError` says that `--region` is another one. */
export function chosenBootstrap(cli: Pick<Cli, "environments" | "options">, name: string): BootstrapRef {
  const environments = cli.environments();
  const environment = environments.find((candidate) => candidate.name === name);
  if (!environment) {
    const known = environments.map((candidate) => candidate.name).join(", ");
    throw new UserError(`There is no environment "${name}"; there are ${known}.`);
  }
  const { accountId, region } = environment;
  const wanted = cli.options.region ?? region;
  if (wanted !== region) {
    throw new UserError(
      `--region is ${wanted}, but ${name} is in ${region}: name an environment that is in ${wanted} with --environment.`,
    );
  }
  return bootstrapsOf(environments).find(
    (place) => place.accountId === accountId && place.region === region,
  )!;
}
