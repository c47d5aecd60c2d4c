import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { ContainerDefinition, TaskDefinition } from "@aws-sdk/client-ecs";
import { freePort } from "../../operations/free-port";
import { killGroup, signalTo, start, type RunningProcess } from "../../operations/process";
import { commandOnThisMachine, variablesOnThisMachine, type Places } from "./container-text";
import { programFor } from "./images";
import type { LogAlarms } from "./log-alarms";
import { LogStream } from "./log-streams";
import type { TaskNetwork } from "./task-network";
import type { Tools } from "./tools";

export type TaskStatus = "PENDING" | "RUNNING" | "DEACTIVATING" | "STOPPING" | "STOPPED";

export type StopCode =
  | "EssentialContainerExited"
  | "ServiceSchedulerInitiated"
  | "SpotInterruption"
  | "TaskFailedToStart"
  | "UserInitiated";

export interface TaskOptions {
  readonly definition: TaskDefinition;
  /** Folder in which the task gets one of its own. */
  readonly folder: string;
  readonly tools: Tools;
  readonly logs: CloudWatchLogsClient;
  readonly logAlarms: LogAlarms;
  /** Variables that lead the containers to the local AWS. */
  readonly variables: Readonly<Record<string, string>>;
  /** Value of a secret by its `valueFrom`. */
  readonly secret: (valueFrom: string) => Promise<string>;
  readonly network: TaskNetwork;
  /** Called after each change of status. */
  readonly onChange: (task: LocalTask) => void;
}

export interface ContainerState {
  readonly name: string;
  readonly image: string;
  status: "PENDING" | "RUNNING" | "STOPPED";
  exitCode?: number;
  reason?: string;
}

interface Container {
  readonly definition: ContainerDefinition;
  readonly state: ContainerState;
  readonly started: Signal<void>;
  readonly ended: Signal<number>;
  process?: RunningProcess;
}

/** ECS's figure for a container without `stopTimeout`. */
const STOP_TIMEOUT_SECONDS = 30;
/** When the local AWS itself ends, nothing is in flight that would matter. */
const HURRIED_STOP_SECONDS = 1;

/** One task: its containers as processes of this machine, each in a process group of its own. */
export class LocalTask {
  readonly id = randomBytes(16).toString("hex");
  readonly createdAt = Date.now();
  startedAt?: number;
  stoppedAt?: number;
  stopCode?: StopCode;
  stoppedReason?: string;
  status: TaskStatus = "PENDING";
  private readonly folder: string;
  private readonly containers: readonly Container[];
  private readonly ports = new Map<number, number>();
  private launches: readonly Promise<void>[] = [];
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: TaskOptions) {
    this.folder = join(options.folder, this.id);
    this.containers = (options.definition.containerDefinitions ?? []).map((definition) => ({
      definition,
      state: { name: definition.name!, image: definition.image!, status: "PENDING" },
      started: signal<void>(),
      ended: signal<number>(),
    }));
  }

  get definition(): TaskDefinition {
    return this.options.definition;
  }

  /** The containers as ECS describes them. */
  get containerStates(): readonly Readonly<ContainerState>[] {
    return this.containers.map(({ state }) => state);
  }

  /** Port on 127.0.0.1 that a container port has become. */
  hostPort(containerPort: number): number {
    return this.ports.get(containerPort)!;
  }

  /** Process ids of the containers that run. */
  get pids(): number[] {
    return this.containers.flatMap(({ process, state }) =>
      process && state.status === "RUNNING" ? [process.pid] : [],
    );
  }

  /** Starts the containers in the order of their dependencies; what goes wrong stops the task. */
  async start(): Promise<void> {
    try {
      for (const { name } of this.options.definition.volumes ?? [])
        mkdirSync(join(this.folder, name!), { recursive: true });
      mkdirSync(this.folder, { recursive: true });
      for (const { definition } of this.containers) {
        for (const { containerPort } of definition.portMappings ?? [])
          this.ports.set(containerPort!, await freePort());
      }
      this.launches = this.containers.map((container) => this.launch(container));
      await Promise.all(this.launches);
      if (this.stopped) return;
      this.startedAt = Date.now();
      this.change("RUNNING");
    } catch (error) {
      void this.stop("TaskFailedToStart", (error as Error).message);
    }
  }

  /** The load balancer still sends what is in flight; the containers run on. */
  deactivate(): void {
    if (!this.stopped) this.change("DEACTIVATING");
  }

  /** Stops the containers, those first that depend on others. Resolves when none is left; twice is harmless. */
  stop(code: StopCode, reason: string): Promise<void> {
    return (this.stopped ??= (async () => {
      this.stopCode = code;
      this.stoppedReason = reason;
      this.change("STOPPING");
      for (const container of this.containers) if (!container.process) this.end(container, undefined);
      await Promise.all(this.containers.map((container) => this.terminate(container)));
      await Promise.allSettled(this.launches);
      this.options.network.close();
      rmSync(this.folder, { recursive: true, force: true });
      this.stoppedAt = Date.now();
      this.change("STOPPED");
    })());
  }

  /** Ends the containers at once. */
  async kill(): Promise<void> {
    this.stopped ??= Promise.resolve();
    for (const container of this.containers) if (!container.process) this.end(container, undefined);
    await Promise.all(this.containers.map(({ process }) => process && endNow(process)));
    await Promise.allSettled(this.launches);
    this.options.network.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async launch(container: Container): Promise<void> {
    const { definition, state } = container;
    for (const { containerName, condition } of definition.dependsOn ?? []) {
      const other = this.containers.find(({ state }) => state.name === containerName);
      if (!other) throw new Error(`${state.name} depends on ${containerName}, which the task does not have`);
      // No container here has a health check of its own: HEALTHY is taken for START.
      if (condition === "START" || condition === "HEALTHY") {
        await other.started.promise;
        continue;
      }
      const exitCode = await other.ended.promise;
      if (condition === "SUCCESS" && exitCode !== 0 && !this.stopped)
        throw new Error(
          `${containerName} ended with exit code ${exitCode}; ${state.name} waits for its success`,
        );
    }
    if (this.stopped) return;
    const log = await this.openLog(state.name, definition);
    const places: Places = {
      folders: new Map(
        (definition.mountPoints ?? []).map(({ containerPath, sourceVolume }) => [
          containerPath!,
          join(this.folder, sourceVolume!),
        ]),
      ),
      ports: this.ports,
    };
    // The program's own paths are those of this machine already: MockServer may lie below a folder that is mounted.
    const program = programFor(commandOnThisMachine(definition, places), this.options.tools);
    if (!program) throw new Error(`nothing on this machine runs the image ${definition.image}`);
    const env = await this.environment(definition, places);
    if (this.stopped) return;
    const process = await start(program.command, {
      role: "service",
      args: program.args,
      cwd: this.folder,
      env,
      killAfterSeconds: HURRIED_STOP_SECONDS,
      onLine: (line) => log?.write(line),
    });
    if (this.stopped) return endNow(process);
    container.process = process;
    state.status = "RUNNING";
    container.started.resolve();
    void process.finished.then(async ({ exitCode, signal }) => {
      await log?.close();
      this.end(container, signal ? 128 + (SIGNAL_NUMBERS[signal] ?? 0) : exitCode);
      if (definition.essential !== false && !this.stopped)
        void this.stop("EssentialContainerExited", "Essential container in task exited");
    });
  }

  private async openLog(
    name: string,
    { logConfiguration }: ContainerDefinition,
  ): Promise<LogStream | undefined> {
    try {
      const { logs, logAlarms } = this.options;
      return await LogStream.open(logs, logAlarms, logConfiguration, name, this.id);
    } catch (error) {
      const group = logConfiguration?.options?.["awslogs-group"];
      throw new Error(
        `ResourceInitializationError: failed to validate logger args: ${group}: ${(error as Error).message}`,
      );
    }
  }

  private async environment(
    { environment = [], secrets = [] }: ContainerDefinition,
    places: Places,
  ): Promise<NodeJS.ProcessEnv> {
    const given = Object.fromEntries(environment.map(({ name, value }) => [name!, value ?? ""]));
    for (const { name, valueFrom } of secrets) given[name!] = await this.options.secret(valueFrom!);
    return {
      PATH: [this.options.tools.bin, process.env.PATH].join(delimiter),
      HOME: this.folder,
      NODE_NO_WARNINGS: "1",
      ...this.options.variables,
      ...variablesOnThisMachine(await this.options.network.onThisMachine(given), places),
    };
  }

  private async terminate(container: Container): Promise<void> {
    const dependants = this.containers.filter(({ definition }) =>
      definition.dependsOn?.some(({ containerName }) => containerName === container.state.name),
    );
    await Promise.all(dependants.map(({ ended }) => ended.promise));
    const { process: child, state, ended, definition } = container;
    if (!child || state.status === "STOPPED") return;
    // To the first process alone, as ECS does: a script decides itself what its children hear.
    signalTo(child.pid, "SIGTERM");
    const timeout = (definition.stopTimeout ?? STOP_TIMEOUT_SECONDS) * 1000;
    const timer = setTimeout(() => killGroup(child.pid), timeout);
    await ended.promise;
    clearTimeout(timer);
  }

  private end({ state, started, ended }: Container, exitCode: number | undefined): void {
    state.status = "STOPPED";
    if (exitCode !== undefined) state.exitCode = exitCode;
    started.resolve();
    ended.resolve(exitCode ?? 0);
  }

  private change(status: TaskStatus): void {
    this.status = status;
    this.options.onChange(this);
  }
}

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

async function endNow(child: RunningProcess): Promise<void> {
  killGroup(child.pid);
  await child.finished;
}

interface Signal<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
}

function signal<T>(): Signal<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
