import { createInterface } from "node:readline/promises";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { Command } from "commander";
import { stateBucketName, stateKey } from "../contract/names";
import { loadEnvironments } from "../environments";
import { bootstrap } from "./bootstrap-state";
import { cdktfSynth, stackFolder } from "./cdktf";
import { Terraform } from "./terraform";

const PROJECT = join(__dirname, "..");

interface Options {
  readonly environment: string;
  readonly yes: boolean;
}

const program = new Command("npm run bootstrap --")
  .description(
    "Makes the state bucket and the lock table of an account and region, and keeps their own state in them.",
  )
  .option("--environment <name>", "environment whose account and region to prepare", "prod")
  .option("--yes", "apply without asking", false)
  .addHelpText(
    "after",
    `
Examples:
  npm run bootstrap                             account and region of prod
  npm run bootstrap -- --environment staging    where staging is elsewhere
  npm run bootstrap -- --yes                    in a pipeline

Run it again at any time: it changes nothing when nothing has changed, and goes on where an interrupted run
stopped. Credentials come from the usual places (AWS_PROFILE, AWS_ACCESS_KEY_ID, SSO).
Exit codes: 0 done, 1 failed or declined.`,
  );

async function main({ environment: name, yes }: Options): Promise<void> {
  const { environments, faults } = loadEnvironments(join(PROJECT, "environments", "ephemeral"));
  const environment = environments.find((candidate) => candidate.name === name);
  if (!environment && faults.length === 0) {
    throw new Error(
      `There is no environment "${name}"; there are ${environments.map((known) => known.name).join(", ")}.`,
    );
  }
  const log = (line: string) => process.stdout.write(`${line}\n`);
  // With faults synth prints them and fails.
  await cdktfSynth({ projectFolder: PROJECT, env: process.env, onLine: log });
  const { accountId, region } = environment!;
  const [first] = environments;
  const home = first?.accountId === accountId && first.region === region;
  const stack = home ? "bootstrap" : `bootstrap-${accountId}-${region}`;

  const result = await bootstrap({
    folder: stackFolder({ projectFolder: PROJECT }, stack),
    localState: join(PROJECT, ".bootstrap", `${accountId}-${region}.tfstate`),
    bucket: stateBucketName(accountId, region),
    key: stateKey("bootstrap", "shared"),
    s3: new S3Client({ region }),
    terraform: await Terraform.find({ env: process.env, onLine: log }),
    log,
    confirm: (plan) => (yes ? Promise.resolve(true) : ask(plan, accountId, region)),
  });
  log(RESULTS[result]);
  if (result === "declined") process.exitCode = 1;
}

const RESULTS = {
  created: "The state bucket and the lock table exist, and their state is in the bucket.",
  updated: "The bootstrap stack is up to date.",
  unchanged: "Nothing to do: the bootstrap stack is up to date.",
  declined: "Nothing was changed.",
} as const;

async function ask(plan: string, accountId: string, region: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Error("There is no terminal to ask on. Read the plan above, then run it again with --yes.");
  }
  process.stdout.write(`${plan}\n`);
  const readline = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await readline.question(`Apply this to account ${accountId} in ${region}? Type yes: `);
  readline.close();
  return answer.trim() === "yes";
}

// Node 20 is what cdktf was made for; the SDK's wish for a newer one is no news for the user.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
main(program.parse().opts<Options>()).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
