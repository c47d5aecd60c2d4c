import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { TASK_SIZES } from "../../contract/fargate";
import { memorySplit } from "../../contract/mockserver-memory";
import { startLocalAws } from "../../local/local-aws";
import { mockServerClassPath } from "../../operations/expectations/server/jar";
import { freePort } from "../../operations/free-port";
import { run, start, type RunningProcess } from "../../operations/process";
import { stagingEnvironment } from "../support/environments";
import { clientsOf } from "../support/deployed-service";
import { CLUSTER, MockDeployment, SERVICE } from "../support/mock-deployment";
import { CLOCK_TICKS_PER_SECOND } from "./processes";
import { machine, publish, table } from "./report";
import { percentile } from "./statistics";

/**
 * `npm run bench:mock`: requests per second and latency through load balancer and task of the local AWS beside a bare
 * MockServer of the same memory, in turns; how long a task takes to start; and what JVM flags would change. The load
 * comes from `autocannon`, which npm fetches and is not a dependency.
 */

const LOAD = "autocannon@8.0.0";
const CONNECTIONS = 10;
const SECONDS = 8;
const WARM_UP_SECONDS = 8;
const ROUNDS = 3;
const STARTS = 5;

const GREETING = [
  { id: "greeting", httpRequest: { path: "/greeting" }, httpResponse: { statusCode: 200, body: "hello" } },
];

const quiet = () => undefined;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-mock-"));
  const { accountId, region } = stagingEnvironment;
  const aws = await startLocalAws({ accountId, region, log: quiet, runsTasks: true });
  try {
    const clients = clientsOf(aws);
    const mock = new MockDeployment(clients);
    const url = `http://${await mock.create(GREETING)}/greeting`;
    const classPath = await mockServerClassPath({ env: process.env, log: quiet });
    await answering(url);
    const bare = await Server.start(folder, classPath, []);
    const places = { "bare MockServer": bare.url, "load balancer and task": url };
    const traffic = await inTurns(places);
    await bare.stop();

    const taskStarts: number[] = [];
    for (let i = 0; i < STARTS; i++) {
      const before = new Set(aws.dataPlane!.tasks().map(({ arn }) => arn));
      await clients.ecs.send(
        new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, forceNewDeployment: true }),
      );
      const started = () => aws.dataPlane!.tasks().find(({ arn, service, task }) => !before.has(arn) && service.isHealthy(task)); // prettier-ignore
      while (!started()) await sleep(50);
      taskStarts.push((Date.now() - started()!.task.createdAt) / 1000);
    }
    await aws.stop();

    const flags = await compareFlags(folder, classPath);
    const row = (name: string, { rate, p99 }: Figures) => [name, rate.toFixed(0), p99.toFixed(1)];
    await publish(
      "npm run bench:mock",
      [
        `${machine()} MockServer: \`${versionOf(classPath)}\`, ${heapMiB} MiB heap; \`${LOAD}\`, ${CONNECTIONS} connections; the median of ${ROUNDS} runs of ${SECONDS} s in turns. Load, load balancer and MockServer share the cores.`,
        table(
          ["", "requests per second", "p99, ms"],
          Object.entries(traffic).map(([name, figures]) => row(name, figures)),
        ),
        `A task from its creation to healthy: ${median(taskStarts).toFixed(1)} s, the median of ${STARTS}.`,
        table(
          ["JVM flags", "CPU to ready, s", "requests per second", "p99, ms"],
          flags.map(({ name, cpuSeconds, figures }) => [
            name,
            cpuSeconds.toFixed(1),
            figures.rate.toFixed(0),
            figures.p99.toFixed(1),
          ]),
        ),
      ],
      [],
    );
  } finally {
    await aws.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Figures {
  readonly rate: number;
  readonly p99: number;
}

const { heapMiB } = memorySplit(TASK_SIZES.small);

/** What may be given to a JVM to start faster. The archive of classes is written by a run before. */
async function compareFlags(folder: string, classPath: string) {
  const archive = join(folder, "classes.jsa");
  const writing = await Server.start(folder, classPath, [`-XX:ArchiveClassesAtExit=${archive}`]);
  await writing.stop();
  const kinds: Readonly<Record<string, readonly string[]>> = {
    none: [],
    "-XX:TieredStopAtLevel=1": ["-XX:TieredStopAtLevel=1"],
    AppCDS: [`-XX:SharedArchiveFile=${archive}`],
    both: ["-XX:TieredStopAtLevel=1", `-XX:SharedArchiveFile=${archive}`],
  };
  const results: { name: string; cpuSeconds: number; figures: Figures }[] = [];
  for (const [name, flags] of Object.entries(kinds)) {
    const cpu: number[] = [];
    let figures: Figures | undefined;
    for (let i = 0; i < ROUNDS; i++) {
      const server = await Server.start(folder, classPath, flags);
      cpu.push(server.cpuSeconds());
      if (i === ROUNDS - 1) figures = (await inTurns({ one: server.url })).one;
      await server.stop();
    }
    results.push({ name, cpuSeconds: median(cpu), figures: figures! });
  }
  return results;
}

/** A MockServer with the memory of a small task. */
class Server {
  private constructor(
    readonly url: string,
    private readonly process: RunningProcess,
  ) {}

  static async start(folder: string, classPath: string, flags: readonly string[]): Promise<Server> {
    const file = join(folder, "greeting.json");
    writeFileSync(file, JSON.stringify(GREETING));
    const port = await freePort();
    const java = await start("java", {
      args: [`-Xmx${heapMiB}m`, "-Xshare:auto", ...flags, "-cp", classPath, "org.mockserver.cli.Main"],
      env: {
        PATH: process.env.PATH,
        MOCKSERVER_SERVER_PORT: String(port),
        MOCKSERVER_INITIALIZATION_JSON_PATH: file,
        MOCKSERVER_LOG_LEVEL: "WARN",
        MOCKSERVER_MAX_LOG_ENTRIES: "1000",
      },
      cwd: folder,
      role: "service",
      onLine: quiet,
    });
    const url = `http://127.0.0.1:${port}/greeting`;
    await answering(url);
    return new Server(url, java);
  }

  /** User and system time so far, as Linux counts it. */
  cpuSeconds(): number {
    const [, rest] = readFileSync(`/proc/${this.process.pid}/stat`, "utf8").split(") ");
    const [user, system] = rest!.split(" ").slice(11, 13).map(Number);
    return (user! + system!) / CLOCK_TICKS_PER_SECOND;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}

/** Each place in turn, so that what else the machine does hits all alike. */
async function inTurns(places: Readonly<Record<string, string>>): Promise<Record<string, Figures>> {
  const runs = Object.fromEntries(Object.keys(places).map((name) => [name, [] as Figures[]]));
  for (const url of Object.values(places)) await cannon(url, WARM_UP_SECONDS);
  for (let i = 0; i < ROUNDS; i++)
    for (const [name, url] of Object.entries(places)) runs[name]!.push(await cannon(url, SECONDS));
  return Object.fromEntries(
    Object.entries(runs).map(([name, figures]) => [
      name,
      { rate: median(figures.map(({ rate }) => rate)), p99: median(figures.map(({ p99 }) => p99)) },
    ]),
  );
}

async function cannon(url: string, seconds: number): Promise<Figures> {
  const { exitCode, stdout, stderr } = await run("npx", {
    args: ["--yes", LOAD, "--json", "--connections", String(CONNECTIONS), "--duration", String(seconds), url],
    env: process.env,
    timeoutSeconds: 300,
  });
  if (exitCode !== 0) throw new Error(stderr);
  const { requests, latency, non2xx, errors } = JSON.parse(stdout) as {
    requests: { average: number };
    latency: { p99: number };
    non2xx: number;
    errors: number;
  };
  if (non2xx + errors > 0) throw new Error(`${non2xx} answers were not 2xx, ${errors} requests failed`);
  return { rate: requests.average, p99: latency.p99 };
}

async function answering(url: string): Promise<void> {
  while ((await fetch(url).catch(() => undefined))?.status !== 200) await sleep(20);
}

function median(values: readonly number[]): number {
  return percentile([...values].sort((a, b) => a - b), 0.5); // prettier-ignore
}

function versionOf(classPath: string): string {
  return /(\d+\.\d+\.\d+)/.exec(classPath)?.[1] ?? classPath;
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
