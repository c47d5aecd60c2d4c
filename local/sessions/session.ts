import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
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
import { killGroup } from "../../operations/process";
import { Terminal, type TerminalSize } from "./terminal";

/** What a session runs. */
export type Work =
  | { readonly kind: "shell"; readonly command: string }
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "port"; readonly connect: () => Promise<Socket> };

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
  private terminal: Terminal | undefined;
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
    this.port?.destroySoon();
    this.terminal?.kill();
    if (this.child?.pid !== undefined) killGroup(this.child.pid);
    const payload = JSON.stringify({ MessageType: "channel_closed", SchemaVersion: 1, Output: words });
    this.socket?.send(encode({ type: "channel_closed", sequence: 0, payload: Buffer.from(payload) }));
    this.socket?.close();
    this.options.onEnd();
  }

  private deliver({ payloadType, payload }: Message): void {
    switch (payloadType) {
      case PAYLOAD.handshakeResponse:
        void this.begin().catch((error: Error) => this.end(error.message));
        return;
      case PAYLOAD.output:
        (this.terminal ?? this.child?.stdin ?? this.port)?.write(payload);
        return;
      case PAYLOAD.size:
        return this.terminal?.resize(JSON.parse(payload.toString("utf8")) as TerminalSize);
      case PAYLOAD.flag:
        if (payload.readUInt32BE(0) === FLAG.terminateSession) this.end("");
        return;
    }
  }

  private async begin(): Promise<void> {
    const { work } = this.options;
    // Only then does the client write.
    if (work.kind === "port") this.port = await work.connect();
    this.send(PAYLOAD.handshakeComplete, { HandshakeTimeToComplete: 1_000_000, CustomerMessage: "" });
    switch (work.kind) {
      case "shell":
        return this.openShell(work.command);
      case "command":
        return this.runCommand(work.command);
      case "port":
        return this.follow(this.port!);
    }
  }

  private openShell(command: string): void {
    const { env, cwd } = this.options;
    const onOutput = (data: Buffer) => this.output(PAYLOAD.output, data);
    this.terminal = new Terminal({ command, env, cwd, onOutput, onEnd: () => this.end("") });
  }

  private runCommand(command: string): void {
    const { env, cwd } = this.options;
    const child = spawn("sh", ["-c", command], { env, cwd, stdio: "pipe", detached: true });
    this.child = child;
    child.once("error", (error) => this.end(error.message));
    child.stdin.on("error", () => undefined); // it has ended: "close" follows
    child.stdout.on("data", (data: Buffer) => this.output(PAYLOAD.output, data));
    child.stderr.on("data", (data: Buffer) => this.output(PAYLOAD.stdErr, data));
    child.once("close", (code) => {
      this.stream.send(PAYLOAD.exitCode, Buffer.from(String(code ?? 137)));
      this.endWhenRead();
    });
  }

  private follow(socket: Socket): void {
    let isOpen = false;
    socket.once("connect", () => (isOpen = true));
    socket.on("data", (data: Buffer) => this.output(PAYLOAD.output, data));
    socket.on("error", () => undefined);
    socket.once("close", () => {
      if (!isOpen) this.flag(FLAG.connectToPortError);
      this.endWhenRead();
    });
    if (this.isOver) socket.destroy();
  }

  /** Lets the client read what was written last. */
  private endWhenRead(): void {
    const timer = setInterval(() => {
      if (this.stream.unacknowledged > 0 && this.socket) return;
      clearInterval(timer);
      this.end("");
    }, 10);
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
