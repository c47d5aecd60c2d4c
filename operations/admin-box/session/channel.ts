import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import { UserError } from "../../../contract/user-error";
import { CHUNK_BYTES, decode, FLAG, PAYLOAD, type Message } from "./message";
import { Stream } from "./stream";

/** Where a session can be joined; SSM's StartSession and ResumeSession answer it. */
export interface Address {
  readonly sessionId: string;
  readonly streamUrl: string;
  /** A secret. */
  readonly token: string;
}

export interface ChannelOptions {
  /** Joins the session again after the connection broke; `undefined` when it has ended. */
  readonly resume: () => Promise<Address | undefined>;
  readonly onOutput: (data: Buffer, stream: "stdout" | "stderr") => void;
  /** Milliseconds between pings, and without an answer after which the connection counts as broken. @default 30 s, 75 s */
  readonly patience?: { readonly pingMs: number; readonly silenceMs: number };
  /** Version that the agent sees; it decides what the agent offers. @default a version that gets exit codes */
  readonly clientVersion?: string;
}

/** How a session ended. */
export interface Ended {
  /** What the agent said last. */
  readonly message: string;
  /** Exit code of the command, where the session runs one. */
  readonly exitCode?: number;
}

/** Exit codes need 1.2.313.0: https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/appconfig/constants.go */
const CLIENT_VERSION = "1.2.650.0";
const TICK_MS = 100;
const PATIENCE = { pingMs: 30_000, silenceMs: 75_000 };
/** Waiting times before each attempt to resume; after the last one the session is given up. */
const RESUME_AFTER_MS = [100, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** The agent answers what it cannot do with this status. */
const UNSUPPORTED = 3;
const DONE = 1;

/** The client's end of a session: what `session-manager-plugin` does, without the plugin. */
export class Channel {
  private readonly stream: Stream;
  private socket: WebSocket | undefined;
  private readonly timer: NodeJS.Timeout;
  private heardAt = performance.now();
  private pingedAt = performance.now();
  private exitCode: number | undefined;
  /** Attempts to resume since the agent was last heard. */
  private attempts = 0;
  private readonly end = deferred<Ended>();
  private readonly begin = deferred<void>();

  /** Resolves when the session has ended; rejects when it was lost. */
  readonly ended = this.end.promise;
  /** Resolves when the shell can take input. */
  readonly ready = this.begin.promise;

  constructor(
    address: Address,
    private readonly options: ChannelOptions,
  ) {
    this.ended.catch(() => undefined); // it may be awaited later
    this.ready.catch(() => undefined);
    this.stream = new Stream({
      sends: "input_stream_data",
      transmit: (bytes) => {
        if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(bytes);
      },
      deliver: (message) => this.deliver(message),
      now: () => performance.now(),
    });
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.connect(address);
  }

  /** Number of messages that the agent has not acknowledged. */
  get backlog(): number {
    return this.stream.unacknowledged;
  }

  write(data: Buffer): void {
    for (let at = 0; at < data.length; at += CHUNK_BYTES) {
      this.stream.send(PAYLOAD.output, data.subarray(at, at + CHUNK_BYTES));
    }
  }

  resize(columns: number, rows: number): void {
    this.stream.send(PAYLOAD.size, Buffer.from(JSON.stringify({ cols: columns, rows })));
  }

  /** Asks the agent to end the session. */
  terminate(): void {
    const flag = Buffer.alloc(4);
    flag.writeUInt32BE(FLAG.terminateSession);
    this.stream.send(PAYLOAD.flag, flag);
  }

  /** Lets the connection go; the session may go on. Twice is harmless. */
  close(message = "closed"): void {
    this.finish({ message });
  }

  private connect({ streamUrl, token }: Address): void {
    const socket = new WebSocket(streamUrl, { handshakeTimeout: 15_000, perMessageDeflate: false });
    this.socket = socket;
    this.heardAt = this.pingedAt = performance.now();
    socket.on("open", () => {
      socket.send(
        JSON.stringify({
          MessageSchemaVersion: "1.0",
          RequestId: randomUUID(),
          TokenValue: token,
          ClientId: randomUUID(),
          ClientVersion: this.clientVersion,
        }),
      );
      this.stream.reconnected();
    });
    socket.on("message", (data: Buffer) => this.receive(data));
    socket.on("pong", () => (this.heardAt = performance.now()));
    socket.on("error", () => undefined); // "close" follows
    socket.on("close", () => {
      if (this.socket === socket) void this.resume();
    });
  }

  private receive(data: Buffer): void {
    this.heardAt = performance.now();
    this.attempts = 0;
    const message = decode(data);
    if (!message) return;
    if (message.type === "channel_closed") {
      return this.finish({ message: closingWords(message), exitCode: this.exitCode });
    }
    this.stream.receive(message);
  }

  private deliver({ payloadType, payload }: Message): void {
    switch (payloadType) {
      case PAYLOAD.output:
        this.begin.resolve();
        return this.options.onOutput(payload, "stdout");
      case PAYLOAD.error:
      case PAYLOAD.stdErr:
        return this.options.onOutput(payload, "stderr");
      case PAYLOAD.exitCode:
        this.exitCode = Number(payload.toString("utf8"));
        return;
      case PAYLOAD.handshakeRequest:
        return this.shakeHands(payload);
      case PAYLOAD.handshakeComplete:
        return this.begin.resolve();
      case PAYLOAD.flag:
        if (payload.readUInt32BE(0) === FLAG.connectToPortError) {
          this.fail(new UserError("The box cannot reach that host and port."));
        }
        return;
    }
  }

  private get clientVersion(): string {
    return this.options.clientVersion ?? CLIENT_VERSION;
  }

  private shakeHands(payload: Buffer): void {
    const { RequestedClientActions: actions = [] } = JSON.parse(payload.toString("utf8")) as {
      readonly RequestedClientActions?: readonly { readonly ActionType: string }[];
    };
    const answers = actions.map(({ ActionType }) =>
      ActionType === "SessionType"
        ? { ActionType, ActionStatus: DONE, ActionResult: null, Error: "" }
        : {
            ActionType,
            ActionStatus: UNSUPPORTED,
            ActionResult: null,
            Error: `Unsupported action ${ActionType}`,
          },
    );
    const refused = answers.filter(({ ActionStatus }) => ActionStatus !== DONE);
    this.stream.send(
      PAYLOAD.handshakeResponse,
      Buffer.from(
        JSON.stringify({
          ClientVersion: this.clientVersion,
          ProcessedClientActions: answers,
          Errors: refused.map((answer) => answer.Error),
        }),
      ),
    );
    if (refused.some(({ ActionType }) => ActionType === "KMSEncryption")) {
      this.fail(
        new UserError(
          "The session document asks for KMS encryption of the session, which only --plugin supports.",
        ),
      );
    }
  }

  private tick(): void {
    const now = performance.now();
    const { pingMs, silenceMs } = this.options.patience ?? PATIENCE;
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (now - this.heardAt > silenceMs) return this.socket.terminate();
    if (now - this.pingedAt > pingMs) {
      this.pingedAt = now;
      this.socket.ping();
    }
    this.stream.tick();
  }

  private async resume(): Promise<void> {
    this.socket = undefined;
    if (this.end.settled) return;
    const wait = RESUME_AFTER_MS[this.attempts++];
    if (wait === undefined) {
      return this.fail(
        new UserError("The connection to the box was lost and did not come back within a minute."),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.end.settled) return;
    let address: Address | undefined;
    try {
      address = await this.options.resume();
    } catch {
      return this.resume(); // the network is still away
    }
    if (address) this.connect(address);
    else this.finish({ message: "The session has ended.", exitCode: this.exitCode });
  }

  private finish(ended: Ended): void {
    this.release();
    this.begin.resolve();
    this.end.resolve(ended);
  }

  private fail(error: Error): void {
    this.release();
    this.begin.reject(error);
    this.end.reject(error);
  }

  private release(): void {
    clearInterval(this.timer);
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
  }
}

function closingWords({ payload }: Message): string {
  try {
    const { Output } = JSON.parse(payload.toString("utf8")) as { readonly Output?: string };
    return Output ?? "";
  } catch {
    return "";
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly settled: boolean;
  resolve(value: T): void;
  reject(error: Error): void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  let settled = false;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return {
    promise,
    get settled() {
      return settled;
    },
    resolve: (value) => {
      settled = true;
      resolve(value);
    },
    reject: (error) => {
      settled = true;
      reject(error);
    },
  };
}
