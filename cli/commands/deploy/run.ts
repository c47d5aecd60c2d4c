import { confirm } from "../../confirm";
import type { Cli } from "../../context";
import { formatDuration } from "../../../contract/duration";
import { bootstrapsOf, type StackRef } from "../../../environments/schema/stacks";
import { interruptible } from "../interruptible";
import { synthesize } from "../../../operations/terraform/synthesize";
import type { Output, Terraform } from "../../../operations/terraform/terraform";
import { UserError } from "../../../contract/user-error";
import { createClients } from "../../../operations/aws/clients";
import { Names } from "../../../contract/names";
import { withServiceEvents } from "../../../operations/delivery/rolled-back";
import { applyPlan } from "../../../operations/delivery/apply-plan";
import { headCommit } from "../../../operations/delivery/commit";
import { detailsText } from "./view";
import { makePlan, type SavedPlan } from "../../../operations/delivery/make-plan";
import { reportOf } from "../../../operations/delivery/planned-stack";
import { openSavedPlan } from "../../../operations/delivery/saved-plan";
import { readState } from "../../../operations/delivery/state";
import { planLines } from "../../../operations/review/terminal";
import { termsOfStack } from "./terms-of-stack";
import { warnedOfStack } from "./warned-of-stack";
import { workFolder, type WorkFolder } from "../../../operations/delivery/work-folder";
import type { Counts } from "../../../operations/review/model";

export interface DeployCommand {
  /** Folder of a saved plan; absolute. */
  readonly plan?: string;
  readonly digest?: string;
  readonly commit?: string;
  readonly yes?: true;
  /** For example `5m`. */
  readonly lockTimeout?: string;
}

/** What `automock deploy --json` prints. */
export interface DeployResult {
  readonly stack: string;
  readonly accountId: string;
  readonly region: string;
  readonly deployed: boolean;
  /** Number of resources by action. */
  readonly changes: Counts;
  /** Digest of the applied plan. */
  readonly digest: string;
  /** Duration of the apply; 0 if there was nothing to do. */
  readonly seconds: number;
  /** Outputs of the stack; sensitive values are `(sensitive)`. Absent if the deployment was declined. */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Who is warned before an ephemeral environment is deleted; empty: no one, so it is not deleted. */
  readonly warned?: readonly string[];
}

export async function deployCommand(cli: Cli, name: string, options: DeployCommand): Promise<void> {
  checkArguments(cli, name, options);
  const stack = cli.stack(name);
  const terraform = await cli.terraform();
  const { saved, work } =
    options.plan === undefined
      ? await planNow(cli, terraform, stack, options)
      : await openSavedPlan(cli, terraform, stack, { ...options, folder: options.plan });
  try {
    await applyShown(cli, stack, { saved, work, options });
  } finally {
    work.remove();
  }
}

function checkArguments(cli: Cli, name: string, { plan, digest, commit }: DeployCommand): void {
  if (bootstrapsOf(cli.environments()).some(({ id }) => id === name)) {
    throw new UserError(
      `${name} creates the bucket that holds its own state, so it has its own command: automock bootstrap`,
    );
  }
  const option = digest !== undefined ? "--digest" : "--commit";
  if (plan === undefined && (digest ?? commit) !== undefined) {
    throw new UserError(`${option} requires a saved plan: add --plan <folder>, or omit ${option}.`);
  }
}

async function planNow(cli: Cli, terraform: Terraform, stack: StackRef, { lockTimeout }: DeployCommand) {
  const work = workFolder(cli, terraform, stack.id);
  try {
    cli.output.progress(`${stack.id}: planning`);
    const commit = await headCommit(cli.projectFolder);
    const synthFolder = await synthesize(cli);
    const options = { synthFolder, out: work.out, lockTimeout, commit };
    return { saved: await makePlan(cli, terraform, stack, options), work };
  } catch (error) {
    work.remove();
    throw error;
  }
}

interface Planned {
  readonly saved: SavedPlan;
  readonly work: WorkFolder;
  readonly options: DeployCommand;
}

async function applyShown(cli: Cli, stack: StackRef, { saved, work, options }: Planned): Promise<void> {
  const report = reportOf(cli, saved);
  for (const line of planLines(report)) cli.output.progress(line);
  if (report.blocked.length > 0) {
    throw new UserError(`This plan must not be applied: ${report.blocked.join(" ")}`);
  }
  const { accountId, region } = stack;
  const changes = report.counts;
  const result = { stack: stack.id, accountId, region, changes, digest: saved.meta.digest };
  if (saved.hasChanges && !options.yes) {
    const question = `Deploy this to account ${stack.accountId} in ${stack.region}? Type yes: `;
    if (!(await confirm(question, "yes"))) {
      cli.output.progress("Nothing was changed.");
      process.exitCode = 1;
      cli.output.result({ ...result, deployed: false, seconds: 0 } satisfies DeployResult, () => undefined);
      return;
    }
  }
  const { lockTimeout } = options;
  const since = Date.now();
  const seconds = saved.hasChanges
    ? await applyPlan(stack, work, {
        ...interruptible(cli, stack.id),
        plan: saved.plan,
        command: "deploy",
        lockTimeout,
      }).catch(async (error: unknown) => {
        const { ecs } = await createClients(cli.clientConfig(stack.region), "ecs");
        throw await withServiceEvents(error, { ecs, cluster: new Names(stack).name("cluster"), since });
      })
    : 0;
  if (saved.hasChanges)
    cli.output.progress(`${stack.id} is deployed: ${report.title}, in ${formatDuration(seconds * 1000)}.`);
  const [state, terms, warned] = await Promise.all([
    readState(cli, stack),
    termsOfStack(cli, stack),
    warnedOfStack(cli, stack),
  ]);
  const outputs = state?.outputs ?? {};
  cli.output.result(
    {
      ...result,
      deployed: true,
      seconds,
      outputs: masked(outputs),
      ...(warned && { warned }),
    } satisfies DeployResult,
    () => {
      for (const line of detailsText({ stack, outputs, terms, warned })) cli.output.line(line);
    },
  );
}

function masked(outputs: Readonly<Record<string, Output>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { value, sensitive }]) => [name, sensitive ? "(sensitive)" : value]),
  );
}
