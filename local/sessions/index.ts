import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocketServer, type WebSocket } from "ws";
import { AgentSession, type Work } from "./session";
import { Ssh, type Login } from "./ssh";

export interface SessionsOptions {
  /** Folder in which the shells start, one for each instance. */
  readonly folder: string;
  /** Environment of the local AWS; shells get no more than it takes to use it. */
  readonly env: () => NodeJS.ProcessEnv;
}

export interface OpenSession {
  readonly id: string;
  readonly target: string;
  readonly documentName: string;
  readonly reason: string | undefined;
  readonly startedAt: string;
  endedAt?: string;
}

interface Entry extends OpenSession {
  token: string;
  readonly agent: AgentSession;
}

/** How to join a session. */
export interface Ticket {
  readonly SessionId: string;
  readonly StreamUrl: string;
  readonly TokenValue: string;
}

const PATH = /^\/v1\/data-channel\/([\w.@-]+)(?:\?|$)/;

/** Session Manager's sessions: each has a real shell, command or connection on this machine behind it. */
export class Sessions {
  private readonly byId = new Map<string, Entry>();
  private readonly server = new WebSocketServer({ noServer: true });

  /** Logins with SSH, which are no sessions of Session Manager. */
  readonly ssh = new Ssh({ place: (login) => this.place(login) });

  constructor(private readonly options: SessionsOptions) {}

  start(
    session: {
      readonly target: string;
      readonly documentName: string;
      readonly reason?: string;
      readonly work: Work;
    },
    port: number,
  ): Ticket {
    const { target, documentName, reason, work } = session;
    const id = `local-${randomBytes(8).toString("hex")}`;
    const agent = new AgentSession({
      work,
      ...this.place({ instanceId: target, user: "ssm-user" }),
      onEnd: () => (entry.endedAt = new Date().toISOString()),
    });
    const startedAt = new Date().toISOString();
    const entry: Entry = { id, target, documentName, reason, startedAt, token: newToken(), agent };
    this.byId.set(id, entry);
    return this.ticket(entry, port);
  }

  /** A new ticket; `undefined` if the session has ended. */
  resume(id: string, port: number): Ticket | undefined {
    const entry = this.byId.get(id);
    if (!entry || entry.endedAt !== undefined) return undefined;
    entry.token = newToken();
    return this.ticket(entry, port);
  }

  all(): readonly OpenSession[] {
    return [...this.byId.values()];
  }

  terminate(id: string): void {
    this.byId.get(id)?.agent.end("Session terminated.");
  }

  /** Ends the sessions of an instance that is gone. */
  endOf(target: string): void {
    for (const entry of this.byId.values())
      if (entry.target === target) entry.agent.end("The instance stopped.");
    this.ssh.endOf(target);
  }

  /** Takes a connection to a session's address: the first message must carry its token. */
  accept(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const entry = this.byId.get(PATH.exec(request.url ?? "")?.[1] ?? "");
    if (!entry || entry.endedAt !== undefined) {
      connection.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
      return;
    }
    this.server.handleUpgrade(request, connection, head, (socket: WebSocket) => {
      socket.on("error", () => undefined);
      socket.once("message", (data: Buffer) => {
        if (tokenIn(data) === entry.token) entry.agent.join(socket);
        else socket.close(1008, "wrong token");
      });
    });
  }

  /** Takes a connection to the SSH server of an instance, where a key must have been admitted. */
  acceptSsh(instanceId: string, request: IncomingMessage, connection: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, connection, head, (socket: WebSocket) => {
      const stream = createWebSocketStream(socket);
      stream.on("error", () => undefined); // "close" follows
      this.ssh.serve(instanceId, stream);
    });
  }

  /** Breaks all connections; the sessions go on. */
  disconnect(): void {
    for (const socket of this.server.clients) socket.terminate();
  }

  stop(): void {
    for (const { agent } of this.byId.values()) agent.end("The local AWS stopped.");
    this.ssh.stop();
    this.disconnect();
  }

  /** Where the shell of a login starts, and with which environment. */
  private place({ instanceId, user }: Login) {
    const cwd = join(this.options.folder, instanceId);
    mkdirSync(cwd, { recursive: true });
    const PS1 = `[${user}@${instanceId} \\W]\\$ `;
    return { cwd, env: { ...shellEnvironment(this.options.env()), HOME: cwd, PS1 } };
  }

  private ticket({ id, token }: Entry, port: number): Ticket {
    const StreamUrl = `ws://127.0.0.1:${port}/v1/data-channel/${id}?role=publish_subscribe`;
    return { SessionId: id, StreamUrl, TokenValue: token };
  }
}

function newToken(): string {
  return randomBytes(24).toString("base64url");
}

function tokenIn(data: Buffer): string | undefined {
  try {
    return (JSON.parse(data.toString("utf8")) as { readonly TokenValue?: string }).TokenValue;
  } catch {
    return undefined;
  }
}

/** Nothing of the developer's environment but what a shell needs, and the way to the local AWS. */
function shellEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => /^(PATH|LANG|LC_\w+|AWS_\w+)$/.test(name));
  // With TMUX set, a shell profile starts no tmux: it would join a session of the developer.
  return { LANG: "C.UTF-8", ...Object.fromEntries(kept), TERM: "xterm-256color", TMUX: "none" };
}
