import { hostAndPort, hoursOf, portOf, reasonOf, sinceOf } from "../../../../cli/commands/admin/values";

it.each([
  ["13h", '--for is "13h"; a box lives at most 12h from its launch.'],
  ["721m", '--for is "721m"; a box lives at most 12h from its launch.'],
  ["0m", '--for is "0m", which is not a duration'],
  ["-1h", '--for is "-1h", which is not a duration'],
  ["1.5h", '--for is "1.5h", which is not a duration'],
  ["", '--for is "", which is not a duration'],
])("--for refuses %j", (text, message) => expect(() => hoursOf(text)).toThrow(message));

it("--for takes up to twelve hours", () => expect([hoursOf("12h"), hoursOf("90m")]).toEqual([12, 1.5]));

it("--since reaches as far back as CloudTrail", () => {
  expect(sinceOf("90d")).toBe(90 * 86_400_000);
  expect(() => sinceOf("91d")).toThrow('--since is "91d"; CloudTrail keeps events for 90 d.');
});

it("--reason is one line that a tag can hold", () => {
  expect(reasonOf("grün: INC-42")).toBe("grün: INC-42");
  expect([reasonOf(undefined), reasonOf("")]).toEqual([undefined, undefined]);
  expect(() => reasonOf("x".repeat(257))).toThrow("--reason has 257 characters; AWS keeps at most 256.");
  expect(() => reasonOf("a\nb")).toThrow("--reason has a line break or another control character.");
});

it("a target is a host and a port", () =>
  expect(hostAndPort("db.internal:5432")).toEqual({ host: "db.internal", port: 5432 }));

it.each(["db", ":5432", "http://db:5432", "db:5432 ", "db:", "-db:1", "db;rm:1", "[::1]:5432"])(
  "%j is not a target",
  (text) => expect(() => hostAndPort(text)).toThrow(`"${text}" is not a host and port`),
);

it.each(["0", "65536", "1e3", "x", "-1", ""])("%j is not a port", (text) =>
  expect(() => portOf(text, "--port")).toThrow(`--port is "${text}"; write a port from 1 to 65535.`),
);
