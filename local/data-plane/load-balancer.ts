import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import { tunnel } from "../../operations/control-plane/tunnel";
import type { ElbReader, ListenerState, LoadBalancerState } from "./elb-state";
import type { LoadBalancerAlarms } from "./load-balancer-alarms";
import { answer, page, redirect } from "./load-balancer-answers";
import { askedOf, endToEnd, forwardedHeaders } from "./load-balancer-headers";
import { actionsFor, type Asked } from "./rules";
import type { Registration, TargetGroups } from "./target-groups";

export interface LoadBalancerOptions {
  readonly arn: string;
  readonly elb: ElbReader;
  readonly targets: TargetGroups;
  readonly alarms: Pick<LoadBalancerAlarms, "serverError">;
}

/** A load balancer on loopback: one port for each of its listeners. TLS ends before it: an HTTPS listener speaks HTTP. */
export class LocalLoadBalancer {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });
  private readonly front: Server;
  /** By ARN of the listener; the first of them has the front door. */
  private readonly servers = new Map<string, Server>();

  private readonly arn: string;
  private readonly elb: ElbReader;
  private readonly targets: TargetGroups;

  private constructor(private readonly options: LoadBalancerOptions) {
    ({ arn: this.arn, elb: this.elb, targets: this.targets } = options);
    this.front = this.createServer(({ listeners }) => listeners.find(isFirst) ?? listeners[0]);
  }

  /** Opens the front door, before there is a listener: its address is the load balancer's name. */
  static async open(options: LoadBalancerOptions): Promise<LocalLoadBalancer> {
    const loadBalancer = new LocalLoadBalancer(options);
    await listen(loadBalancer.front);
    return loadBalancer;
  }

  /** `127.0.0.1:<port>` of the front door: the listener on port 80, else the first. */
  get address(): string {
    return addressOf(this.front);
  }

  /** Opens doors for new listeners and closes those of deleted ones. */
  async follow({ listeners }: LoadBalancerState): Promise<void> {
    const first = listeners.find(isFirst) ?? listeners[0];
    const others = listeners.filter((one) => one !== first).map(({ listener }) => listener.ListenerArn!);
    for (const arn of others) {
      if (this.servers.has(arn)) continue;
      const server = this.createServer((state) =>
        state.listeners.find(({ listener }) => listener.ListenerArn === arn),
      );
      this.servers.set(arn, server);
      await listen(server);
    }
    for (const [arn, server] of this.servers) {
      if (others.includes(arn)) continue;
      this.servers.delete(arn);
      await close(server);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.front, ...this.servers.values()].map(close));
    this.agent.destroy();
  }

  private createServer(find: (state: LoadBalancerState) => ListenerState | undefined): Server {
    const server = createServer((incoming, outgoing) => {
      this.handle(incoming, outgoing, find).catch(() => outgoing.destroy());
    });
    server.keepAliveTimeout = 60_000;
    // Node answers an upgrade and a CONNECT only by hand; a listener has rules for both.
    server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      this.upgrade(incoming, { socket, head }, find).catch(() => socket.destroy());
    });
    server.on("connect", (_request, socket) => socket.destroy());
    return server;
  }

  private async handle(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    find: (state: LoadBalancerState) => ListenerState | undefined,
  ): Promise<void> {
    const decision = await this.decide(incoming, find);
    if (!decision) {
      outgoing.destroy(); // no listener: on AWS nothing would accept the connection
      return;
    }
    const { action, asked, found, state } = decision;
    switch (action?.Type) {
      case "fixed-response": {
        const { StatusCode, ContentType, MessageBody } = action.FixedResponseConfig ?? {};
        return answer(outgoing, Number(StatusCode), MessageBody ?? "", ContentType);
      }
      case "redirect":
        return redirect(outgoing, action, asked, found.listener.Port!, this.redirectHost(state));
      case "forward": {
        const registration = this.targets.next(targetGroupOf(action));
        if (!registration) return this.fail(outgoing, 503, "503 Service Temporarily Unavailable");
        return this.forward(incoming, outgoing, { asked, registration, found, state });
      }
      default:
        return this.fail(outgoing, 500, "500 Internal Server Error");
    }
  }

  private async decide(
    incoming: IncomingMessage,
    find: (state: LoadBalancerState) => ListenerState | undefined,
  ) {
    const state = (await this.elb.current()).loadBalancers.get(this.arn);
    const found = state && find(state);
    if (!found) return undefined;
    const asked = askedOf(incoming);
    const actions = actionsFor(found.rules, found.listener.DefaultActions ?? [], asked);
    return { action: actions.find(({ Type }) => !Type?.startsWith("authenticate-")), asked, found, state };
  }

  /** A WebSocket goes to a target if a request of its path would; else it gets the same answer as that request. */
  private async upgrade(
    incoming: IncomingMessage,
    { socket, head }: { readonly socket: Socket; readonly head: Buffer },
    find: (state: LoadBalancerState) => ListenerState | undefined,
  ): Promise<void> {
    const decision = await this.decide(incoming, find);
    const registration =
      decision?.action?.Type === "forward" ? this.targets.next(targetGroupOf(decision.action)) : undefined;
    if (!decision || !registration) {
      const outgoing = new ServerResponse(incoming);
      outgoing.assignSocket(socket);
      outgoing.once("finish", () => socket.end());
      return this.handle(incoming, outgoing, find);
    }
    const { connection, upgrade } = incoming.headers;
    const target = httpRequest({
      ...{ host: "127.0.0.1", port: registration.target.hostPort, agent: false },
      ...{ method: incoming.method, path: incoming.url },
      headers: { ...forwardedHeaders(incoming, decision.asked, decision.found), connection, upgrade },
    });
    tunnel(target, { socket, head });
  }

  private forward(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    way: { asked: Asked; registration: Registration; found: ListenerState; state: LoadBalancerState },
  ): void {
    const { asked, registration, found, state } = way;
    registration.inFlight++;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      registration.inFlight--;
      if (registration.inFlight === 0) registration.onIdle?.();
    };
    const target = httpRequest(
      {
        host: "127.0.0.1",
        port: registration.target.hostPort,
        agent: this.agent,
        method: incoming.method,
        path: incoming.url,
        headers: forwardedHeaders(incoming, asked, found),
        timeout: state.idleTimeoutSeconds * 1000,
      },
      (response) => {
        if (response.statusCode! >= 500)
          this.options.alarms.serverError(this.arn, "HTTPCode_Target_5XX_Count");
        outgoing.writeHead(response.statusCode!, response.statusMessage, endToEnd(response.rawHeaders));
        response.pipe(outgoing);
        response.on("error", () => outgoing.destroy());
      },
    );
    target.on("timeout", () => {
      this.fail(outgoing, 504, "504 Gateway Time-out");
      target.destroy();
    });
    target.on("error", () => this.fail(outgoing, 502, "502 Bad Gateway"));
    outgoing.on("close", () => {
      over();
      target.destroy();
    });
    incoming.pipe(target);
  }

  private fail(outgoing: ServerResponse, code: number, title: string): void {
    if (outgoing.closed) return; // the client has gone
    this.options.alarms.serverError(this.arn, "HTTPCode_ELB_5XX_Count");
    if (outgoing.headersSent) outgoing.destroy();
    else answer(outgoing, code, page(title));
  }

  /** Where a redirect to a port of this load balancer leads on this machine. */
  private redirectHost(state: LoadBalancerState) {
    return (port: string): string | undefined => {
      const found = state.listeners.find(({ listener }) => String(listener.Port) === port);
      const server = found && (this.servers.get(found.listener.ListenerArn!) ?? this.front);
      return server && addressOf(server);
    };
  }
}

function isFirst({ listener }: ListenerState): boolean {
  return listener.Port === 80;
}

function targetGroupOf({ ForwardConfig, TargetGroupArn }: Action): string {
  const groups = ForwardConfig?.TargetGroups ?? [];
  if (groups.length === 0) return TargetGroupArn ?? "";
  const total = groups.reduce((sum, { Weight = 1 }) => sum + Weight, 0);
  let at = Math.random() * total;
  return (groups.find(({ Weight = 1 }) => (at -= Weight) < 0) ?? groups[0]!).TargetGroupArn!;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function addressOf(server: Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
