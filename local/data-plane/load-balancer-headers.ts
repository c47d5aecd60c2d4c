import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { LOCAL_SOURCE_HEADER } from "../session";
import type { ListenerState } from "./elb-state";
import type { Asked } from "./rules";

/** What listener rules look at. */
export function askedOf(incoming: IncomingMessage): Asked {
  const { method = "GET", url = "/", headers, socket } = incoming;
  // An absolute-form target names the host once more before the path.
  const [target = ""] = url.replace(/^https?:\/\/[^/?#]*/i, "").split("#");
  const [path, query = ""] = [target.split("?")[0] || "/", target.split("?").slice(1).join("?")];
  const source = [headers[LOCAL_SOURCE_HEADER] ?? socket.remoteAddress ?? ""].flat()[0]!;
  return { method, path, query, host: (headers.host ?? "").replace(/:\d+$/, ""), source, headers };
}

const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** What a target gets. */
export function forwardedHeaders(
  { rawHeaders, headers }: IncomingMessage,
  { source }: Asked,
  { listener }: ListenerState,
): OutgoingHttpHeaders {
  const kept = endToEnd(rawHeaders);
  delete kept[LOCAL_SOURCE_HEADER];
  return {
    ...kept,
    "x-forwarded-for": [headers["x-forwarded-for"], source].filter(Boolean).join(", "),
    "x-forwarded-proto": (listener.Protocol ?? "HTTP").toLowerCase(),
    "x-forwarded-port": String(listener.Port),
    ...(headers["transfer-encoding"] && { "transfer-encoding": "chunked" }),
  };
}

/** Without those of one connection; a name that comes more than once keeps all values. */
export function endToEnd(rawHeaders: readonly string[]): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (HOP_BY_HOP.has(name)) continue;
    const value = rawHeaders[i + 1]!;
    const before = kept[name];
    kept[name] = before === undefined ? value : [before, value].flat();
  }
  return kept;
}
