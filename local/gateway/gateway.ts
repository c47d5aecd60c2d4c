import {
  createServer,
  Agent,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { LocalClock } from "../clock";
import type { DataPlane } from "../data-plane";
import { attemptOf, CallLog } from "./call-log";
import type { Answer, Call, Forward } from "./call";
import { Callers, refuse, unknownCaller } from "./callers";
import { Delays } from "./delays";
import { Endpoints } from "./endpoints";
import { saidByAws } from "./error-shape";
import { faultAnswer, Faults, type Fault } from "./faults";
import { Functions, type RunFunction } from "./functions";
import { recognise } from "./operation";
import { Quotas } from "./quotas";
import { QueuePolling } from "./queue-polling";
import { send } from "./send";
import { servicePatches } from "./services";
import { Boxes } from "./services/boxes";
import type { SessionsOptions } from "../sessions";

export interface GatewayOptions {
  readonly accountId: string;
  readonly region: string;
  /** moto's socket. */
  readonly motoSocket: string;
  /** The access key of callers. They may also use those that the security token service gives them. */
  readonly accessKeyId: string;
  /** File for the call log, as JSON lines; kept in memory only if absent. */
  readonly callLogFile?: string;
  /** Runs Lambda functions. @default `Invoke` is left to moto, which needs Docker for it */
  readonly runFunction?: RunFunction;
  /** Runs tasks and load balancers. @default they are records */
  readonly dataPlane?: DataPlane;
  /** Where the shells of sessions run. @default there are no sessions */
  readonly sessions?: SessionsOptions;
}

/** The AWS endpoint of the local AWS: moto with its gaps filled, faults on demand, and a log of every call. */
export interface Gateway {
  readonly port: number;
  readonly faults: Faults;
  readonly delays: Delays;
  readonly quotas: Quotas;
  readonly clock: LocalClock;
  readonly calls: CallLog;
  /** Instances of fleets; `undefined` without sessions. */
  readonly boxes: Boxes | undefined;
  /** Another access key that may call, of another account if one is given. */
  admit(accessKeyId: string, accountId: string): void;
  stop(): Promise<void>;
}

/**
 * Listens on a free loopback port. It runs what its callers deploy, and any web page or other user on this machine can
 * reach a loopback port, so calls through a foreign host name, from a page, or without the access key are refused.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const faults = new Faults();
  const calls = new CallLog(options.callLogFile);
  const clock = new LocalClock();
  const port = () => (server.address() as AddressInfo).port;
  const delays = new Delays();
  const quotas = new Quotas();
  const agent = new Agent({ keepAlive: true });
  const forward: Forward = async (call) => saidByAws(call, await send(call, options.motoSocket, agent));
  const functions = new Functions(options.runFunction);
  const endpoints = new Endpoints(functions);
  const polling = new QueuePolling(functions, forward);
  const callers = new Callers(options.accessKeyId, options.accountId);
  const isKnown = (query: URLSearchParams) => callers.accountOf({ headers: {}, query }) !== undefined;
  const { accountId, region, dataPlane } = options;
  const boxes =
    options.sessions && new Boxes({ ...options.sessions, accountId, region, clock, port, isKnown, forward });
  const patches = servicePatches({
    functions,
    endpoints,
    polling,
    delays,
    quotas,
    clock,
    dataPlane,
    boxes,
  });
  const sockets = new Set<Socket>();

  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing).catch((error: Error) => {
      if (outgoing.headersSent) outgoing.destroy();
      else
        reply(outgoing, {
          status: 502,
          headers: { "content-type": "text/plain" },
          body: Buffer.from(`gateway: ${error.stack}\n`),
        });
    });
  });
  server.on("upgrade", (incoming, connection, head) => {
    if (boxes && refuse(incoming, port()) === undefined) boxes.accept(incoming, connection, head);
    else connection.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
  });
  server.keepAliveTimeout = 60_000;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const started = Date.now();
    const refusal = refuse(incoming, port());
    if (refusal) return turnAway(incoming, outgoing, refusal);
    const read = await readCall(incoming, options);
    const log = (named: Pick<Call, "service" | "operation" | "resource">, status: number, fault?: string) =>
      calls.add({
        time: new Date(started).toISOString(),
        service: named.service,
        operation: named.operation,
        resource: named.resource,
        status,
        attempt: attemptOf(read.headers),
        milliseconds: Date.now() - started,
        ...(fault !== undefined && { fault }),
      });
    const answered = await endpoints.answer(read, forward);
    if (answered) {
      reply(outgoing, answered, read.method);
      return log(answered, answered.status);
    }
    const accountId = callers.accountOf(read);
    if (accountId === undefined) return reply(outgoing, unknownCaller(read), read.method);
    const call = { ...read, accountId };
    const fired = faults.next(call);
    log(call, await answer(call, fired?.fault, outgoing), fired?.rule.id);
  }

  /** Answers and returns the status sent, 0 for a closed connection. */
  async function answer(call: Call, fault: Fault | undefined, outgoing: ServerResponse): Promise<number> {
    if (fault?.kind === "connectionClosed" && fault.when === "beforeHeaders") {
      outgoing.destroy();
      return 0;
    }
    const heldAt = fault?.kind === "held" ? (fault.when ?? "before") : undefined;
    const hold = async (fault: Fault) => {
      if (fault.kind !== "held") return;
      fault.reached?.();
      await fault.until;
    };
    if (fault && heldAt === "before") await hold(fault);
    const injected = fault && faultAnswer(fault, call);
    const patch = patches.get(call.service);
    const result = injected ?? (await (patch ? patch(call, forward) : forward(call)));
    if (fault?.kind === "connectionClosed") {
      const half = result.body.subarray(0, Math.floor(result.body.length / 2));
      outgoing.writeHead(result.status, { ...result.headers, "content-length": result.body.length });
      outgoing.write(half, () => outgoing.destroy());
      return 0;
    }
    if (fault && heldAt === "after") await hold(fault);
    callers.learn(call, result);
    reply(outgoing, result, call.method);
    return result.status;
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: port(),
    faults,
    delays,
    quotas,
    clock,
    calls,
    boxes,
    admit: (accessKeyId, accountId) => callers.admit(accessKeyId, accountId),
    stop: async () => {
      await clock.stop();
      await boxes?.stop();
      polling.stopAll();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
}

async function readCall(incoming: IncomingMessage, options: GatewayOptions): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  // A client that uses the gateway as its proxy sends the whole address (S3 Control has the account id in the host).
  const target = (incoming.url ?? "/").replace(/^https?:\/\/[^/]+/, "");
  const [path = "/", search] = splitOnce(target, "?");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const wire = {
    method: incoming.method ?? "GET",
    path,
    query: new URLSearchParams(search),
    rawQuery: search === undefined ? "" : `?${search}`,
    headers,
    body: Buffer.concat(chunks),
  };
  return { ...wire, ...recognise(wire), accountId: options.accountId, region: options.region };
}

/** Answers without reading the call, and closes the connection. */
function turnAway(incoming: IncomingMessage, outgoing: ServerResponse, reason: string): void {
  reply(outgoing, {
    status: 403,
    headers: { "content-type": "text/plain", connection: "close" },
    body: Buffer.from(`local AWS: ${reason}\n`),
  });
  incoming.resume();
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function reply(
  outgoing: ServerResponse,
  answer: Pick<Answer, "status" | "body"> & { readonly headers: OutgoingHttpHeaders },
  method = "GET",
): void {
  const headers =
    method === "HEAD" ? answer.headers : { ...answer.headers, "content-length": String(answer.body.length) };
  outgoing.writeHead(answer.status, headers);
  outgoing.end(method === "HEAD" ? undefined : answer.body);
}
