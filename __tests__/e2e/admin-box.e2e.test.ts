import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { announceSession } from "../../local/session";
import { copyProject, type ProjectCopy } from "../../operations/terraform/project-copy";
import { ADMIN_NAMES, createAdminStack } from "../support/admin-box";
import { describeWith } from "../support/requires";

const place = { accountId: "123456789012", region: "us-east-1" };
const PROMPT = "[ssm-user@i-";

/** The command as its user runs it, against a local AWS with real shells behind Session Manager. */
describeWith(["moto_server"], "automock admin", () => {
  let aws: LocalAws;
  let copy: ProjectCopy;
  let ec2: EC2Client;
  beforeAll(async () => {
    copy = copyProject(mkdtempSync(join(tmpdir(), "admin-box-")));
    const staging = join(copy.folder, "environments", "staging.ts");
    writeFileSync(
      staging,
      readFileSync(staging, "utf8").replace("} satisfies Env", "  admin: {},\n} satisfies Env"),
    );
    aws = await startLocalAws({ ...place, log: () => undefined });
    announceSession(copy.folder, {
      ...place,
      endpoint: aws.endpoint,
      pid: process.pid,
      variables: aws.variables,
    });
    ec2 = new EC2Client(aws.clientConfig);
    await createAdminStack(aws.clientConfig);
  });
  afterAll(async () => {
    await aws?.stop();
    copy?.remove();
  });
  afterEach(() => {
    aws.faults.clear();
    aws.capacity.refuse(() => undefined);
  });

  const start = (...args: readonly string[]) => new Running(copy.folder, args);
  const automock = async (...args: readonly string[]) => {
    const running = start(...args);
    running.child.stdin!.end();
    return { exitCode: await running.exit, stdout: running.stdout, stderr: running.stderr };
  };
  const states = async () => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
    return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ State }) => State!.Name!));
  };
  const schedules = async () =>
    (await new SchedulerClient(aws.clientConfig).send(new ListSchedulesCommand({ GroupName: ADMIN_NAMES.scheduleGroup }))).Schedules!.map(({ Name }) => Name); // prettier-ignore
  const listed = async () =>
    (JSON.parse((await automock("list", "--json")).stdout) as { boxes: { id: string; reason: string }[] })
      .boxes;
  /** A box without a client. */
  const launched = async () => {
    const { stdout } = await automock("up", "--no-connect", "--reason", "test", "--json");
    return (JSON.parse(stdout) as { box: { id: string; market: string } }).box;
  };

  it("up opens a shell; with its end the box is terminated, the schedule gone and the list empty", async () => {
    const up = start("up", "--reason", "INC-42");
    await up.until(PROMPT);
    expect(await listed()).toMatchObject([{ reason: "INC-42" }]);
    expect(await schedules()).toHaveLength(1);
    up.type("echo grün $((6*7)); tty\r");
    await up.until("grün 42");
    await up.until("/dev/pts/");
    up.type("exit\r");
    expect(await up.exit).toBe(0);
    expect(up.stdout).toMatch(/i-\w+ is terminated after/);
    expect(new Set(await states())).toEqual(new Set(["terminated"]));
    expect(await schedules()).toEqual([]);
    expect(await listed()).toEqual([]);
  });

  it("the end of the input ends the shell, and with it the box", async () => {
    expect(await automock("up")).toMatchObject({ exitCode: 0 });
    expect(await listed()).toEqual([]);
  });

  it("a signal before the shell ends the box too", async () => {
    aws.capacity.bootSeconds = 600;
    const up = start("up");
    await up.until("Waiting for its agent", "stderr");
    up.child.kill("SIGTERM");
    expect(await up.exit).not.toBe(0);
    aws.capacity.bootSeconds = 0;
    expect(await listed()).toEqual([]);
  });

  it("run passes on output and exit code; extend, down", async () => {
    const { id } = await launched();
    const ran = await automock("run", "-", "--", "echo out; echo err >&2; exit 7");
    expect(ran).toMatchObject({ exitCode: 7, stdout: "out\n" });
    expect(ran.stderr).toContain("err\n");
    const extended = await automock("extend", "--by", "1h", "--json");
    expect(JSON.parse(extended.stdout)).toMatchObject({ id });
    const tooFar = await automock("extend", "--by", "12h");
    expect(tooFar.exitCode).toBe(1);
    expect(tooFar.stderr).toMatch(/cannot expire after .*, 12 hours after its launch/);
    expect(JSON.parse((await automock("down", "--mine", "--json")).stdout)).toEqual({
      ended: [id],
      failed: [],
    });
    expect(await listed()).toEqual([]);
  });

  it("forward leads to a port that the box reaches; a box launched for it ends with it", async () => {
    const echo = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
    await new Promise((resolve) => echo.once("listening", resolve));
    const running = start("forward", `127.0.0.1:${(echo.address() as AddressInfo).port}`);
    await running.until("until Ctrl-C.");
    const port = Number(/127\.0\.0\.1:(\d+) leads to/.exec(running.stdout)![1]);
    const socket = connect(port, "127.0.0.1");
    socket.write("ping");
    const answer = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    expect(answer.toString()).toBe("ping");
    socket.destroy();
    running.child.kill("SIGINT");
    await running.exit;
    echo.close();
    expect(await listed()).toEqual([]);
  });

  it("without capacity it says what was tried and exits with 2; without Spot it takes on demand", async () => {
    aws.capacity.refuse(({ market }) => (market === "spot" ? "InsufficientInstanceCapacity" : undefined));
    expect(await launched()).toMatchObject({ market: "on-demand" });
    await automock("down");
    aws.capacity.refuse(() => "InsufficientInstanceCapacity");
    const { exitCode, stdout } = await automock("up");
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/No type had capacity in any zone\. Tried:\n {2}spot {2}t3/);
    expect(await listed()).toEqual([]);
  });

  it("a box that cannot be terminated is exit code 3, with what ends it and when", async () => {
    const { id } = await launched();
    aws.faults.add({ id: "no-end", operation: "TerminateInstances", occurrence: { always: true }, fault: { kind: "accessDenied" } }); // prettier-ignore
    const { exitCode, stdout } = await automock("down");
    expect(exitCode).toBe(3);
    expect(stdout).toContain(`${id} may still run:`);
    expect(stdout).toMatch(/it shuts itself down at \d{4}-/);
    aws.faults.clear();
    await automock("down");
  });

  it("audit says who launched what, and why", async () => {
    const { stdout } = await automock("audit", "--since", "1h", "--json");
    const { boxes } = JSON.parse(stdout) as {
      boxes: { reason: string; sessions: unknown[]; endedAt?: string }[];
    };
    const first = boxes.find(({ reason }) => reason === "INC-42");
    expect(first?.sessions).toHaveLength(1);
    expect(first?.endedAt).toBeDefined();
  });
});

/** A command that runs, with what it has written so far. */
class Running {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  stdout = "";
  stderr = "";
  private readonly waiting = new Set<() => void>();

  constructor(folder: string, args: readonly string[]) {
    this.child = spawn(
      process.execPath,
      [join(folder, "cli", "bin", "automock.mjs"), "--local", "admin", ...args],
      {
        cwd: folder,
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    for (const stream of ["stdout", "stderr"] as const) {
      this.child[stream]!.setEncoding("utf8").on("data", (text: string) => {
        this[stream] += text;
        for (const look of this.waiting) look();
      });
    }
    this.exit = new Promise((resolve) => this.child.once("close", resolve));
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  async until(text: string, stream: "stdout" | "stderr" = "stdout"): Promise<void> {
    const seen = new Promise<void>((resolve) => {
      const look = () => {
        if (!this[stream].includes(text)) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
    const ended = this.exit.then((code) => {
      throw new Error(`It ended with ${code} before it wrote "${text}":\n${this.stdout}\n${this.stderr}`);
    });
    ended.catch(() => undefined);
    await Promise.race([seen, ended]);
  }
}
