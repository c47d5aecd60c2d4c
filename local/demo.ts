import { join } from "node:path";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { Argument, Command } from "commander";
import { run } from "../cli/process";
import { Terraform } from "../cli/terraform";
import { loadEnvironments } from "../environments";
import { EPHEMERAL_STACK, outliveIt, writeEphemeral } from "./demo/ephemeral";
import { deployAndPlanAgain, describe, destroyAndProve, expectOnly, keepRunning } from "./demo/permanent";
import { openSite, type Site } from "./demo/site";
import { startLocalAws } from "./local-aws";
import { copyProject } from "./project-copy";
import { steps } from "./steps";

const PROJECT = join(__dirname, "..");
const SYSTEMS = ["automock", "task-api"] as const;
type System = (typeof SYSTEMS)[number];

interface Options {
  readonly keep: boolean;
  readonly verbose: boolean;
}

const program = new Command("npm run demo --")
  .description(
    "Deploys a system with the real cdktf, terraform and AWS provider to an AWS on this machine, and removes it.",
  )
  .addArgument(new Argument("[system]", "what to deploy to staging").choices(SYSTEMS).default("automock"))
  .option("--keep", "leave everything running until Ctrl-C instead of removing it", false)
  .option("--verbose", "show what terraform and cdktf print", false)
  .addHelpText(
    "after",
    `
Examples:
  npm run demo                 automock-staging, and the whole life of an ephemeral environment
  npm run demo -- task-api     task-api-staging, with its database
  npm run demo -- --keep       stop before anything is removed, to look around

Takes some six minutes. Needs terraform >= 1.10 and moto_server (or Python 3, to install it). No AWS account
is used. Exit codes: 0 all steps succeeded, 1 a step failed, 130 Ctrl-C.`,
  );

async function main(system: System, { keep, verbose }: Options): Promise<void> {
  const progress = steps(
    (line) => process.stdout.write(`${line}\n`),
    () => performance.now(),
  );
  const { version } = await Terraform.find({ env: process.env });
  progress.detail(`terraform ${version}, ${system} on a local AWS; nothing leaves this machine`);
  await progress.step("build: type-check", typeCheck);

  const staging = loadEnvironments(join(PROJECT, "none")).environments.find(
    ({ name }) => name === "staging",
  )!;
  const { accountId, region } = staging;
  const copy = copyProject(join(PROJECT, ".local-aws", "demo"));
  process.once("exit", () => copy.remove());
  const aws = await progress.step("start the local AWS", () =>
    startLocalAws({ accountId, region, log: progress.detail, projectFolder: PROJECT }),
  );
  try {
    const { folder } = copy;
    const ephemeral = system === "automock" ? [EPHEMERAL_STACK] : [];
    if (ephemeral.length > 0) writeEphemeral(folder, staging);
    const stack = `${system}-staging`;
    const site = await openSite({ aws, accountId, region, folder, progress, verbose }, [stack, ...ephemeral]);
    await makeZones(site, staging[system === "automock" ? "automock" : "taskApi"]?.domain?.zones ?? []);
    const before = await site.list();
    await deployAndPlanAgain(site, [stack, ...ephemeral]);
    if (keep) await keepRunning(site);
    await destroyAndProve(site, stack, before);
    if (ephemeral.length > 0) await outliveIt(site);
    await progress.step("prove with an independent listing that nothing is left", async () => {
      expectOnly(before, await site.list());
      progress.detail(`only the bootstrap stack remains: ${before.map(describe).join(", ")}`);
    });
  } finally {
    await aws.stop();
  }
}

async function typeCheck(): Promise<void> {
  const args = [require.resolve("typescript/bin/tsc"), "--noEmit"];
  const tsc = await run(process.execPath, { args, cwd: PROJECT, env: process.env });
  if (tsc.exitCode !== 0) throw new Error(tsc.stdout);
}

/** The hosted zones that stacks with a domain look up; in an account of yours they exist. */
async function makeZones({ aws, region }: Site, zones: readonly string[]): Promise<void> {
  const client = new Route53Client({
    region,
    endpoint: aws.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  for (const Name of zones) {
    await client.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
  }
  client.destroy();
}

// Node 20 is what cdktf was made for; the SDK's wish for a newer one is no news for the user.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
program.parse();
main(program.processedArgs[0] as System, program.opts<Options>()).catch((error: unknown) => {
  process.stderr.write(`\n${(error as Error).message}\n`);
  process.exitCode = 1;
});
