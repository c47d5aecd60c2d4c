import { createServer, type AddressInfo, type Socket } from "node:net";
import { UserError } from "../../contract/user-error";
import type { Box } from "./boxes";
import type { AdminPlace } from "./place";
import { openSession } from "./shell";

export interface ForwardOptions {
  readonly host: string;
  readonly port: number;
  /** Local port; 0 for a free one. */
  readonly localPort: number;
  readonly onProblem: (text: string) => void;
}

export interface Forwarding {
  readonly port: number;
  close(): Promise<void>;
}

const DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost";

/**
 * An agent that sees a version before 1.1.70.0 carries one connection per session as plain bytes, so each connection
 * gets a session of its own; newer versions multiplex. https://github.com/aws/amazon-ssm-agent (agent/session/plugins/port)
 */
const CLIENT_VERSION = "1.1.61.0";

/** How long a session may take to get what a client wrote before it hung up. */
const LAST_WORDS_MS = 5_000;

/**
 * Listens on loopback and carries each connection through the box to a host and port that the box reaches.
 *
 * @throws UserError if the local port is in use
 */
export async function forward(
  place: AdminPlace,
  box: Pick<Box, "id">,
  { host, port, localPort, onProblem }: ForwardOptions,
): Promise<Forwarding> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: false, pauseOnConnect: true }, (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => undefined); // "close" follows
    void carry(socket).catch((error: Error) => {
      onProblem(`${host}:${port}: ${error.message}`);
      socket.destroy();
    });
  });

  async function carry(socket: Socket): Promise<void> {
    const { channel, close } = await openSession(place, box, {
      request: {
        DocumentName: DOCUMENT,
        Parameters: { host: [host], portNumber: [String(port)], localPortNumber: [String(localPort)] },
      },
      clientVersion: CLIENT_VERSION,
      onLate: () => onProblem("The agent is not there yet; waiting on."),
      onOutput: (data) => void socket.write(data),
    });
    try {
      await channel.ready;
      socket.on("data", (data) => channel.write(data));
      socket.once("close", () => {
        channel.terminate(); // comes after all that was written
        setTimeout(() => channel.close(), LAST_WORDS_MS).unref();
      });
      socket.resume();
      await channel.ended;
      socket.end();
    } finally {
      await close();
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new UserError(`Port ${localPort} is in use on this machine; choose another with --port.`)
          : error,
      ),
    );
    server.listen(localPort, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
