import type { ServerResponse } from "node:http";
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Asked } from "./rules";

/** Answers with a redirect; `localHost` is where a port of this load balancer is on this machine. */
export function redirect(
  outgoing: ServerResponse,
  action: Action,
  asked: Asked,
  ownPort: number,
  localHost: (port: string) => string | undefined,
): void {
  const { Protocol, Port, Host, Path, Query, StatusCode } = action.RedirectConfig ?? {};
  const filled = (text: string) =>
    text
      .replace("#{host}", asked.host)
      .replace("#{path}", asked.path.slice(1))
      .replace("#{query}", asked.query)
      .replace("#{port}", String(ownPort))
      .replace("#{protocol}", "HTTP");
  const port = filled(Port ?? "#{port}");
  const host = filled(Host ?? "#{host}");
  const local = host === asked.host ? localHost(port) : undefined;
  const protocol = local ? "http" : filled(Protocol ?? "#{protocol}").toLowerCase();
  const query = filled(Query ?? "#{query}");
  outgoing.setHeader(
    "location",
    `${protocol}://${local ?? `${host}:${port}`}${filled(Path ?? "/#{path}")}${query && `?${query}`}`,
  );
  const code = StatusCode === "HTTP_302" ? 302 : 301;
  answer(outgoing, code, page(code === 302 ? "302 Found" : "301 Moved Permanently"));
}

export function answer(outgoing: ServerResponse, code: number, body: string, type = "text/html"): void {
  outgoing.writeHead(code, {
    server: "awselb/2.0",
    "content-type": type,
    "content-length": Buffer.byteLength(body),
  });
  outgoing.end(body);
}

/** As a load balancer of AWS words it. */
export function page(title: string): string {
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
}
