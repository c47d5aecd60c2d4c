import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteLaunchTemplateCommand, DescribeLaunchTemplatesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { createLaunchTemplate } from "../support/admin-box";
import { AdminStage, PROMPT } from "../support/admin-command";
import { describeWith } from "../support/requires";

/** The command as its user runs it, against a local AWS with real shells behind Session Manager. */
describeWith(["moto_server"], "automock admin", () => {
  let stage: AdminStage;
  beforeAll(async () => {
    stage = await AdminStage.open();
  });
  afterAll(() => stage?.close());
  afterEach(() => stage.reset());

  it("up opens a shell; with its end the box is terminated, the schedule gone and the list empty", async () => {
    const up = stage.start("up", "--reason", "INC-42");
    await up.until(PROMPT);
    expect(await stage.listed()).toMatchObject([{ reason: "INC-42" }]);
    expect(await stage.schedules()).toHaveLength(1);
    up.type("echo grün $((6*7)); tty\r");
    await up.until("grün 42");
    await up.until("/dev/pts/");
    up.type("exit\r");
    expect(await up.exit).toBe(0);
    expect(up.stdout).toMatch(/i-\w+ is terminated after/);
    expect(new Set(Object.values(await stage.states()))).toEqual(new Set(["terminated"]));
    expect(await stage.schedules()).toEqual([]);
    expect(await stage.listed()).toEqual([]);
  });

  it("the end of the input ends the shell, and with it the box", async () => {
    expect(await stage.run("up")).toMatchObject({ exitCode: 0 });
    expect(await stage.listed()).toEqual([]);
  });

  it("a signal before the shell ends the box too", async () => {
    stage.aws.capacity.bootSeconds = 600;
    const up = stage.start("up");
    await up.until("Waiting for its agent", "stderr");
    up.child.kill("SIGTERM");
    expect(await up.exit).not.toBe(0);
    stage.aws.capacity.bootSeconds = 0;
    expect(await stage.listed()).toEqual([]);
  });

  it("run passes on output and exit code; extend, down", async () => {
    const { id } = await stage.launched();
    const ran = await stage.run("run", "-", "--", "echo out; echo err >&2; exit 7");
    expect(ran).toMatchObject({ exitCode: 7, stdout: "out\n" });
    expect(ran.stderr).toContain("err\n");
    const extended = await stage.run("extend", "--by", "1h", "--json");
    expect(JSON.parse(extended.stdout)).toMatchObject({ id });
    const tooFar = await stage.run("extend", "--by", "12h");
    expect(tooFar.exitCode).toBe(1);
    expect(tooFar.stderr).toMatch(/cannot expire after .*, 12 hours after its launch/);
    expect(JSON.parse((await stage.run("down", "--mine", "--json")).stdout)).toEqual({
      ended: [id],
      failed: [],
    });
    expect(await stage.listed()).toEqual([]);
  });

  it("up says that the stack is missing", async () => {
    const ec2 = new EC2Client(stage.aws.clientConfig);
    const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
    for (const { LaunchTemplateName } of LaunchTemplates)
      await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName }));
    const { exitCode, stderr } = await stage.run("up");
    await createLaunchTemplate(stage.aws.clientConfig);
    expect(stderr).toContain("The stack admin-staging is not deployed in this account and region.");
    expect(exitCode).toBe(1);
  });

  it("without capacity it says what was tried and exits with 2; without Spot it takes on demand", async () => {
    stage.aws.capacity.refuse(({ market }) =>
      market === "spot" ? "InsufficientInstanceCapacity" : undefined,
    );
    expect(await stage.launched()).toMatchObject({ market: "on-demand" });
    await stage.run("down");
    stage.aws.capacity.refuse(() => "InsufficientInstanceCapacity");
    const { exitCode, stdout } = await stage.run("up");
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/No type had capacity in any zone\. Tried:\n {2}spot {2}t3/);
    expect(await stage.listed()).toEqual([]);
  });

  it("a box that cannot be terminated is exit code 3, with what ends it and when", async () => {
    const { id } = await stage.launched();
    stage.aws.faults.add({ id: "no-end", operation: "TerminateInstances", occurrence: { always: true }, fault: { kind: "accessDenied" } }); // prettier-ignore
    const { exitCode, stdout } = await stage.run("down");
    expect(exitCode).toBe(3);
    expect(stdout).toContain(`${id} may still run:`);
    expect(stdout).toMatch(/it shuts itself down at \d{4}-/);
    stage.aws.faults.clear();
    await stage.run("down");
  });

  it("audit says who launched what, and why", async () => {
    const { stdout } = await stage.run("audit", "--since", "1h", "--json");
    const { boxes } = JSON.parse(stdout) as {
      boxes: { reason: string; sessions: unknown[]; endedAt?: string }[];
    };
    const first = boxes.find(({ reason }) => reason === "INC-42");
    expect(first?.sessions).toHaveLength(1);
    expect(first?.endedAt).toBeDefined();
  });

  it("asks AWS for nothing that the launcher policy does not name", () => {
    const file = join(__dirname, "..", "golden", "admin-staging", "launcher.tf.json");
    const [launcher] = Object.values(JSON.parse(readFileSync(file, "utf8")) as Golden);
    const named = launcher!.policy.Statement.flatMap(({ Action }) => Action);
    const asked = stage.aws.calls
      .all()
      .map(({ service, operation }) => `${PREFIX[service] ?? service}:${operation}`);
    const own = new Set(asked.filter((action) => !SET_UP.includes(action)));
    expect([...own].filter((action) => !named.includes(action))).toEqual([]);
    expect(own.size).toBeGreaterThanOrEqual(14);
  });
});

type Golden = Record<string, { readonly policy: { readonly Statement: readonly { Action: string[] }[] } }>;

/** Prefixes in IAM that are not the signing name. */
const PREFIX: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };
/** Calls that build the stage, and the one that everyone may make. */
const SET_UP = [
  "ec2:CreateLaunchTemplate",
  "ec2:DeleteLaunchTemplate",
  "ec2:DescribeLaunchTemplates",
  "iam:CreateInstanceProfile",
  "scheduler:CreateScheduleGroup",
  "scheduler:ListSchedules",
  "ssm:CreateDocument",
  "sts:GetCallerIdentity",
];
