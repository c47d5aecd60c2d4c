import { randomBytes } from "node:crypto";
import { request } from "node:http";

/** What an upgrade to a WebSocket is answered with, and what the server sends first. */
export interface Opened {
  /** 101 when it is open. */
  readonly status: number;
  /** The first bytes behind the answer; empty when there are none within a second, or it is not open. */
  readonly first: Buffer;
}

/** Asks for a WebSocket, and ends it. */
export function openWebSocket(url: string, headers: Record<string, string> = {}): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const asking = request(url, {
      agent: false,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": randomBytes(16).toString("base64"),
        ...headers,
      },
    });
    asking.once("error", reject);
    asking.once("response", (answer) => {
      answer.destroy();
      resolve({ status: answer.statusCode!, first: Buffer.alloc(0) });
    });
    asking.once("upgrade", (answer, socket, head) => {
      const end = (first: Buffer) => {
        socket.destroy();
        resolve({ status: answer.statusCode!, first });
      };
      if (head.length > 0) return end(head);
      socket.once("data", end);
      socket.setTimeout(1000, () => end(Buffer.alloc(0)));
    });
    asking.end();
  });
}
