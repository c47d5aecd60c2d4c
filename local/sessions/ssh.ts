import type { Duplex } from "node:stream";
import { Server, utils, type Connection, type ParsedKey, type Session } from "ssh2";
import { Terminal, type TerminalSize } from "./terminal";

/** Whom a login is for. */
export interface Login {
  readonly instanceId: string;
  readonly user: string;
}

export interface SshOptions {
  /** Where the shell of a login starts, and with which environment. */
  readonly place: (login: Login) => { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
}

/** EC2 Instance Connect keeps a key for so long. */
const KEY_MS = 60_000;

interface Admitted extends Login {
  readonly key: ParsedKey;
  readonly until: number;
}

/** The SSH servers of instances: each lets in who has a key that was sent to it within the last minute. */
export class Ssh {
  private keys: Admitted[] = [];
  private readonly open = new Map<Connection, string>();
  private hostKey: string | undefined;

  constructor(private readonly options: SshOptions) {}

  /** Lets a key in for a minute. Returns whether it is a public key. */
  admit(login: Login, publicKey: string): boolean {
    const key = utils.parseKey(publicKey);
    if (key instanceof Error || key.isPrivateKey()) return false;
    this.keys = this.keys.filter(({ until }) => until > Date.now());
    this.keys.push({ ...login, key, until: Date.now() + KEY_MS });
    return true;
  }

  /** Takes a connection to the SSH server of an instance. */
  serve(instanceId: string, stream: Duplex): void {
    this.hostKey ??= utils.generateKeyPairSync("ed25519").private;
    new Server({ hostKeys: [this.hostKey] }, (connection) => {
      this.open.set(connection, instanceId);
      connection.once("close", () => this.open.delete(connection));
      connection.on("error", () => undefined); // "close" follows
      this.authenticate(connection, instanceId);
    }).injectSocket(stream as never);
  }

  /** Ends the connections of an instance that is gone. */
  endOf(instanceId: string): void {
    for (const [connection, of] of this.open) if (of === instanceId) connection.end();
  }

  stop(): void {
    for (const connection of this.open.keys()) connection.end();
  }

  private authenticate(connection: Connection, instanceId: string): void {
    let user = "";
    connection.on("authentication", (attempt) => {
      if (attempt.method !== "publickey") return attempt.reject(["publickey"]);
      const { key, signature, blob, hashAlgo } = attempt;
      const found = this.keys.find(
        (one) =>
          one.instanceId === instanceId &&
          one.user === attempt.username &&
          one.until > Date.now() &&
          one.key.type === key.algo &&
          one.key.getPublicSSH().equals(key.data),
      );
      if (!found || (signature && found.key.verify(blob!, signature, hashAlgo) !== true))
        return attempt.reject();
      user = attempt.username;
      attempt.accept();
    });
    connection.on("ready", () =>
      connection.on("session", (accept) => this.serveShell(accept(), { instanceId, user })),
    );
  }

  private serveShell(session: Session, login: Login): void {
    let size: TerminalSize | undefined;
    let terminal: Terminal | undefined;
    const resize = (info: TerminalSize) => {
      size = info;
      terminal?.resize(info);
    };
    session.on("pty", (accept, _reject, info) => {
      resize(info);
      accept?.();
    });
    session.on("window-change", (accept, _reject, info) => {
      resize(info);
      accept?.();
    });
    session.on("shell", (accept) => {
      const channel = accept();
      terminal = new Terminal({
        ...this.options.place(login),
        size,
        command: "exec bash --norc --noprofile -i",
        onOutput: (data) => channel.write(data),
        onEnd: (exitCode = 129) => {
          channel.exit(exitCode);
          channel.end();
        },
      });
      channel.on("data", (data: Buffer) => terminal!.write(data));
      channel.once("close", () => terminal!.kill());
    });
  }
}
