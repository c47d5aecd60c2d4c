import { spawn, type ChildProcess } from "node:child_process";
import { connect, type Socket } from "node:net";
import type { WebSocket } from "ws";
import {
  CHUNK_BYTES,
  decode,
  encode,
  FLAG,
  PAYLOAD,
  type Message,
} from "../../operations/admin-box/session/message";
import { Stream } from "../../operations/admin-box/session/stream";

/** What a session runs. */
export type Work =
  | { readonly kind: "shell"; readonly command: string }
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "port"; readonly host: string; readonly port: number };

export interface SessionOptions {
  readonly work: Work;
  /** Environment of shell and command. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Called once, when it has ended. */
  readonly onEnd: () => void;
}

const AGENT_VERSION = "3.3.2299.0";
const TICK_MS = 100;

/** The agent's end of one session: a shell in a pseudo terminal, a command, or a connection to a port. */
export class AgentSession {
  private readonly stream: Stream;
  private readonly timer: NodeJS.Timeout;
  private socket: WebSocket | undefined;
  private child: ChildProcess | undefined;
  private port: Socket | undefined;
  private terminal = "";
  private size: { readonly cols: number; readonly rows: number } | undefined;
  private isOver = false;
  private begun = false;

  constructor(private readonly options: SessionOptions) {
    this.stream = new Stream({
      sends: "output_stream_data",
      transmit: (bytes) => this.socket?.send(bytes),
      deliver: (message) => this.deliver(message),
      now: () => performance.now(),
    });
    this.timer = setInterval(() => this.stream.tick(), TICK_MS);
  }

  /** Takes over a connection whose token was right; an older one is closed. */
  join(socket: WebSocket): void {
    const before = this.socket;
    this.socket = socket;
    before?.close();
    socket.on("message", (data: Buffer, isBinary) => {
      const message = isBinary ? decode(data) : undefined;
      if (message) this.stream.receive(message);
    });
    socket.on("close", () => {
      if (this.socket === socket) this.socket = undefined;
    });
    if (this.begun) return this.stream.reconnected();
    this.begun = true;
    this.send(PAYLOAD.handshakeRequest, {
      AgentVersion: AGENT_VERSION,
      RequestedClientActions: [
        { ActionType: "SessionType", ActionParameters: { SessionType: sessionType(this.options.work) } },
      ],
    });
  }

  /** Ends the work and tells the client. Twice is harmless. */
  end(words: string): void {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.timer);
    this.port?.destroy();
    if (this.child?.pid !== undefined) killGroup(this.child.pid);
    const payload = JSON.stringify({ MessageType: "channel_closed", SchemaVersion: 1, Output: words });
    this.socket?.send(encode({ type: "channel_closed", sequence: 0, payload: Buffer.from(payload) }));
    this.socket?.close();
    this.options.onEnd();
  }

  private deliver({ payloadType, payload }: Message): void {
    switch (payloadType) {
      case PAYLOAD.handshakeResponse:
        this.begin();
        return;
      case PAYLOAD.output:
        (this.child?.stdin ?? this.port)?.write(payload);
        return;
      case PAYLOAD.size:
        this.size = JSON.parse(payload.toString("utf8")) as { cols: number; rows: number };
        return this.resize();
      case PAYLOAD.flag:
        if (payload.readUInt32BE(0) === FLAG.terminateSession) this.end("");
        return;
    }
  }

  private begin(): void {
    const { work } = this.options;
    this.send(PAYLOAD.handshakeComplete, { HandshakeTimeToComplete: 1_000_000, CustomerMessage: "" });
    switch (work.kind) {
      case "shell":
        return this.openShell(work.command);
      case "command":
        return this.runCommand(work.command);
      case "port":
        return this.openPort(work.host, work.port);
    }
  }

  /** `script` gives the shell its pseudo terminal; the name of that comes on file descriptor 3. */
  private openShell(command: string): void {
    const line = `tty >&3; exec 3>&-; ${command}`;
    const args =
      process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", line] : ["-qfec", line, "/dev/null"];
    const child = this.start("script", args, ["pipe", "pipe", "pipe", "pipe"]);
    (child.stdio[3] as Socket).on("data", (data: Buffer) => {
      this.terminal += data.toString("utf8");
      if (this.terminal.endsWith("\n")) this.resize();
    });
    child.once("close", () => this.end(""));
  }

  private runCommand(command: string): void {
    const child = this.start("sh", ["-c", command], ["pipe", "pipe", "pipe"]);
    child.once("close", (code) => {
      this.stream.send(PAYLOAD.exitCode, Buffer.from(String(code ?? 137)));
      this.endWhenRead();
    });
  }

  private start(command: string, args: readonly string[], stdio: "pipe"[]): ChildProcess {
    const { env, cwd } = this.options;
    const child = spawn(command, args, { env, cwd, stdio, detached: true });
    this.child = child;
    child.once("error", (error) => this.end(error.message));
    child.stdin!.on("error", () => undefined); // it has ended: "close" follows
    child.stdout!.on("data", (data: Buffer) => this.output(PAYLOAD.output, data));
    child.stderr!.on("data", (data: Buffer) => this.output(PAYLOAD.stdErr, data));
    return child;
  }

  private openPort(host: string, port: number): void {
    const socket = connect(port, host);
    this.port = socket;
    let isOpen = false;
    socket.once("connect", () => (isOpen = true));
    socket.on("data", (data: Buffer) => this.output(PAYLOAD.output, data));
    socket.on("error", () => undefined);
    socket.once("close", () => {
      if (!isOpen) this.flag(FLAG.connectToPortError);
      this.endWhenRead();
    });
  }

  /** Lets the client read what was written last. */
  private endWhenRead(): void {
    const timer = setInterval(() => {
      if (this.stream.unacknowledged > 0 && this.socket) return;
      clearInterval(timer);
      this.end("");
    }, 10);
  }

  private resize(): void {
    const terminal = this.terminal.trim();
    if (!terminal.startsWith("/dev/") || !this.size) return;
    const { cols, rows } = this.size;
    const flag = process.platform === "darwin" ? "-f" : "-F";
    spawn("stty", [flag, terminal, "rows", String(rows), "cols", String(cols)], { stdio: "ignore" }).on(
      "error",
      () => undefined,
    );
  }

  private output(payloadType: number, data: Buffer): void {
    for (let at = 0; at < data.length; at += CHUNK_BYTES) {
      this.stream.send(payloadType, data.subarray(at, at + CHUNK_BYTES));
    }
  }

  private flag(value: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(value);
    this.stream.send(PAYLOAD.flag, payload);
  }

  private send(payloadType: number, value: unknown): void {
    this.stream.send(payloadType, Buffer.from(JSON.stringify(value)));
  }
}

function sessionType({ kind }: Work): string {
  return { shell: "Standard_Stream", command: "NonInteractiveCommands", port: "Port" }[kind];
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has already ended.
  }
}
