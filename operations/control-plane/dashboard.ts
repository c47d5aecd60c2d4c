import { randomBytes, timingSafeEqual } from "node:crypto";
import {
  createServer,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { UserError } from "../../contract/user-error";
import { tunnel } from "./tunnel";

/** MockServer's dashboard. */
const DASHBOARD_PATH = "/mockserver/dashboard";
const COOKIE = "automock-dashboard";

/** Headers that concern one connection, or say to MockServer which page asks. */
const NOT_PASSED = new Set([
  ...["connection", "cookie", "host", "keep-alive", "origin", "proxy-connection", "referer", "upgrade"],
]);

export interface DashboardOptions {
  /** Where the stack answers, for example `https://automock.example.com`. */
  readonly url: string;
  /** On 127.0.0.1; 0 for any that is free. */
  readonly port: number;
  /** A valid token; asked for at each request. `undefined` if the control plane takes none. */
  readonly token: () => Promise<string | undefined>;
  /** Added to each request. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Told why a request could not be passed on. */
  readonly log: (line: string) => void;
}

/**
 * A door to the control plane on loopback that adds a token to each request, WebSockets included. It lends its rights
 * to everyone who may pass, so it asks for the secret of `url`, which a browser then keeps as a cookie, and refuses foreign
 * hosts and pages.
 */
export class Dashboard {
  private readonly secret = randomBytes(24).toString("base64url");
  private readonly upgraded = new Set<Duplex>();
  private readonly server: Server;
  private readonly target: URL;

  private constructor(private readonly options: DashboardOptions) {
    this.target = new URL(options.url);
    this.server = createServer((request, response) => void this.pass(request, response));
    this.server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.upgrade(request, socket, head).catch(() => socket.destroy());
    });
  }

  /** @throws UserError when the port cannot be used */
  static async open(options: DashboardOptions): Promise<Dashboard> {
    const dashboard = new Dashboard(options);
    const { port } = options;
    await new Promise<void>((resolve, reject) => {
      dashboard.server.once("error", ({ message }: NodeJS.ErrnoException) =>
        reject(new UserError(`Port ${port} cannot be used (${message}): choose another one with --port.`)),
      );
      dashboard.server.listen(port, "127.0.0.1", resolve);
    });
    return dashboard;
  }

  /** Address for a browser, with the secret. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/?key=${this.secret}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
    for (const socket of this.upgraded) socket.destroy();
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = new URL(request.url ?? "/", "http://x").searchParams.get("key");
    if (this.isOwn(request) && request.url?.startsWith("/?key=") && this.isSecret(key ?? "")) {
      response.writeHead(302, {
        location: DASHBOARD_PATH,
        "set-cookie": `${COOKIE}-${this.port}=${this.secret}; Path=/; HttpOnly; SameSite=Strict`,
        "referrer-policy": "no-referrer",
      });
      response.end();
      return;
    }
    if (!this.mayPass(request)) {
      response.writeHead(403, { "content-type": "text/plain" });
      response.end("Open the address that the dashboard command printed.\n");
      return;
    }
    const sending = await this.send(request).catch((error: Error) => this.fail(response, error));
    if (!sending) return;
    sending.once("response", (answer) => {
      response.writeHead(answer.statusCode!, answer.statusMessage, answer.rawHeaders);
      answer.pipe(response);
    });
    sending.once("error", (error) => this.fail(response, error));
    response.once("close", () => sending.destroy());
    request.pipe(sending);
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    if (!this.mayPass(request)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      return;
    }
    const sending = await this.send(request, { connection: "Upgrade", upgrade: request.headers.upgrade });
    this.upgraded.add(socket);
    socket.once("close", () => this.upgraded.delete(socket));
    sending.once("error", ({ message }) => this.options.log(`The WebSocket was not opened: ${message}`));
    tunnel(sending, { socket, head });
  }

  private async send(
    request: IncomingMessage,
    more: Readonly<Record<string, string | undefined>> = {},
  ): Promise<ClientRequest> {
    const { token, headers: added } = this.options;
    const jwt = await token();
    const headers: OutgoingHttpHeaders = {
      ...Object.fromEntries(Object.entries(request.headers).filter(([name]) => !NOT_PASSED.has(name))),
      ...added,
      ...more,
      ...(jwt !== undefined && { authorization: `Bearer ${jwt}` }),
    };
    const { protocol, hostname, port } = this.target;
    const send = protocol === "https:" ? httpsRequest : httpRequest;
    return send({ hostname, port, method: request.method, path: request.url, headers, agent: false });
  }

  private fail(response: ServerResponse, { message }: Error): undefined {
    this.options.log(`${this.options.url} did not answer: ${message}`);
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { "content-type": "text/plain" }).end(`${message}\n`);
  }

  private mayPass(request: IncomingMessage): boolean {
    const name = `${COOKIE}-${this.port}=`;
    const cookies = (request.headers.cookie ?? "").split(/; */);
    const secret = cookies.find((cookie) => cookie.startsWith(name))?.slice(name.length);
    return this.isOwn(request) && this.isSecret(secret ?? "");
  }

  /** A page that had its name resolve to loopback sends its own `Host`, every other page its `Origin`. */
  private isOwn({ headers: { host, origin } }: IncomingMessage): boolean {
    const own = `127.0.0.1:${this.port}`;
    return host === own && (origin === undefined || origin === `http://${own}`);
  }

  private isSecret(given: string): boolean {
    return (
      given.length === this.secret.length && timingSafeEqual(Buffer.from(given), Buffer.from(this.secret))
    );
  }
}

/** Keeps a token until a third of its time is left. Several requests at once ask for one token. */
export function reused<T extends { readonly expiresAt: Date }>(
  sign: () => Promise<T>,
  { minutes, now }: { readonly minutes: number; readonly now: () => number },
): () => Promise<T> {
  let signing: Promise<T> | undefined;
  let until = 0;
  return async () => {
    if (signing === undefined || now() >= until) {
      until = Infinity;
      signing = sign();
      signing.then(
        ({ expiresAt }) => (until = expiresAt.getTime() - (minutes * 60_000) / 3),
        () => (signing = undefined),
      );
    }
    return signing;
  };
}
