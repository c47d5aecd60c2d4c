/**
 * Request lines of one control request that parsers read differently: what is white space, where the target begins and
 * ends, which version of the protocol it is. Some of them reach the route in MockServer, though no listener rule for its
 * path matches.
 */
export function oddRequestLines(method: string, path: string): readonly string[] {
  const spaces = [
    "\t",
    "\v",
    "\f",
    "\r",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x1f",
    "\x85",
    "\xa0",
    "  ",
    " \t",
    "\t ",
    "   ",
  ];
  const plain = `${method} ${path} HTTP/1.1`;
  const lines = [
    plain,
    ...spaces.flatMap((space) => [
      `${method}${space}${path} HTTP/1.1`,
      `${method} ${path}${space}HTTP/1.1`,
      `${method} ${space}${path} HTTP/1.1`,
      `${method} ${path}${space} HTTP/1.1`,
    ]),
    ...["http", "https", "HTTP", "ws", "ftp"].flatMap((scheme) => [
      `${method} ${scheme}://x${path} HTTP/1.1`,
      `${method} ${scheme}://x/mockserver${path} HTTP/1.1`,
      `${method} ${path}${scheme}:// HTTP/1.1`,
      `${method} ${scheme}:${path} HTTP/1.1`,
    ]),
    ...[
      "HTTP/1.0",
      "HTTP/2.0",
      "HTTP/0.9",
      "http/1.1",
      "HTTP/1.1 ",
      "HTTP/1.1\t",
      "HTTP/11.1",
      "XTTP/1.1",
      "",
    ].map((version) => `${method} ${path} ${version}`),
    ...["?x", "?", "#x", ";x", "%20", "/", "//", "/.", "%00", "%09", "?http://x", "\\"].map(
      (end) => `${method} ${path}${end} HTTP/1.1`,
    ),
    ...[`/${path}`, `/.${path}`, `/x/..${path}`, `\\${path}`, `/mockserver${path}`, `/mockserver/${path}`, path.toUpperCase(), `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`].map(
      (target) => `${method} ${target} HTTP/1.1`,
    ), // prettier-ignore
    ...[`/mockserver;x${path}`, `/mockserver/;x${path}`, `${path};x=/greeting`, `/mockserver/..${path}`, `/mockserver/x/..${path}`, `/greeting/..${path}`, `/mockserver/${path}`, `//mockserver${path}`, `/mockserver%2f${path.slice(1)}`, `%2f${path.slice(1)}`, `/%6dockserver${path}`, `/%256dockserver${path}`, `/MockServer${path}`, `/m\xf6ckserver${path}`, `\xef\xbc\x8f${path.slice(1)}`, `\xc0\xaf${path.slice(1)}`, `${path}\xe2\x80\x8b`, `/greeting#${path}`, `*${path}`].map(
      (target) => `${method} ${target} HTTP/1.1`,
    ), // prettier-ignore
    ` ${plain}`,
    `\t${plain}`,
    `\r\n${plain}`,
    `${method.toLowerCase()} ${path} HTTP/1.1`,
    `X${method} ${path} HTTP/1.1`,
    `${method}\0 ${path} HTTP/1.1`,
  ];
  return [...new Set(lines)];
}

/** A request without the length of its body, and headers that may make another request of it. */
export interface OddRequest {
  readonly line: string;
  readonly headers: string;
  readonly body?: string;
}

/**
 * Requests for a mock that another parser may take for the control request `PUT <path>`: by a header that overrides the
 * method or the path, by a change of protocol, or by a second request in the body.
 */
export function oddHeaders(path: string): readonly OddRequest[] {
  const line = "PUT /greeting HTTP/1.1";
  const second = `PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`;
  const chunked = `0\r\n\r\n${second}`;
  const smuggled = (headers: string, body: string): OddRequest => ({ line, headers, body });
  return [
    ...["X-HTTP-Method-Override: PUT", "X-HTTP-Method: PUT", "X-Method-Override: PUT"].map((header) => ({
      line: `GET ${path} HTTP/1.1`,
      headers: `${header}\r\n`,
    })),
    ...["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Path", "X-Forwarded-Prefix", "Destination"].map(
      (header) => ({ line, headers: `${header}: ${path}\r\n` }),
    ),
    ...[
      "x-forwarded-for: 127.0.0.1",
      "Forwarded: for=127.0.0.1",
      "Host: localhost",
      "X-Real-IP: 127.0.0.1",
    ].map((header) => ({ line: `PUT ${path} HTTP/1.1`, headers: `${header}\r\n` })),
    ...[
      "Authorization: Bearer",
      "Authorization: Bearer null",
      "Authorization: Basic Og==",
      "authorization:",
    ].map((header) => ({ line: `PUT ${path} HTTP/1.1`, headers: `${header}\r\n` })),
    {
      line: `PUT ${path} HTTP/1.1`,
      headers: "Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    },
    {
      line: `GET /_mockserver_callback_websocket HTTP/1.1`,
      headers:
        "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    },
    { line: "PRI * HTTP/2.0", headers: "", body: "SM\r\n\r\n" },
    { line: "CONNECT localhost:1080 HTTP/1.1", headers: "", body: second },
    smuggled("Transfer-Encoding: chunked\r\n", chunked),
    smuggled(`Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n`, chunked),
    smuggled("Transfer-Encoding: xchunked\r\n", chunked),
    smuggled("Transfer-Encoding : chunked\r\n", chunked),
    smuggled("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", chunked),
    smuggled("Transfer-Encoding:\tchunked\r\n", chunked),
    smuggled("Content-Length: 0\r\nContent-Length: 5\r\n", second),
    smuggled("Content-Length: 0\r\n", second),
    smuggled("Content-Length: +0\r\n", second),
    smuggled("Content-Length: -1\r\n", second),
    smuggled("Expect: 100-continue\r\nContent-Length: 0\r\n", second),
    smuggled("X: y\r\n z\r\nContent-Length: 0\r\n", second),
    smuggled("Content-Length\0: 9\r\n", second),
  ];
}
