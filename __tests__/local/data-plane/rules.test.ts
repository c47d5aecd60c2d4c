import type { Action, Rule, RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { actionsFor, isInNetwork, matchesPattern, type Asked } from "../../../local/data-plane/rules";

const asked = (changes: Partial<Asked> = {}): Asked => ({
  method: "GET",
  path: "/",
  query: "",
  host: "mocks.example.com",
  source: "127.0.0.1",
  headers: {},
  ...changes,
});
const action = (name: string): Action[] => [{ Type: "forward", TargetGroupArn: name }];
const rule = (Priority: string, name: string, ...Conditions: RuleCondition[]): Rule => ({
  Priority,
  Conditions,
  Actions: action(name),
});
const path = (...Values: string[]): RuleCondition => ({
  Field: "path-pattern",
  PathPatternConfig: { Values },
});
const takenBy = (rules: Rule[], request: Partial<Asked>) =>
  actionsFor(rules, action("default"), asked(request))[0]!.TargetGroupArn;

describe("actionsFor", () => {
  it("takes the rule with the lowest priority as a number, whatever the order of the list", () => {
    const rules = [rule("1000", "last", path("/*")), rule("200", "first", path("/a*"))];
    expect(takenBy(rules, { path: "/ab" })).toBe("first");
    expect(takenBy(rules, { path: "/b" })).toBe("last");
  });

  it("falls back to the listener's own actions, and does not take its rule for one with a priority", () => {
    expect(takenBy([rule("default", "listed"), rule("5", "other", path("/x"))], { path: "/y" })).toBe(
      "default",
    );
  });

  it("wants every condition of a rule, and one value of each", () => {
    const method: RuleCondition = {
      Field: "http-request-method",
      HttpRequestMethodConfig: { Values: ["PUT", "POST"] },
    };
    const rules = [rule("1", "closed", method, path("/reset", "/stop"))];
    expect(takenBy(rules, { method: "PUT", path: "/stop" })).toBe("closed");
    expect(takenBy(rules, { method: "GET", path: "/stop" })).toBe("default");
    expect(takenBy(rules, { method: "PUT", path: "/stop/" })).toBe("default");
  });

  it.each<[string, RuleCondition, Partial<Asked>, Partial<Asked>]>([
    [
      "source-ip",
      { Field: "source-ip", SourceIpConfig: { Values: ["203.0.113.0/28"] } },
      { source: "203.0.113.15" },
      { source: "203.0.113.16" },
    ],
    [
      "host-header, in any case",
      { Field: "host-header", HostHeaderConfig: { Values: ["*.Example.com"] } },
      { host: "a.EXAMPLE.com" },
      { host: "example.com" },
    ],
    [
      "http-header, in any case",
      { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Team", Values: ["blue*"] } },
      { headers: { "x-team": ["red", "BLUE-1"] } },
      { headers: { "x-other": "blue" } },
    ],
    [
      "query-string with and without key",
      { Field: "query-string", QueryStringConfig: { Values: [{ Key: "v", Value: "1" }, { Value: "all" }] } },
      { query: "x=ALL" },
      { query: "w=1" },
    ],
  ])("knows %s", (_, condition, met, notMet) => {
    const rules = [rule("1", "taken", condition)];
    expect(takenBy(rules, met)).toBe("taken");
    expect(takenBy(rules, notMet)).toBe("default");
  });

  it("does not open anything by a condition that it does not know", () => {
    expect(takenBy([rule("1", "open", { Field: "moon-phase" })], {})).toBe("default");
  });
});

it.each([
  ["/mockserver/*", "/mockserver/", true],
  ["/mockserver/*", "/mockserver", false],
  ["/a?c", "/abc", true],
  ["/a?c", "/ac", false],
  ["/reset", "/Reset", false],
  ["/a.c", "/abc", false],
  ["/a+(b)", "/a+(b)", true],
  ["*", "", true],
])("pattern %s, text %s: %s", (pattern, text, expected) => {
  expect(matchesPattern(pattern, text)).toBe(expected);
});

it.each([
  ["10.1.2.3", "10.0.0.0/8", true],
  ["11.1.2.3", "10.0.0.0/8", false],
  ["255.255.255.255", "128.0.0.0/1", true],
  ["1.2.3.4", "0.0.0.0/0", true],
  ["1.2.3.4", "1.2.3.4", true],
  ["1.2.3.5", "1.2.3.4/32", false],
  ["::1", "0.0.0.0/0", false],
  ["1.2.3.4", "::/0", false],
  ["1.2.3.256", "0.0.0.0/0", false],
])("%s in %s: %s", (address, network, expected) => {
  expect(isInNetwork(address, network)).toBe(expected);
});
