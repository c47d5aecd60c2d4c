import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { Command } from "commander";
import { bootstrap, type BootstrapResult } from "../cli/bootstrap-state";
import { cdktfDeploy, cdktfDestroy, cdktfSynth, stackFolder } from "../cli/cdktf";
import { run } from "../cli/process";
import { Terraform } from "../cli/terraform";
import { stateBucketName, stateKey } from "../contract/names";
import { loadEnvironments, type Environment } from "../environments";
import { listEverything, type InventoryItem } from "./inventory";
import { boundRetries, startLocalAws, type LocalAws } from "./local-aws";
import { steps, type Steps } from "./steps";

const PROJECT = join(__dirname, "..");
const OUTPUT = join(".local-aws", "demo");
const STACK = "automock-staging";

interface Options {
  readonly keep: boolean;
  readonly verbose: boolean;
}

const program = new Command("npm run demo --")
  .description(
    `Deploys ${STACK} with the real cdktf, terraform and AWS provider to an AWS on this machine, and removes it.`,
  )
  .option("--keep", "leave the environment and the local AWS running until Ctrl-C", false)
  .option("--verbose", "show what terraform and cdktf print", false)
  .addHelpText(
    "after",
    `
Examples:
  npm run demo              all steps, about five minutes
  npm run demo -- --keep    stop before the destroy, to look around

Needs terraform >= 1.10 and moto_server (or Python 3, to install it). No AWS account is used.
Exit codes: 0 all steps succeeded, 1 a step failed.`,
  );

async function main({ keep, verbose }: Options): Promise<void> {
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const progress = steps(write, () => performance.now());
  const onLine = verbose ? progress.detail : undefined;

  const version = await Terraform.find({ env: process.env });
  write(`terraform ${version.version}, ${STACK} on a local AWS; nothing leaves this machine`);
  const environment = loadEnvironments(join(PROJECT, "none")).environments.find(
    ({ name }) => name === "staging",
  )!;

  await progress.step("build: type-check", async () => {
    const tsc = await run(process.execPath, {
      args: [require.resolve("typescript/bin/tsc"), "--noEmit"],
      cwd: PROJECT,
      env: process.env,
    });
    if (tsc.exitCode !== 0) throw new Error(tsc.stdout);
  });
  rmSync(join(PROJECT, OUTPUT), { recursive: true, force: true });
  mkdirSync(join(PROJECT, OUTPUT), { recursive: true });
  process.once("exit", () => rmSync(join(PROJECT, OUTPUT), { recursive: true, force: true }));
  const { accountId, region } = environment;
  const aws = await progress.step("start the local AWS", () =>
    startLocalAws({ accountId, region, log: progress.detail, projectFolder: PROJECT }),
  );
  try {
    await demo({ aws, progress, onLine, environment, keep });
  } finally {
    await aws.stop();
  }
}

interface DemoOptions {
  readonly aws: LocalAws;
  readonly progress: Steps;
  readonly onLine: ((line: string) => void) | undefined;
  readonly environment: Environment;
  readonly keep: boolean;
}

async function demo({ aws, progress, onLine, environment, keep }: DemoOptions): Promise<void> {
  const { step, detail } = progress;
  const { accountId, region } = environment;
  const cdktf = {
    projectFolder: PROJECT,
    outputFolder: OUTPUT,
    env: aws.env,
    onLine: onLine ?? countResources(detail),
    skipProviderLock: aws.providerMirror !== undefined,
  };
  const folder = (stack: string) => stackFolder(cdktf, stack);
  const terraform = await Terraform.find({ env: aws.env, onLine });

  await step("synthesize all stacks: cdktf synth", () => cdktfSynth(cdktf));
  const localState = join(PROJECT, OUTPUT, "bootstrap.tfstate");
  const bootstrapOnce = (): Promise<BootstrapResult> =>
    bootstrap({
      folder: folder("bootstrap"),
      localState,
      bucket: stateBucketName(accountId, region),
      key: stateKey("bootstrap", "shared"),
      s3: new S3Client({
        region,
        endpoint: aws.endpoint,
        forcePathStyle: true,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
      }),
      terraform,
      log: detail,
      confirm: () => Promise.resolve(true),
    });
  boundRetries(folder("bootstrap"));
  boundRetries(folder(STACK));
  await step("bootstrap: state bucket and lock table", () => expectResult(bootstrapOnce, "created"));
  await step("bootstrap again: must change nothing", () => expectResult(bootstrapOnce, "unchanged"));
  const before = await listEverything(aws.env, region);

  await step(`deploy: cdktf deploy ${STACK}`, () => cdktfDeploy({ ...cdktf, stacks: [STACK] }));
  const outputs = await terraform.output(folder(STACK));
  for (const [name, { value }] of Object.entries(outputs)) detail(`${name} = ${show(value)}`);
  detail(
    `${(await terraform.stateList(folder(STACK))).length} entries in the state, ${aws.calls.all().length} calls`,
  );

  await step("plan again: must say no changes", async () => {
    const plan = await terraform.plan(folder(STACK));
    if (plan.hasChanges) throw new Error(`The second plan is not empty:\n${plan.text}`);
  });

  if (keep) {
    detail("left running until Ctrl-C; in another terminal:");
    for (const name of ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
      detail(`  export ${name}=${aws.env[name]}`);
    }
    detail(`  aws ecs describe-services --cluster ${STACK} --services ${show(outputs.service_name?.value)}`);
    await new Promise(() => setInterval(() => undefined, 60_000));
  }

  await step(`destroy: cdktf destroy ${STACK}`, () => cdktfDestroy({ ...cdktf, stacks: [STACK] }));
  await step("prove with an independent listing that nothing is left", async () => {
    const left = (await listEverything(aws.env, region)).filter((item) => !has(before, item));
    if (left.length > 0) throw new Error(`Still there:\n${left.map(describe).join("\n")}`);
    detail(
      `only the ${before.length} resources of the bootstrap stack remain: ${before.map(describe).join(", ")}`,
    );
  });
}

/** Says now and then how far terraform is, instead of showing its hundreds of lines. */
function countResources(say: (line: string) => void): (line: string) => void {
  const EVERY = 20;
  const counts = { Creation: 0, Destruction: 0 };
  return (line) => {
    const [, kind] = /: (Creation|Destruction) complete after/.exec(line) ?? [];
    if (kind !== "Creation" && kind !== "Destruction") return;
    counts[kind] += 1;
    if (counts[kind] % EVERY === 0) say(`${counts[kind]} ${kind === "Creation" ? "created" : "destroyed"}`);
  };
}

async function expectResult(act: () => Promise<BootstrapResult>, expected: BootstrapResult): Promise<void> {
  const result = await act();
  if (result !== expected) throw new Error(`bootstrap answered "${result}" instead of "${expected}"`);
}

function has(items: readonly InventoryItem[], { service, type, id }: InventoryItem): boolean {
  return items.some((item) => item.service === service && item.type === type && item.id === id);
}

function describe({ service, type, id }: InventoryItem): string {
  return `${service} ${type} ${id}`;
}

function show(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

// Node 20 is what cdktf was made for; the SDK's wish for a newer one is no news for the user.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
main(program.parse().opts<Options>()).catch((error: unknown) => {
  process.stderr.write(`\n${(error as Error).message}\n`);
  process.exitCode = 1;
});
