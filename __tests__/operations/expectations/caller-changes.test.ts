import { callerChanges, lostMocks } from "../../../operations/expectations/caller-changes";

const mock = (id: string | undefined, path: string, rest: object = {}) => ({
  ...(id !== undefined && { id }),
  httpRequest: { method: "GET", path },
  httpResponse: { statusCode: 200 },
  ...rest,
});
const NONE = { added: [], gone: [], changed: [], hidden: [] };

it("names mocks that are added, gone and changed", () => {
  const before = [mock("a", "/a"), mock("b", "/b"), mock(undefined, "/c")];
  const after = [mock("a", "/a", { httpResponse: { statusCode: 404 }, priority: 1 }), mock("d", "/d")];
  const changes = callerChanges(before, after);
  expect(changes).toEqual({
    added: [{ id: "d", request: "GET /d" }],
    gone: [
      { id: "b", request: "GET /b" },
      { id: "[2]", request: "GET /c" },
    ],
    changed: [{ id: "a", request: "GET /a", keys: ["httpResponse", "priority"] }],
    hidden: [],
  });
  expect(lostMocks(changes).map(({ id }) => id)).toEqual(["b", "[2]"]);
});

it("says nothing of another id or place", () => {
  const before = [mock("a", "/a"), mock(undefined, "/b"), 7];
  expect(callerChanges(before, [mock("b", "/b"), mock("x", "/a")])).toEqual(NONE);
  expect(callerChanges([], [])).toEqual(NONE);
});

it.each([
  ["every path", { path: "/.*" }],
  ["every path and method", {}],
  ["a path that is a pattern", { path: "/a.*", method: "GET|PUT" }],
  ["the same", { path: "/a", method: "GET" }],
] as readonly (readonly [string, { path?: string; method?: string }])[])(
  "names a mock that one for %s hides",
  (_name, httpRequest) => {
    const wide = { id: "wide", httpRequest, httpResponse: {} };
    expect(callerChanges([mock("a", "/a")], [wide, mock("a", "/a")]).hidden).toEqual([
      { id: "a", request: "GET /a", by: "wide" },
    ]);
    // As before, or behind it.
    expect(callerChanges([wide, mock("a", "/a")], [wide, mock("a", "/a")])).toEqual(NONE);
    expect(callerChanges([mock("a", "/a")], [mock("a", "/a"), wide]).hidden).toEqual(
      httpRequest.path === "/a" ? [{ id: "wide", request: "GET /a", by: "a" }] : [],
    );
  },
);

it.each([
  ["answers a number of times", { times: { remainingTimes: 1 } }],
  ["asks for a header", { httpRequest: { path: "/.*", headers: { a: ["b"] } } }],
  ["has a lower priority", { priority: -1 }],
  ["has a path with parameters", { httpRequest: { path: "/{id}" } }],
  ["has a pattern that JavaScript does not know", { httpRequest: { path: "(?i)/A" } }],
  ["excludes what it describes", { httpRequest: { path: "/b", not: true } }],
])("does not say that a mock is hidden by one that %s", (_name, rest) => {
  const other = { id: "other", httpRequest: { path: "/.*" }, httpResponse: {}, ...rest };
  expect(callerChanges([mock("a", "/a")], [other, mock("a", "/a")]).hidden).toEqual([]);
});
