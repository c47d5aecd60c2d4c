import "../operations/aws/quiet-sdk";
import { join } from "node:path";
import { Argument, Command } from "commander";
import { optIn } from "../operations/terraform/admin-opt-in";
import { useBoxes } from "./demo/admin";
import { run } from "../operations/process";
import { Terraform } from "../operations/terraform/terraform";
import { automockIn, type Automock } from "./demo/commands";
import { EPHEMERAL, EPHEMERAL_STACK, outliveIt } from "./demo/ephemeral";
import { useMocks } from "./demo/mocks";
import { showTestEnvironments } from "./demo/test-env";
import { Traffic } from "./demo/traffic";
import { Transcript } from "./demo/transcript";
import type { InventoryItem } from "./inventory";
import { copyProject } from "../operations/terraform/project-copy";
import { stackId, SYSTEMS, type SystemId } from "../environments/schema/systems";
import { openStage, type Stage } from "./stage";
import { steps, type Steps } from "./steps";

const PROJECT = join(__dirname, "..");
const COPY = join(".local-aws", "demo");

interface Options {
  readonly keep: boolean;
  readonly verbose: boolean;
  readonly transcript: boolean;
}

const program = new Command("npm run demo --")
  .description(
    "Deploys a system with the automock command, terraform and the AWS provider to an AWS on this machine, and removes it.",
  )
  .addArgument(
    new Argument("[what]", "the system to deploy to staging, or test-env")
      .choices([...SYSTEMS.map(({ id }) => id), "test-env"])
      .default("automock"),
  )
  .option("--keep", "leave everything running until Ctrl-C instead of removing it", false)
  .option("--verbose", "show all progress of the commands", false)
  .option("--transcript", "write what the commands print into docs/tour.md", false)
  .addHelpText(
    "after",
    `
Examples:
  npm run demo                 automock-staging, and the whole life of an ephemeral environment
  npm run demo -- task-api     task-api-staging, with tasks in its database
  npm run demo -- admin        admin-staging, with a box and its shell
  npm run demo -- test-env     two test environments: one whose tests pass, one whose tests fail
  npm run demo -- --keep       stop before anything is removed, to look around

Takes some five minutes. Needs terraform >= 1.10 and moto_server (or Python 3, to install it). No AWS account
is used. Exit codes: 0 all steps succeeded, 1 a step failed, 130 Ctrl-C.`,
  );

async function main(
  what: SystemId | "test-env",
  { keep, verbose, transcript: write }: Options,
): Promise<void> {
  const progress = steps(
    (line) => process.stdout.write(`${line}\n`),
    () => performance.now(),
  );
  const { version } = await Terraform.find({ env: process.env });
  progress.detail(`terraform ${version}, ${what} on a local AWS; nothing leaves this machine`);
  const copy = copyProject(join(PROJECT, COPY));
  process.once("exit", () => copy.remove());
  if (what === "admin") optIn(copy.folder);
  const stage = await progress.step("start the local AWS", () =>
    openStage({ copy, log: progress.detail, runsTasks: true }),
  );
  const transcript = new Transcript();
  const automock = automockIn(stage, progress, { verbose, transcript });
  try {
    // The type check computes while the bootstrap waits.
    await Promise.all([
      automock("bootstrap", "--enable-deletion", "--yes"),
      progress.step("build: type check", typeCheck),
    ]);
    await automock("doctor");
    const before = await stage.list();

    if (what === "test-env") await showTestEnvironments(stage, progress, automock);
    else await showSystem(what, { stage, progress, automock, transcript, keep });
    await progress.step("prove with an independent listing that nothing is left", async () => {
      expectOnly(before, await stage.list());
      progress.detail(`only the ${before.length} resources of the bootstrap stack remain`);
    });
    if (write) transcript.writeInto(join(PROJECT, "docs", "tour.md"));
  } finally {
    await stage.close();
  }
}

/** Deploys a system to staging and removes it; for automock, also the life of an ephemeral environment. */
async function showSystem(
  system: SystemId,
  { stage, progress, automock, transcript, keep }: Show,
): Promise<void> {
  const staging = stackId(system, "staging");
  const stacks = system === "automock" ? [EPHEMERAL_STACK, staging] : [staging];
  if (system === "automock") await automock("init", EPHEMERAL, "--ttl", "4h");
  await automock("plan", ...stacks, "--report", "html");
  const deployed = await Promise.all(
    stacks.map((stack) => automock("deploy", stack, "--plan", ".automock/plans", "--yes")),
  );
  progress.detail(`${stage.aws.calls.all().length} calls to AWS so far`);
  const [, variable, url] = /^ *((?:MOCK|API)_URL)=(\S+)$/m.exec(deployed.at(-1)!) ?? [];
  const { runsMocks, databases } = stage.aws.dataPlane!;
  const answers = system === "automock" ? runsMocks : databases.missing === undefined;
  const traffic =
    url && answers ? new Traffic({ variable: variable!, url }, progress, transcript) : undefined;
  // Exit code 2, and with it the end of the demo, if anything is left to change.
  const planned = automock("plan", ...stacks, "--detailed-exitcode");
  if (system === "automock") {
    // The reaper takes longer than anything else, so the ephemeral environment ends while staging is in use.
    const used = Promise.all([planned, useMocks(stage, automock, traffic, staging)]);
    if (keep) await used.then(() => keepRunning(progress));
    await Promise.all([
      used.then(() => automock("destroy", staging, "--yes")),
      planned.then(() => outliveIt(stage, progress, automock)),
    ]);
    return;
  }
  await planned;
  if (system === "admin") await useBoxes(automock);
  else {
    await traffic?.curl([], "/health", 200);
    await traffic?.curl(["-d", `'{"title":"try it"}'`], "/tasks", 201);
    await traffic?.deployUnderLoad(stage, staging, "/tasks");
    await traffic?.curl([], "/tasks", 200);
    await automock("status", staging);
  }
  if (keep) await keepRunning(progress);
  await automock("destroy", staging, "--yes");
}

interface Show {
  readonly stage: Stage;
  readonly progress: Steps;
  readonly automock: Automock;
  readonly transcript: Transcript;
  readonly keep: boolean;
}

async function typeCheck(): Promise<void> {
  const args = [require.resolve("typescript/bin/tsc"), "--noEmit"];
  const tsc = await run(process.execPath, { args, cwd: PROJECT, env: process.env });
  if (tsc.exitCode !== 0) throw new Error(tsc.stdout);
}

/** Says how to look around, and waits until Ctrl-C. */
async function keepRunning({ detail }: Steps): Promise<never> {
  detail("left running until Ctrl-C; in another terminal:");
  detail(`  cd ${COPY}`);
  detail("  npx automock --local list");
  return new Promise(() => setInterval(() => undefined, 60_000));
}

/** Throws if anything is left that did not exist before. */
function expectOnly(before: readonly InventoryItem[], now: readonly InventoryItem[]): void {
  const known = new Set(before.map(describe));
  const left = now.map(describe).filter((item) => !known.has(item));
  if (left.length > 0) throw new Error(`Still there:\n${left.join("\n")}`);
}

function describe({ service, type, id }: InventoryItem): string {
  return `${service} ${type} ${id}`;
}

// cdktf is made for Node 20, so the SDK's warning about its age does not help the user.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
program.parse();
main(program.processedArgs[0] as SystemId | "test-env", program.opts<Options>()).catch((error: unknown) => {
  process.stderr.write(`\n${(error as Error).message}\n`);
  process.exitCode = 1;
});
