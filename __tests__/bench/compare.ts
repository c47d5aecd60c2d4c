import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openStage, type Stage } from "../../local/stage";
import { run } from "../../operations/process";
import { copyProject } from "../../operations/terraform/project-copy";
import { AWS_CDK_APP } from "./aws-cdk-app";
import { costOf, medianCost, sum, type Cost } from "./processes";
import { machine, publish, table, type Target } from "./report";

/**
 * `npm run bench:compare`: this project beside what one would use instead, in one run. Synth beside `cdktf synth` and
 * an AWS CDK app of the same two environments; plan, deploy and destroy beside the bare commands of terraform on the
 * local AWS. Writes its section of docs/benchmarks.md. A missed target ends it with exit code 1.
 */

const ROOT = join(__dirname, "..", "..");
const AWS_CDK = { "aws-cdk-lib": "2.276.0" };
const STACK = "automock-staging";
const SYNTHS = 3;
const PLANS = 3;

/** Throws with the command's output when it fails. */
function timed(command: string, args: readonly string[], options: Options): Promise<Cost> {
  return costOf(async () => {
    const { cwd, env = process.env } = options;
    const { exitCode, stdout, stderr } = await run(command, { args, cwd, env });
    if (exitCode !== 0)
      throw new Error(`"${command} ${args.join(" ")}" ended with exit code ${exitCode}:\n${stdout}${stderr}`);
  });
}

interface Options {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

type Costs = Readonly<Record<string, Cost>>;

/** Runs the ways in turns, so that a busy moment of the machine hits all; the first round fills caches. */
async function inTurns(rounds: number, ways: Readonly<Record<string, () => Promise<Cost>>>): Promise<Costs> {
  const costs: Record<string, Cost[]> = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const took = await way();
      if (round > 0) (costs[name] ??= []).push(took);
    }
  }
  return Object.fromEntries(Object.entries(costs).map(([name, all]) => [name, medianCost(all)]));
}

/** The app of AWS CDK, ready to run. */
async function installCdk(scratch: string): Promise<string> {
  const cdk = join(scratch, "aws-cdk");
  mkdirSync(cdk);
  writeFileSync(join(cdk, "package.json"), JSON.stringify({ private: true, dependencies: AWS_CDK }));
  writeFileSync(join(cdk, "app.js"), AWS_CDK_APP);
  await timed("npm", ["install", "--no-audit", "--no-fund"], { cwd: cdk });
  return cdk;
}

async function synths(cdk: string, stage: Stage): Promise<Costs> {
  const require = createRequire(join(ROOT, "package.json"));
  const cdktf = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle", "bin", "cdktf");
  const here = { cwd: stage.folder, env: { ...stage.aws.env, DISABLE_VERSION_CHECK: "1" } };
  return inTurns(SYNTHS, {
    automock: () => timed(process.execPath, ["--import", "tsx", "main.ts"], here),
    cdktf: () => timed(process.execPath, [cdktf, "synth"], here),
    cdk: () =>
      timed(process.execPath, ["app.js"], {
        cwd: cdk,
        env: { ...process.env, CDK_OUTDIR: join(cdk, "out") },
      }),
  });
}

interface Lives {
  readonly bare: Costs;
  readonly automock: Costs;
  /** Short commands of `automock`. */
  readonly commands: Costs;
}

/** Deploys, plans and destroys one stack by terraform's own commands, then by `automock`. */
async function lives(scratch: string, stage: Stage): Promise<Lives> {
  const folder = join(scratch, STACK);
  cpSync(stage.stackFolder(STACK), folder, { recursive: true });
  const terraform = (command: string, ...args: readonly string[]) =>
    timed("terraform", [command, "-input=false", ...args], { cwd: folder, env: stage.aws.env });
  const automock = (...args: readonly string[]) =>
    costOf(async () => {
      const { exitCode, stderr } = await stage.automock(args);
      if (exitCode !== 0)
        throw new Error(`"automock ${args.join(" ")}" ended with exit code ${exitCode}:\n${stderr}`);
    });
  await terraform("init");
  await terraform("plan", "-out=tfplan");
  const apply = await terraform("apply", "tfplan");
  const { bare: plan, automock: ownPlan } = await inTurns(PLANS, {
    bare: async () => sum(await terraform("init"), await terraform("plan", "-out=tfplan")),
    automock: () => automock("plan", STACK),
  });
  const added = join(stage.folder, "environments", "ephemeral", "bench.json");
  const commands = await inTurns(PLANS, {
    init: () => {
      rmSync(added, { force: true });
      return automock("init", "bench", "--ttl", "4h");
    },
    cost: () => automock("cost", STACK),
    status: () => automock("status", STACK),
    doctor: () => automock("doctor"),
  });
  rmSync(added);
  const destroy = await terraform("destroy", "-auto-approve");
  await automock("plan", STACK);
  const deploy = await automock("deploy", STACK, "--plan", ".automock/plans", "--yes");
  const ownDestroy = await automock("destroy", STACK, "--yes");
  return {
    bare: { plan: plan!, deploy: apply, destroy },
    automock: { plan: ownPlan!, deploy, destroy: ownDestroy },
    commands,
  };
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "bench-"));
  const stage = await openStage({ copy: copyProject(join(scratch, "project")), log: () => undefined });
  try {
    await stage.synth([STACK]);
    // Neither is measured, and a bootstrap waits most of the time.
    const [cdk] = await Promise.all([installCdk(scratch), stage.bootstrap()]);
    const synth = await synths(cdk, stage);
    const { bare, automock, commands } = await lives(scratch, stage);
    const seconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} s`;
    const cpuRatio = (of: Cost, to: Cost) => of.cpuSeconds / to.cpuSeconds;
    const clockRatio = (of: Cost, to: Cost) => of.seconds / to.seconds;
    const times = (ratio: number) => `${ratio.toFixed(2)}×`;
    const cdkApp = `AWS CDK ${AWS_CDK["aws-cdk-lib"]}: two stacks of VPC, service, load balancer, scaling, bucket`;
    const synthTable = table(
      [`synth, whole process, median of ${SYNTHS}`, "processor time", "time", "beside `main.ts`"],
      [
        ["`tsx main.ts`: five stacks, about 560 resources", synth.automock!] as const,
        ["`cdktf synth` of the same", synth.cdktf!] as const,
        [cdkApp, synth.cdk!] as const,
      ].map(([what, cost]) => [
        what,
        seconds(cost.cpuSeconds),
        seconds(cost.seconds),
        times(cpuRatio(cost, synth.automock!)),
      ]),
    );
    const both = ({ cpuSeconds, seconds: clock }: Cost) => `${seconds(clock)} (${seconds(cpuSeconds)})`;
    const lifeTable = table(
      [
        `${STACK} on the local AWS: time (processor time)`,
        ...["bare terraform", "automock", "ratio of time", "of processor time"],
      ],
      [
        [`plan without changes (\`init\` and \`plan\`), median of ${PLANS}`, "plan"] as const,
        ["deploy a saved plan (`apply`)", "deploy"] as const,
        ["destroy", "destroy"] as const,
      ].map(([what, name]) => [
        what,
        both(bare[name]!),
        both(automock[name]!),
        times(clockRatio(automock[name]!, bare[name]!)),
        times(cpuRatio(automock[name]!, bare[name]!)),
      ]),
    );
    const commandTable = table(
      [`command, median of ${PLANS}`, "time", "processor time"],
      Object.entries(commands).map(([name, { seconds: clock, cpuSeconds }]) => [
        `\`automock ${name}\``,
        seconds(clock),
        seconds(cpuSeconds),
      ]),
    );
    const targets: Target[] = [
      {
        what: "`automock plan` beside `terraform init` and `plan`, time",
        measured: clockRatio(automock.plan!, bare.plan!),
        allowed: 1.2,
        unit: "×",
      },
      {
        what: "`automock deploy` beside `terraform apply`, time",
        measured: clockRatio(automock.deploy!, bare.deploy!),
        allowed: 1.1,
        unit: "×",
      },
      ...Object.entries(commands).map(([name, { seconds: measured }]) => ({
        ...{ what: `\`automock ${name}\`, time`, measured },
        ...{ allowed: 1.5, unit: " s" },
      })),
    ];
    const tables = [synthTable, lifeTable, commandTable];
    await publish("npm run bench:compare", [machine(), ...tables], targets);
  } finally {
    await stage.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

// Node 20 is what cdktf was made for; the SDK's wish for a newer one is no news for the user.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
void main();
