import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatDuration } from "../../../contract/duration";
import { stateBucketName, stateKey } from "../../../contract/names";
import { counted } from "../../../contract/text";
import { UserError } from "../../../contract/user-error";
import { bootstrapsOf, type BootstrapRef } from "../../../environments/schema/stacks";
import { createClients } from "../../../operations/aws/clients";
import { applyPlan } from "../../../operations/delivery/apply-plan";
import { PLAN_FILE } from "../../../operations/delivery/artifact";
import { reportOfUnsaved } from "../../../operations/delivery/planned-stack";
import { planLines } from "../../../operations/review/terminal";
import { driftOf } from "../../../operations/review/report";
import { bootstrap, type BootstrapResult } from "../../../operations/terraform/bootstrap-state";
import { readPlan } from "../../../operations/terraform/plan-json";
import { stackFolder } from "../../../operations/terraform/run-app";
import type { Terraform } from "../../../operations/terraform/terraform";
import { synthesize } from "../../../operations/terraform/synthesize";
import { confirm } from "../../confirm";
import type { Cli } from "../../context";
import type { Registry } from "../../../registry/registry";
import { deletionText } from "../../deletion-mode";
import { interruptible } from "../interruptible";
import { bootstrapTarget } from "../plan/targets";
import { openRegistry } from "../../open-registry";

export interface BootstrapCommandOptions {
  readonly environment: string;
  readonly yes?: true;
  readonly enableDeletion?: true;
  readonly disableDeletion?: true;
}

const RESULTS = {
  created: "The state bucket and the lock table exist, and their state is in the bucket.",
  updated: "The bootstrap stack is up to date.",
  unchanged: "No changes: the bootstrap stack is up to date.",
  declined: "Nothing was changed.",
} as const;

/** Deploys the bootstrap stack of an environment's account and region, and enables or disables deletion there. */
export async function bootstrapCommand(cli: Cli, options: BootstrapCommandOptions): Promise<void> {
  const { environment: name, disableDeletion } = options;
  const stack = chosenBootstrap(cli, name);
  const { accountId, region } = stack;
  const registry = await openRegistry(cli, stack);
  if (disableDeletion) {
    const deletion = await switchDeletion(registry, options);
    const outcome = { stack: stack.id, accountId, region, result: "unchanged", deletion } as const;
    return cli.output.result(outcome, () => cli.output.line(deletionText(deletion === "enabled")));
  }
  await synthesize(cli);
  const { s3 } = await createClients(cli.clientConfig(region), "s3");
  const folder = stackFolder(cli, stack.id);
  const terraform = await cli.terraform();
  cli.progress(`${stack.id}: planning`);
  const { result, shownPlan } = await bootstrap({
    folder,
    localState: join(cli.projectFolder, ".bootstrap", `${accountId}-${region}.tfstate`),
    bucket: stateBucketName(accountId, region),
    key: stateKey("bootstrap", "shared"),
    s3,
    terraform,
    log: cli.progress,
    planFile: PLAN_FILE,
    apply: (shown) => applyShown(cli, { stack, folder, shown, terraform, options }),
  });
  if (result === "declined") {
    process.exitCode = 1;
    return cli.output.result({ stack: stack.id, accountId, region, result }, () =>
      cli.output.line(RESULTS[result]),
    );
  }
  const deletion = await switchDeletion(registry, options);
  const drift = shownPlan === undefined ? [] : driftedNames(folder, shownPlan);
  cli.output.result({ stack: stack.id, accountId, region, result, drift, deletion }, () => {
    cli.output.line(resultText(stack.id, result, drift));
    cli.output.line(deletionText(deletion === "enabled"));
  });
}

/** Enables or disables deletion if the options say so. Returns what the registry says afterwards. */
export async function switchDeletion(
  registry: Pick<Registry, "setDeletionEnabled" | "deletionEnabled">,
  { enableDeletion, disableDeletion }: Pick<BootstrapCommandOptions, "enableDeletion" | "disableDeletion">,
): Promise<"enabled" | "disabled"> {
  if (enableDeletion || disableDeletion)
    await registry.setDeletionEnabled(enableDeletion === true, Date.now());
  return (await registry.deletionEnabled()) ? "enabled" : "disabled";
}

/** A plan that was made, before it is applied. */
export interface Shown {
  readonly stack: BootstrapRef;
  readonly folder: string;
  /** The plan, as `terraform show -json` prints it. */
  readonly shown: string;
  readonly terraform: Terraform;
  readonly options: BootstrapCommandOptions;
}

/** Shows the plan as `deploy` does, asks, and applies it with progress. False if the user declined. */
export async function applyShown(
  cli: Cli,
  { stack, folder, shown, terraform, options }: Shown,
): Promise<boolean> {
  const target = bootstrapTarget(stack);
  const plan = readPlan(shown);
  const synthesized = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as unknown;
  const report = reportOfUnsaved(cli, { target, folder, plan, synthesized, warnings: [] }, terraform.version);
  for (const line of planLines(report)) cli.progress(line);
  if (report.blocked.length > 0)
    throw new UserError(`This plan must not be applied: ${report.blocked.join(" ")}`);
  const question = `Apply this to account ${stack.accountId} in ${stack.region}? Type yes: `;
  if (!options.yes && !(await confirm(question, "yes"))) return false;
  const again = options.environment === "prod" ? "" : `--environment ${options.environment}`;
  const seconds = await applyPlan(
    target,
    { folder, terraform },
    { ...interruptible(cli, stack.id), plan, command: "bootstrap", again },
  );
  cli.progress(`${stack.id} is deployed: ${report.title}, in ${formatDuration(seconds * 1000)}.`);
  return true;
}

/** Names of the resources that were changed outside of Terraform. */
function driftedNames(folder: string, shownPlan: string): string[] {
  const synthesized = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as unknown;
  return driftOf(readPlan(shownPlan), synthesized).map(({ name }) => name);
}

/** @param drift names of the resources that were changed outside of Terraform */
export function resultText(stack: string, result: BootstrapResult, drift: readonly string[]): string {
  if (drift.length === 0) return RESULTS[result];
  return (
    `Nothing to apply, but ${counted(drift.length, "resource was", "resources were")} changed outside of Terraform: ${drift.join(", ")}.\n` +
    `To see the differences: automock plan ${stack}`
  );
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
