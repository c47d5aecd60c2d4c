import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../../contract/user-error";
import type { LocalMockServer } from "../server";
import type { SentRequest } from "../server/mismatch";
import { TRACE_HEADER, type Trace } from "../server/trace";

/** A request that MockServer has answered. */
export interface Forwarded {
  readonly request: SentRequest;
  /** `undefined` when the connection was dropped. */
  readonly status?: number;
  readonly trace: Trace;
}

/** What the front needs of MockServer. */
type Answering = Pick<LocalMockServer, "port" | "trace">;

export interface FrontOptions {
  /** On 127.0.0.1; 0 for any that is free. */
  readonly port: number;
  readonly onAnswer: (forwarded: Forwarded) => void;
}

/** A door in front of MockServer that marks each request, so that its way through the expectations can be told. */
export class Front {
  private requests = 0;
  /** Ends when everything about the answers so far was told. */
  private told: Promise<void> = Promise.resolve();
  private readonly server: Server;

  private constructor(
    private readonly mockServer: Answering,
    private readonly onAnswer: FrontOptions["onAnswer"],
  ) {
    this.server = createServer((request, response) => void this.pass(request, response));
  }

  /** @throws UserError when the port is in use */
  static async open(mockServer: Answering, { port, onAnswer }: FrontOptions): Promise<Front> {
    const front = new Front(mockServer, onAnswer);
    await new Promise<void>((resolve, reject) => {
      front.server.once("error", ({ code, message }: NodeJS.ErrnoException) =>
        reject(
          new UserError(
            code === "EADDRINUSE"
              ? `Port ${port} is in use: choose another one with --port.`
              : `Port ${port} cannot be used (${message}): choose another one with --port.`,
          ),
        ),
      );
      front.server.listen(port, "127.0.0.1", resolve);
    });
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = `${process.pid}-${++this.requests}`;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const { method = "GET", url = "/", rawHeaders } = request;
    const status = await this.forward(request, response, body, id);
    const traced = this.mockServer.trace(id).catch((): Trace => ({ rejected: [], ended: false }));
    // In the order of the answers, whichever trace comes first.
    this.told = Promise.all([traced, this.told]).then(([trace]) =>
      this.onAnswer({
        request: {
          method,
          path: url,
          headers: pairsOf(rawHeaders),
          ...(body.length > 0 && { body: body.toString() }),
        },
        ...(status !== undefined && { status }),
        trace,
      }),
    );
  }

  private forward(
    { method, url, rawHeaders }: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    id: string,
  ): Promise<number | undefined> {
    return new Promise((resolve) => {
      const sending = httpRequest(
        {
          ...{ host: "127.0.0.1", port: this.mockServer.port, method, path: url },
          headers: [...rawHeaders, TRACE_HEADER, id],
          agent: false,
        },
        (answer) => {
          response.writeHead(answer.statusCode!, answer.statusMessage, answer.rawHeaders);
          answer.pipe(response);
          answer.once("close", () => resolve(answer.statusCode));
        },
      );
      // An expectation may drop the connection; so does this.
      sending.once("error", () => {
        response.destroy();
        resolve(undefined);
      });
      sending.end(body);
    });
  }
}

function pairsOf(raw: readonly string[]): (readonly [string, string])[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1]!] as const] : []));
}
