import { request as httpRequest, type Agent, type IncomingMessage } from "node:http";
import type { Answer, Call } from "./call";

/** Headers that belong to one connection, not to the call. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "proxy-connection",
  "expect",
]);

function endToEnd(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name))
      kept[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return kept;
}

/** Sends a call to moto as the caller sent it. */
export function send(call: Call, socketPath: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        socketPath,
        agent,
        method: call.method,
        path: call.path + call.rawQuery,
        headers: {
          ...endToEnd(call.headers),
          "content-length": call.body.length,
          "x-moto-account-id": call.accountId,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 502,
            headers: keepLength(response, call),
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(call.body);
  });
}

/** HEAD answers have no body, so only the header has the length of the object. */
function keepLength(response: IncomingMessage, call: Call): Record<string, string> {
  const headers = endToEnd(response.headers);
  const length = response.headers["content-length"];
  return call.method === "HEAD" && length ? { ...headers, "content-length": length } : headers;
}
