import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { startLocalAws, type LocalAws } from "../../local/local-aws";
import { announceSession } from "../../local/session";
import { endBox, listBoxes, type Box } from "../../operations/admin-box/boxes";
import { optIn } from "../../operations/terraform/admin-opt-in";
import { copyProject } from "../../operations/terraform/project-copy";
import { ADMIN_NAMES, createAdminStack } from "./admin-box";

const PLACE = { accountId: "123456789012", region: "us-east-1" };

/** What a shell on a box writes first. */
export const PROMPT = "[ssm-user@i-";

export interface AdminStageOptions {
  /** The section in the environment's file. @default one without settings */
  readonly section?: (aws: LocalAws) => Promise<string>;
  /** Databases are real. @default false: they are records */
  readonly runsTasks?: boolean;
  /** Whether what the commands need of the stack is there. @default true */
  readonly stack?: boolean;
}

/** `automock admin` in a copy of the project that has admin boxes, on a local AWS. */
export class AdminStage {
  private readonly ec2: EC2Client;
  private readonly scheduler: SchedulerClient;

  private constructor(
    readonly aws: LocalAws,
    readonly folder: string,
    private readonly remove: () => void,
  ) {
    this.ec2 = new EC2Client(aws.clientConfig);
    this.scheduler = new SchedulerClient(aws.clientConfig);
  }

  static async open({ section, runsTasks, stack = true }: AdminStageOptions = {}): Promise<AdminStage> {
    const copy = copyProject(mkdtempSync(join(tmpdir(), "admin-box-")));
    const aws = await startLocalAws({ ...PLACE, log: () => undefined, runsTasks });
    optIn(copy.folder, await section?.(aws));
    announceSession(copy.folder, {
      ...PLACE,
      endpoint: aws.endpoint,
      pid: process.pid,
      variables: aws.variables,
    });
    if (stack) await createAdminStack(aws.clientConfig);
    return new AdminStage(aws, copy.folder, () => copy.remove());
  }

  async close(): Promise<void> {
    await this.aws.stop();
    this.remove();
  }

  /** As if nothing had been tried before. */
  reset(): void {
    const { faults, capacity, clock, instances } = this.aws;
    faults.clear();
    capacity.refuse(() => undefined);
    clock.reset();
    Object.assign(instances.works, { check: true, timer: true });
  }

  start(...args: readonly string[]): Running {
    return new Running(process.execPath, [this.program, "--local", "admin", ...args], this.folder);
  }

  /** Starts a line of sh in a terminal of its own, in which `$automock` is the command. */
  inTerminal(line: string): Running {
    const whole = `automock="${process.execPath} ${this.program} --local"; ${line}`;
    const args =
      process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", whole] : ["-qfec", whole, "/dev/null"];
    return new Running("script", args, this.folder);
  }

  private get program(): string {
    return join(this.folder, "cli", "bin", "automock.mjs");
  }

  /** Runs a command without input to its end. */
  async run(...args: readonly string[]) {
    const running = this.start(...args);
    running.child.stdin!.end();
    return { exitCode: await running.exit, stdout: running.stdout, stderr: running.stderr };
  }

  /** A box without a client, on the way that a user goes. */
  async launched(): Promise<{ readonly id: string; readonly market: string }> {
    const { stdout } = await this.run("up", "--no-connect", "--reason", "test", "--json");
    return (JSON.parse(stdout) as { box: { id: string; market: string } }).box;
  }

  /** The boxes that are not terminated. */
  listed(): Promise<readonly Box[]> {
    return listBoxes({ ec2: this.ec2 }, "staging");
  }

  /** Ends every box, for the next test. */
  async clear(): Promise<void> {
    for (const { id } of await this.listed())
      await endBox({ ec2: this.ec2, scheduler: this.scheduler }, ADMIN_NAMES, id);
  }

  /** State of each box that ever was. */
  async states(): Promise<Record<string, string>> {
    const { Reservations = [] } = await this.ec2.send(new DescribeInstancesCommand({}));
    const boxes = Reservations.flatMap(({ Instances = [] }) => Instances);
    return Object.fromEntries(boxes.map(({ InstanceId, State }) => [InstanceId!, State!.Name!]));
  }

  async schedules(): Promise<readonly (string | undefined)[]> {
    const { Schedules = [] } = await this.scheduler.send(
      new ListSchedulesCommand({ GroupName: ADMIN_NAMES.scheduleGroup }),
    );
    return Schedules.map(({ Name }) => Name);
  }
}

/** A command that runs, with what it has written so far. */
export class Running {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  stdout = "";
  stderr = "";
  private readonly waiting = new Set<() => void>();

  constructor(command: string, args: readonly string[], cwd: string) {
    this.child = spawn(command, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
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
