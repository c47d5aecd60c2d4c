import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { LocalClock } from "../../clock";
import { Sessions, type SessionsOptions } from "../../sessions";
import { Instances } from "../../sessions/instances";
import { Capacity } from "./fleets";
import { InstanceConnect, type InstanceConnectOptions } from "./instance-connect";

export interface BoxesOptions extends SessionsOptions, Omit<InstanceConnectOptions, "sessions"> {
  readonly clock: LocalClock;
}

/** What stands behind admin boxes. */
export class Boxes {
  readonly sessions: Sessions;
  readonly instances: Instances;
  readonly connect: InstanceConnect;
  /** What instances fleets get. */
  readonly capacity = new Capacity();
  /** Port of the gateway. */
  readonly port: () => number;

  constructor(options: BoxesOptions) {
    this.sessions = new Sessions(options);
    this.instances = new Instances(options);
    this.connect = new InstanceConnect({ ...options, sessions: this.sessions });
    this.port = options.port;
  }

  /** Takes a connection to a session's address, or to that of a tunnel. */
  accept(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    if (!request.url?.startsWith("/openTunnel?")) this.sessions.accept(request, connection, head);
    else void this.connect.accept(request, connection, head).catch(() => connection.destroy());
  }

  async stop(): Promise<void> {
    this.sessions.stop();
    await this.instances.stop();
  }
}
