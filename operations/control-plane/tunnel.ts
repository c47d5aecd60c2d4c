import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** The connection of someone who asked for an upgrade. */
export interface Asking {
  readonly socket: Duplex;
  /** What was already sent behind the request. */
  readonly head: Buffer;
}

/** Sends a request for an upgrade, and joins both connections when it is granted; the end of one ends the other. */
export function tunnel(sending: ClientRequest, { socket, head }: Asking): void {
  sending.once("upgrade", (answer, far, farHead) => {
    socket.write(headOf(answer));
    socket.write(farHead);
    far.write(head);
    socket.pipe(far).pipe(socket);
    const ends = [socket, far];
    for (const end of ends) {
      end.on("error", () => end.destroy());
      end.once("close", () => ends.forEach((other) => other.destroy()));
    }
  });
  sending.once("response", (answer) => {
    socket.write(headOf(answer));
    answer.pipe(socket);
  });
  sending.once("error", () => socket.destroy());
  socket.once("error", () => sending.destroy());
  socket.once("close", () => sending.destroy());
  sending.end();
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  // Without the length of the parts, the end of the body is that of the connection.
  const kept = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 && !/^transfer-encoding$/i.test(name) ? [`${name}: ${rawHeaders[i + 1]}`] : [],
  );
  return [`HTTP/1.1 ${statusCode} ${statusMessage}`, ...kept, "", ""].join("\r\n");
}
