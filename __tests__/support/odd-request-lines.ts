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
    ` ${plain}`,
    `\t${plain}`,
    `\r\n${plain}`,
    `${method.toLowerCase()} ${path} HTTP/1.1`,
    `X${method} ${path} HTTP/1.1`,
    `${method}\0 ${path} HTTP/1.1`,
  ];
  return [...new Set(lines)];
}
