import "../operations/aws/quiet-sdk";
import { join } from "node:path";
import { loadEnvironments } from "../environments/schema";
import { startLocalAws } from "./local-aws";
import { announceSession, findSession } from "./session";
import { runShell } from "./shell";
import { makeZones } from "./zones";

const PROJECT = join(__dirname, "..");

/** `npm run local`: a local AWS for `automock --local`, until Ctrl-C; with `--shell` a shell for it, until it ends. */
async function main(): Promise<void> {
  const running = findSession(PROJECT);
  if (running) {
    throw new Error(
      `A local AWS is already running at ${running.endpoint}. Use it, or stop process ${running.pid}.`,
    );
  }
  const log = (line: string) => process.stdout.write(`${line}\n`);
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
  if (process.argv.includes("--shell")) {
    log(
      "This shell reaches the local AWS and nothing else: automock, cdktf, terraform, aws. It ends with exit.",
    );
    process.exitCode = await runShell({
      base: process.env,
      variables: aws.variables,
      projectFolder: PROJECT,
    });
    await aws.stop();
    process.exit();
  }
  setInterval(() => undefined, 60_000);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
