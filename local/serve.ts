import "../operations/aws/quiet-sdk";
import { join } from "node:path";
import { loadEnvironments } from "../environments/schema";
import { startLocalAws } from "./local-aws";
import { announceSession, findSession } from "./session";
import { runShell } from "./shell";
import { makeZones } from "./zones";

const PROJECT = join(__dirname, "..");

const log = (line: string) => void process.stdout.write(`${line}\n`);

/**
 * `npm run local`: a local AWS for `automock --local`, until Ctrl-C; with `--shell` a shell for it, until it ends, or for
 * the one that is already running.
 */
async function main(): Promise<void> {
  const withShell = process.argv.includes("--shell");
  const running = findSession(PROJECT);
  if (running && withShell) {
    process.exitCode = await shellFor(running.variables);
    return;
  }
  if (running) {
    throw new Error(
      `A local AWS is already running at ${running.endpoint}. Use it, for example in the shell of npm run local -- --shell, or stop process ${running.pid}.`,
    );
  }
  const { environments } = loadEnvironments(join(PROJECT, "environments"));
  const { accountId, region } = environments[0]!;
  const aws = await startLocalAws({ accountId, region, log, projectFolder: PROJECT, runsTasks: true });
  await makeZones(aws.clientConfig, environments);
  aws.clock.run();
  announceSession(PROJECT, {
    endpoint: aws.endpoint,
    accountId,
    region,
    pid: process.pid,
    variables: aws.variables,
  });
  log(
    `local AWS for account ${accountId} in ${region} at ${aws.endpoint}, until Ctrl-C; in another terminal:`,
  );
  log("  npx automock --local bootstrap --yes");
  log("  npx automock --local list");
  log("Everything in it is in memory and gone afterwards.");
  if (withShell) {
    process.exitCode = await shellFor(aws.variables);
    await aws.stop();
    process.exit();
  }
  setInterval(() => undefined, 60_000);
}

async function shellFor(variables: Readonly<Record<string, string>>): Promise<number> {
  log(
    "This shell reaches the local AWS and nothing else: automock, cdktf, terraform, aws. It ends with exit.",
  );
  return runShell({ base: process.env, variables, projectFolder: PROJECT });
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
