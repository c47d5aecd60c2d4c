import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Databases } from "./databases";
import { isAllowed, type NetworkPlace } from "./security-groups";

export interface TaskNetworkOptions {
  readonly ec2: Pick<EC2Client, "send">;
  readonly databases: Databases;
  /** Where the client lies. */
  readonly place: NetworkPlace;
}

/**
 * How one task or admin box reaches databases: through a port of its own, which asks the security groups for each
 * connection.
 */
export class TaskNetwork {
  private readonly doors: Server[] = [];
  private readonly sockets = new Set<Socket>();

  constructor(private readonly options: TaskNetworkOptions) {}

  /** The variables with each pair `…_HOST` and `…_PORT` of a database as it is on this machine. */
  async onThisMachine(variables: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const changed = { ...variables };
    for (const [name, host] of Object.entries(variables)) {
      const portName = name.replace(/_HOST$/, "_PORT");
      if (portName === name || variables[portName] === undefined) continue;
      const door = await this.doorTo(host, Number(variables[portName]));
      if (door === undefined) continue;
      changed[name] = "localhost";
      changed[portName] = String(door);
    }
    return changed;
  }

  /** Opens a port on localhost that leads to a database; `undefined` if that host and port are none. */
  async doorTo(host: string, port: number): Promise<number | undefined> {
    const database = await this.options.databases.at(host);
    return database?.port === port ? this.openDoor(host) : undefined;
  }

  close(): void {
    for (const door of this.doors) door.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async openDoor(host: string): Promise<number> {
    const door = createServer((socket) => {
      this.keep(socket);
      this.connect(socket, host).catch(() => socket.destroy());
    });
    this.doors.push(door);
    await new Promise<void>((resolve, reject) => {
      door.once("error", reject);
      door.listen(0, "localhost", resolve);
    });
    return (door.address() as AddressInfo).port;
  }

  private async connect(socket: Socket, host: string): Promise<void> {
    const { databases, ec2, place } = this.options;
    const database = await databases.at(host);
    // Security groups drop packets: the client waits until it gives up. Connections that are open stay open.
    if (database && !(await isAllowed(ec2, place, database.place, database.port))) return;
    if (database?.server.pid === undefined) {
      socket.resetAndDestroy(); // nobody listens
      return;
    }
    const there = connect(database.server.port, "127.0.0.1");
    this.keep(there);
    socket.pipe(there).pipe(socket);
    socket.once("close", () => there.destroy());
    there.once("error", () => socket.resetAndDestroy());
    there.once("close", () => socket.destroy());
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.sockets.delete(socket));
  }
}
