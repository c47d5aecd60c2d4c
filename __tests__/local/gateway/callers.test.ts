import type { IncomingMessage } from "node:http";
import { Callers, refuse } from "../../../local/gateway/callers";

const PORT = 4566;
const asked = (headers: IncomingMessage["headers"], url = "/") =>
  refuse({ headers: { host: `127.0.0.1:${PORT}`, ...headers }, url } as IncomingMessage, PORT);

it.each([
  ["127.0.0.1:4566"],
  ["localhost:4566"],
  ["123456789012.127.0.0.1:4566"],
  ["a1b2c3.execute-api.us-east-1.amazonaws.com"],
])("host %s is its own", (host) => expect(asked({ host })).toBeUndefined());

it.each([
  ["localhost.evil.com:4566"],
  ["127.0.0.1.nip.io:4566"],
  ["127.0.0.1.evil.com"],
  ["evil.com:4566"],
  ["localhost"],
  ["127.0.0.1"],
  ["127.0.0.1:80"],
  ["LOCALHOST.:4566"],
  ["127.1:4566"],
  ["2130706433:4566"],
  ["0.0.0.0:4566"],
  ["[::1]:4566"],
  ["[::ffff:127.0.0.1]:4566"],
  ["localhost:4566@evil.com"],
  ["evil.com#localhost:4566"],
  ["12345678901.127.0.0.1:4566"],
  ["x.execute-api.us-east-1.amazonaws.com.evil.com"],
  ["evil.com/x.execute-api.us-east-1.amazonaws.com"],
  [""],
])("host %j is not", (host) =>
  expect(asked({ host })).toBe(
    `${JSON.stringify(host)} is not its host name. Use 127.0.0.1:4566 or localhost:4566.`,
  ),
);

it("a foreign host in the target of a request is refused, whatever the header says", () => {
  expect(asked({}, "http://evil.com/")).toMatch(/^"evil\.com" is not its host name/);
  expect(asked({}, "http://127.0.0.1:4566/")).toBeUndefined();
});

it.each([
  [{ origin: "https://evil.com" }],
  [{ origin: "null" }],
  [{ origin: "http://localhost:4566" }],
  [{ origin: "http://127.0.0.1:4566", "access-control-request-method": "PUT" }],
  [{ "sec-fetch-site": "cross-site" }],
  [{ "sec-fetch-site": "same-site" }],
])("a page is refused: %j", (headers) =>
  expect(asked(headers)).toMatch(
    /^web pages may not call it \(the request has an? (Origin|Sec-Fetch-Site) header\)\.$/,
  ),
);

it("who types an address into a browser may open it", () =>
  expect(asked({ "sec-fetch-site": "none" })).toBeUndefined());

it("only the whole access key is known: no part of it, no other case, no name of an object's property", () => {
  const key = "LOCAL0123456789ABCDEF0123456789ABCDEF";
  const callers = new Callers(key, "123456789012");
  const accountOf = (accessKey: string) =>
    callers.accountOf({
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/20260101/us-east-1/s3/aws4_request`,
      },
      query: new URLSearchParams(),
    });
  expect(accountOf(key)).toBe("123456789012");
  for (const other of [
    key.slice(0, -1),
    `${key}0`,
    key.toLowerCase(),
    "",
    "constructor",
    "__proto__",
    "test",
  ])
    expect([other, accountOf(other)]).toEqual([other, undefined]);
});
