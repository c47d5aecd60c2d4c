import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { AuthorizeSecurityGroupIngressCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DeleteAlarmsCommand, CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { runApp, stackFolder } from "../../../operations/terraform/run-app";
import { costDeltaOfPlan } from "../../../operations/costs/delta";
import { readPlan } from "../../../operations/terraform/plan-json";
import { Terraform } from "../../../operations/terraform/terraform";
import { boundRetries } from "../../../operations/terraform/bound-retries";
import { startLocalAws, type LocalAws } from "../../../local/local-aws";
import { copyProject, type ProjectCopy } from "../../../operations/terraform/project-copy";
import { prodEnvironment, stagingEnvironment } from "../environments";
import { secretsStack } from "./secrets-stack";

/**
 * Makes the plan files of this folder again, with the real terraform against the local AWS:
 * `npx tsx __tests__/support/plans/make.ts [NAME…]`. Takes about eight minutes. Each file holds one or two plans as
 * `terraform show -json` prints them, less what no report reads (see `minimised`).
 */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Block = Record<string, Json>;
type Resources = Record<string, Record<string, Block>>;
interface Synthesized extends Block {
  resource: Resources;
}

const say = (line: string) => process.stderr.write(`${line}\n`);
const { accountId, region } = stagingEnvironment;

class Workshop {
  private constructor(
    private readonly copy: ProjectCopy,
    readonly aws: LocalAws,
    readonly terraform: Terraform,
  ) {}

  static async open(): Promise<Workshop> {
    const copy = copyProject(mkdtempSync(join(tmpdir(), "plans-")));
    const aws = await startLocalAws({ accountId, region, log: say });
    return new Workshop(copy, aws, await Terraform.find({ env: aws.env }));
  }

  async close(): Promise<void> {
    await this.aws.stop();
    this.copy.remove();
  }

  client() {
    return this.aws.clientConfig;
  }

  folder(stack: string): string {
    return stackFolder({ projectFolder: this.copy.folder }, stack);
  }

  /** Synthesizes after the staging environment was changed in place, and keeps state and provider of before. */
  async synth(change: (staging: string) => string = (text) => text): Promise<void> {
    const file = join(this.copy.folder, "environments", "staging.ts");
    const before = readFileSync(file, "utf8");
    const after = change(before);
    writeFileSync(file, after);
    await runApp({ projectFolder: this.copy.folder, env: this.aws.env });
    writeFileSync(file, before);
  }

  /** Adds a stack that is not synthesized. */
  add(stack: string, content: unknown): void {
    mkdirSync(this.folder(stack), { recursive: true });
    writeFileSync(join(this.folder(stack), "cdk.tf.json"), JSON.stringify(content));
  }

  read(stack: string): Synthesized {
    return JSON.parse(readFileSync(join(this.folder(stack), "cdk.tf.json"), "utf8")) as Synthesized;
  }

  edit(stack: string, change: (synthesized: Synthesized) => void): void {
    const synthesized = this.read(stack);
    change(synthesized);
    this.add(stack, synthesized);
  }

  /** State lies beside the stack: a report does not care where it is. */
  async init(stack: string): Promise<void> {
    boundRetries(this.folder(stack));
    const file = join(this.folder(stack), "override.tf.json");
    const override = JSON.parse(readFileSync(file, "utf8")) as Block;
    writeFileSync(file, JSON.stringify({ ...override, terraform: { backend: { local: {} } } }));
    await this.terraform.init(this.folder(stack));
  }

  async apply(stack: string): Promise<void> {
    say(`apply ${stack}`);
    await this.terraform.apply(this.folder(stack));
  }

  async terraformRun(stack: string, ...args: string[]): Promise<void> {
    const result = await this.terraform.run(this.folder(stack), args);
    if (result.exitCode !== 0) throw new Error(`${args.join(" ")}: ${result.stderr}`);
  }

  /** Plans the stacks as they lie there, and writes what they say to `<name>.json.gz`. */
  async record(name: string, stacks: readonly string[], ...args: string[]): Promise<void> {
    say(`plan ${name}`);
    const plans: Json[] = [];
    for (const stack of stacks) {
      const folder = this.folder(stack);
      // An errored plan ends with exit code 1, and is written nevertheless.
      const { stderr } = await this.terraform.run(folder, ["plan", "-input=false", "-out=tfplan", ...args]);
      if (!existsSync(join(folder, "tfplan"))) throw new Error(stderr);
      const text = await this.terraform.showPlan(folder, "tfplan");
      rmSync(join(folder, "tfplan"));
      const synthesized = this.read(stack);
      const cost = costDeltaOfPlan(readPlan(text)) as unknown as Json;
      plans.push({
        stack,
        plan: minimised(JSON.parse(text) as Block),
        synthesized: paths(synthesized),
        cost,
      });
    }
    const recorded = JSON.stringify(plans);
    if (recorded.includes(this.copy.folder)) throw new Error(`${name} holds a path of this machine`);
    const bytes = gzipSync(recorded, { level: 9 });
    writeFileSync(join(__dirname, `${name}.json.gz`), bytes);
    const changes = plans.map((entry) => {
      const { resource_changes } = (entry as { plan: { resource_changes?: Block[] } }).plan;
      const actions = (resource_changes ?? []).map(({ change }) =>
        ((change as Block).actions as string[]).join(),
      );
      return actions.filter((action) => action !== "no-op" && action !== "read").length;
    });
    say(`  ${bytes.length} bytes, changes: ${changes.join(" and ")}`);
  }
}

/** Configuration and planned values are more than half of a plan; a report reads the sensitive variables of the first. */
function minimised(shown: Block): Block {
  const { configuration, planned_values: _p, relevant_attributes: _r, ...plan } = shown;
  const { variables } = (configuration as { root_module: Block }).root_module;
  return { ...plan, configuration: { root_module: variables === undefined ? {} : { variables } } };
}

/** Of the synthesized stack only what a report reads: the construct path of each resource. */
function paths(synthesized: Synthesized): Json {
  const resource: Resources = {};
  for (const [type, byId] of Object.entries(synthesized.resource)) {
    for (const [id, block] of Object.entries(byId)) {
      if (block["//"]) (resource[type] ??= {})[id] = { "//": block["//"] };
    }
  }
  return { resource };
}

async function main(only: readonly string[]): Promise<void> {
  const shop = await Workshop.open();
  const stack = "automock-staging";
  const wanted = (name: string) => only.length === 0 || only.includes(name);
  const record = async (name: string, stacks: readonly string[], ...args: string[]) => {
    if (wanted(name)) await shop.record(name, stacks, ...args);
  };
  try {
    const zones = new Route53Client(shop.client());
    const names = [prodEnvironment.automock.domain!, prodEnvironment.taskApi.domain!].flatMap(
      (domain) => domain.zones,
    );
    for (const Name of new Set(names)) {
      await zones.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
    }
    await shop.synth();
    for (const each of [stack, "task-api-staging", "automock-prod", "task-api-prod"]) await shop.init(each);
    await record("create", [stack]);
    await record("many", ["automock-prod", "task-api-prod"]);

    if (wanted("secrets")) {
      shop.add("secrets", secretsStack("first"));
      await shop.init("secrets");
      await shop.apply("secrets");
      shop.add("secrets", secretsStack("second"));
      await record("secrets", ["secrets"]);
    }

    if (wanted("replace")) await shop.apply("task-api-staging");
    await shop.apply(stack);
    await record("none", [stack]);

    await shop.synth((staging) =>
      staging
        .replace("logRetentionDays: 14", "logRetentionDays: 30")
        .replace("tasks: { min: 1, max: 20 }", "tasks: { min: 2, max: 40 }")
        .replace('apiAllowedCidrs: ["203.0.113.0/24"]', 'apiAllowedCidrs: ["203.0.113.0/24", "192.0.2.0/24"]')
        .replace(
          'controlPlaneAllowedCidrs: ["203.0.113.0/28"]',
          'controlPlaneAllowedCidrs: ["203.0.113.16/28"]',
        ),
    );
    await record("update", [stack]);

    await shop.synth((staging) => staging.replace('vpcCidr: "10.1.0.0/16"', 'vpcCidr: "10.3.0.0/16"'));
    shop.edit("task-api-staging", ({ resource }) => {
      const [database] = Object.values(resource.aws_db_instance!);
      database!.storage_encrypted = false;
    });
    await record("replace", [stack, "task-api-staging"]);

    await shop.synth();
    await record("destroy", [stack], "-destroy");
    const [service] = Object.keys(shop.read(stack).resource.aws_ecs_service!);
    await record("incomplete", [stack], "-destroy", `-target=aws_ecs_service.${service}`);

    const data = { ...(shop.read(stack).data as Block), aws_caller_identity: { here: {} } };
    shop.edit(stack, (synthesized) => {
      const [bucket] = Object.values(synthesized.resource.aws_s3_bucket!);
      const condition = '${data.aws_caller_identity.here.account_id == "999999999999"}';
      bucket!.lifecycle = { precondition: [{ condition, error_message: "This is another account." }] };
      synthesized.data = data;
    });
    await record("errored", [stack]);

    await shop.synth();
    if (wanted("move")) await move(shop, stack);
    await shop.synth();
    if (wanted("drift")) await drift(shop, stack);
    await record("drift", [stack]);
  } finally {
    await shop.close();
  }
}

/** One resource moved, one imported, one forgotten, one tainted; the state is put back afterwards. */
async function move(shop: Workshop, stack: string): Promise<void> {
  const [state, moves] = ["terraform.tfstate", "moves.tf.json"].map((file) =>
    join(shop.folder(stack), file),
  ) as [string, string];
  cpSync(state, `${state}.kept`);
  const { resource } = shop.read(stack);
  const [vpc] = Object.keys(resource.aws_vpc!);
  const [imported, tainted] = Object.keys(resource.aws_cloudwatch_log_group!).sort();
  const [forgotten] = Object.keys(resource.aws_flow_log!);
  await shop.terraformRun(stack, "taint", `aws_cloudwatch_log_group.${tainted}`);
  await shop.terraformRun(stack, "state", "rm", `aws_cloudwatch_log_group.${imported}`);
  // In the state the VPC has its former name.
  await shop.terraformRun(stack, "state", "mv", `aws_vpc.${vpc}`, "aws_vpc.vpc");
  shop.edit(stack, (synthesized) => {
    delete synthesized.resource.aws_flow_log;
  });
  const { name } = resource.aws_cloudwatch_log_group![imported!] as { name: string };
  const blocks = {
    moved: [{ from: "aws_vpc.vpc", to: `aws_vpc.${vpc}` }],
    import: [{ to: `aws_cloudwatch_log_group.${imported}`, id: name }],
    removed: [{ from: `aws_flow_log.${forgotten}`, lifecycle: { destroy: false } }],
  };
  writeFileSync(moves, JSON.stringify(blocks));
  await shop.record("move", [stack]);
  cpSync(`${state}.kept`, state);
  rmSync(moves);
}

/** What someone does by hand in the console: an ingress rule, a shorter retention, an alarm deleted. */
async function drift(shop: Workshop, stack: string): Promise<void> {
  const state = JSON.parse(await shop.terraform.statePull(shop.folder(stack))) as {
    resources: { type: string; name: string; instances: { attributes: Record<string, unknown> }[] }[];
  };
  const attribute = (type: string, key: string, nth = 0) =>
    String(state.resources.filter((resource) => resource.type === type)[nth]!.instances[0]!.attributes[key]);
  await new EC2Client(shop.client()).send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: attribute("aws_security_group", "id"),
      IpPermissions: [
        {
          IpProtocol: "tcp",
          FromPort: 22,
          ToPort: 22,
          IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "debug" }],
        },
      ],
    }),
  );
  await new CloudWatchLogsClient(shop.client()).send(
    new PutRetentionPolicyCommand({
      logGroupName: attribute("aws_cloudwatch_log_group", "name"),
      retentionInDays: 1,
    }),
  );
  await new CloudWatchClient(shop.client()).send(
    new DeleteAlarmsCommand({ AlarmNames: [attribute("aws_cloudwatch_metric_alarm", "alarm_name")] }),
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  say(String((error as Error).stack));
  process.exitCode = 1;
});
