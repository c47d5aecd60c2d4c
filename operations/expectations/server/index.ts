import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isObject } from "../../../contract/json";
import { LARGEST_FILE } from "../../../contract/mockserver-memory";
import { mockServerSettings } from "../../../contract/mockserver-settings";
import { UserError } from "../../../contract/user-error";
import { freePort } from "../../free-port";
import { lastLines, start, type RunningProcess } from "../../process";
import { javaVersion, OLDEST_JAVA } from "./java";
import { mockServerArguments } from "./program";
import { MARKER_ID, TRACE_HEADER, traceOf, type LogEntry, type Trace } from "./trace";

export interface MockServerOptions {
  readonly expectations: readonly unknown[];
  /** Memory of the JVM: that of a task. */
  readonly heapMiB: number;
  /** Further settings, as environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
  /** One line of progress. */
  readonly log: (line: string) => void;
}

/** How long MockServer may take to read a changed file: it looks every five seconds. */
const LOAD_SECONDS = 30;
/** While a file is replaced MockServer may hold the old and the new one; it drops the oldest if it has more. */
const MAX_EXPECTATIONS = 2 * (LARGEST_FILE + 1);
const TRACE_SECONDS = 3;

/** A real MockServer on loopback. It loads expectations from a file and in its order, as the tasks do. */
export class LocalMockServer {
  private loads = 0;
  private ids: ReadonlySet<unknown> = new Set();
  private output = "";

  private constructor(
    private readonly folder: string,
    /** Port on 127.0.0.1. */
    readonly port: number,
  ) {}

  private process!: RunningProcess;

  /** @throws UserError without Java or MockServer, or when MockServer does not take the expectations */
  static async start({
    expectations,
    heapMiB,
    settings,
    env,
    log,
  }: MockServerOptions): Promise<LocalMockServer> {
    if ((await javaVersion(env)) < OLDEST_JAVA) {
      throw new UserError(
        `MockServer needs Java ${OLDEST_JAVA} or newer, and none was found. Install it, for example with ` +
          '"apt install default-jre-headless", "brew install openjdk" or from https://adoptium.net.',
      );
    }
    const args = await mockServerArguments({ env, log }).catch((error: unknown) => {
      throw new UserError(
        `MockServer cannot be downloaded: ${(error as Error).message}\n` +
          "Name a jar that you have in AUTOMOCK_MOCKSERVER_JAR, or run it again.",
      );
    });
    const server = new LocalMockServer(mkdtempSync(join(tmpdir(), "automock-server-")), await freePort());
    process.on("exit", server.clean);
    server.write(expectations);
    server.process = await start("java", {
      args,
      env: {
        PATH: env.PATH,
        ...mockServerSettings({
          port: server.port,
          file: server.file,
          heapMiB,
          maxExpectations: MAX_EXPECTATIONS,
          scratchFolder: server.folder,
        }),
        MOCKSERVER_LOCAL_BOUND_IP: "127.0.0.1",
        ...settings,
      },
      cwd: server.folder,
      role: "service",
      onLine: (line) => (server.output = lastLines(`${server.output}\n${line}`, 200)),
    });
    await server.ready();
    return server;
  }

  /** Replaces the expectations. @throws UserError when MockServer does not take them; it keeps the old ones */
  async load(expectations: readonly unknown[]): Promise<void> {
    this.output = "";
    const before = this.ids;
    this.write(expectations);
    const removed = [...before].filter((id) => !this.ids.has(id));
    const until = Date.now() + LOAD_SECONDS * 1000;
    while (Date.now() < until) {
      // MockServer adds and changes in the order of the file, and removes afterwards.
      if ((await this.answersMarker()) && (await this.holdsNone(removed))) return;
      if (/exception while processing/.test(this.output)) break;
      await sleep(100);
    }
    throw new UserError(`MockServer did not take the file:\n${faultIn(this.output)}`);
  }

  /** What MockServer did with the request that carried this text in the trace header. */
  async trace(id: string): Promise<Trace> {
    const until = Date.now() + TRACE_SECONDS * 1000;
    for (;;) {
      const answer = await fetch(
        `http://127.0.0.1:${this.port}/mockserver/retrieve?type=LOGS&format=LOG_ENTRIES`,
        {
          method: "PUT",
          body: JSON.stringify({ headers: { [TRACE_HEADER]: [id] } }),
        },
      );
      const trace = traceOf((await answer.json()) as readonly LogEntry[]);
      // The log is written beside the answer.
      if (trace.ended || Date.now() > until) return trace;
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    await this.process.stop();
    this.clean();
  }

  /** Also called when this process ends by a signal. */
  private readonly clean = () => {
    process.off("exit", this.clean);
    rmSync(this.folder, { recursive: true, force: true });
  };

  private get file(): string {
    return join(this.folder, "expectations.json");
  }

  private write(expectations: readonly unknown[]): void {
    this.loads++;
    const ordered = expectations.map(inOrder);
    this.ids = new Set(ordered.filter(isObject).map(({ id }) => id));
    const fresh = `${this.file}.new`;
    writeFileSync(fresh, JSON.stringify([...ordered, markerOf(this.loads)]));
    renameSync(fresh, this.file);
  }

  private async answersMarker(): Promise<boolean> {
    const path = markerPath(this.loads);
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`);
    // A mock for every path answers too.
    return (await answer.text()) === path;
  }

  private async holdsNone(removed: readonly unknown[]): Promise<boolean> {
    if (removed.length === 0) return true;
    const url = `http://127.0.0.1:${this.port}/mockserver/retrieve?type=ACTIVE_EXPECTATIONS`;
    const active = (await (await fetch(url, { method: "PUT" })).json()) as readonly { readonly id: string }[];
    const held = new Set<unknown>(active.map(({ id }) => id));
    return !removed.some((id) => held.has(id));
  }

  private async ready(): Promise<void> {
    let ended = false;
    void this.process.finished.then(() => (ended = true));
    while (!ended) {
      const url = `http://127.0.0.1:${this.port}/mockserver/ready`;
      if (await fetch(url).then(({ ok }) => ok, () => false)) return; // prettier-ignore
      await sleep(50);
    }
    this.clean();
    throw new UserError(`MockServer did not start:\n${faultIn(this.output)}`);
  }
}

/**
 * MockServer keeps the place of an expectation that it has already when the file changes, so the tasks number them,
 * and so does this.
 */
function inOrder(expectation: unknown, index: number): unknown {
  if (!isObject(expectation)) return expectation;
  const priority = typeof expectation.priority === "number" ? expectation.priority : 0;
  return { id: nameless(index), ...expectation, priority: priority * 100_000 - index };
}

/** What an expectation without id is called: its place in the file. */
export function nameless(index: number): string {
  return `[${index}]`;
}

/** The last in the file: answers once all before it do. */
function markerOf(load: number): object {
  return {
    id: MARKER_ID,
    priority: 2_147_483_647,
    httpRequest: { path: markerPath(load) },
    httpResponse: { statusCode: 200, body: markerPath(load) },
  };
}

function markerPath(load: number): string {
  return `/automock-load-${load}`;
}

/** The lines of MockServer's output that say what is wrong. */
function faultIn(output: string): string {
  const lines = output.split("\n").filter((line) => !/^\s+at |^Picked up|^\s*$/.test(line));
  const first = lines.findIndex((line) => /^Caused by|OutOfMemory/.test(line));
  return lines.slice(Math.max(first, 0)).slice(0, 20).join("\n");
}
