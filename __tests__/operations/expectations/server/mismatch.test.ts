import { mismatchLines, type SentRequest } from "../../../../operations/expectations/server/mismatch";

const request: SentRequest = {
  method: "GET",
  path: "/orders/7?state=open&page=2",
  headers: [
    ["prefer", "code=200"],
    ["Cookie", "a=b"],
  ],
};
const lines = (httpRequest: object, part: string, detail = "") =>
  mismatchLines({ id: "x", matched: 1, differences: [{ part, detail }] }, { httpRequest }, request);

it.each([
  [{ method: "POST" }, "method", "method: expected POST, given GET"],
  [{ path: "/orders/8" }, "path", "path: expected /orders/8, given /orders/7"],
  [
    { headers: { Prefer: ["code=404"], "?X-Other": ["a"] } },
    "headers",
    'headers: expected {"Prefer":["code=404"],"?X-Other":["a"]}, given prefer: code=200',
  ],
  [{ headers: { "X-Key": ["a"] } }, "headers", 'headers: expected {"X-Key":["a"]}, given none'],
  [
    { queryStringParameters: { "sta\\te": ["shipped"] } },
    "queryParameters",
    'queryStringParameters: expected {"sta\\\\te":["shipped"]}, given state: open',
  ],
  [{ cookies: { a: "c" } }, "cookies", 'cookies: expected {"a":"c"}, given a=b'],
  [
    { pathParameters: { id: ["8"] } },
    "pathParameters",
    'pathParameters: expected {"id":["8"]}, given /orders/7',
  ],
])("%j: %s", (httpRequest, part, line) => {
  expect(lines(httpRequest, part)).toEqual([line]);
});

it("gives MockServer's reason for a body and for what it does not know", () => {
  const detail = "json match failed expected:\n  {}\nfailed because:\n\n  wrong value\n    at x";
  expect(lines({ body: {} }, "body", detail)).toEqual(["body: wrong value at x"]);
  expect(lines({ body: "a" }, "body", "no reason")).toEqual(["body: expected a"]);
  expect(lines({}, "timeToLive", "  is\n  over")).toEqual(["timeToLive: is over"]);
  expect(lines({ body: "a".repeat(300) }, "body")[0]).toHaveLength("body: expected ".length + 201);
});
