import fc from "fast-check";
import { matchZones, validationMatches, withoutWildcard } from "../../../modules/ssl/zone-match";

const zones = ["example.com", "dev.example.com", "other.org", "b.dev.example.com"];

describe("matchZones", () => {
  it.each([
    ["the zone itself", "example.com", "example.com"],
    ["a label below", "www.example.com", "example.com"],
    ["many labels below", "a.b.c.example.com", "example.com"],
    ["a wildcard of the zone", "*.example.com", "example.com"],
    ["the delegated zone, not its parent", "dev.example.com", "dev.example.com"],
    ["below the delegated zone", "api.dev.example.com", "dev.example.com"],
    ["a wildcard of the delegated zone", "*.dev.example.com", "dev.example.com"],
    ["the deepest of three", "x.b.dev.example.com", "b.dev.example.com"],
    ["a label that only begins like a zone", "b2.dev.example.com", "dev.example.com"],
    ["a label that only ends like a zone's", "mydev.example.com", "example.com"],
    ["another zone", "*.www.other.org", "other.org"],
  ])("%s: %s", (_, name, zone) => {
    expect(matchZones([name], zones)).toEqual([{ name, zone }]);
    expect(matchZones([name], [...zones].reverse())).toEqual([{ name, zone }]);
  });

  it("keeps the order and removes duplicates", () => {
    const names = ["b.example.com", "other.org", "b.example.com", "a.example.com"];
    expect(matchZones(names, zones).map(({ name }) => name)).toEqual([
      "b.example.com",
      "other.org",
      "a.example.com",
    ]);
  });

  it.each([
    [
      ["notexample.com", "a.example.com", "example.com.evil.net"],
      ["example.com", "other.org"],
      "No hosted zone for notexample.com, example.com.evil.net. Zones given: example.com, other.org. " +
        "Add the name's hosted zone or remove the name.",
    ],
    [
      ["*.com"],
      ["example.com"],
      "No hosted zone for *.com. Zones given: example.com. " +
        "Add the name's hosted zone or remove the name.",
    ],
    [
      ["a.example.com"],
      [],
      "No hosted zone for a.example.com. Zones given: none. " +
        "Add the name's hosted zone or remove the name.",
    ],
  ])("lists every name without a zone: %j in %j", (names, given, message) => {
    expect(() => matchZones(names, given)).toThrow(new Error(message));
  });

  const label = fc.stringMatching(/^[a-c]{1,2}$/);
  const domain = fc
    .array(label, { minLength: 1, maxLength: 4 })
    .map((labels) => [...labels, "com"].join("."));

  it("finds the longest zone whose labels end the name's labels", () => {
    const endsWith = (name: string[], zone: string[]) => name.slice(-zone.length).join() === zone.join();
    fc.assert(
      fc.property(domain, fc.uniqueArray(domain, { maxLength: 8 }), (name, given) => {
        const fitting = given.filter((zone) => endsWith(name.split("."), zone.split(".")));
        if (fitting.length === 0) {
          expect(() => matchZones([name], given)).toThrow("No hosted zone for");
          return;
        }
        const longest = fitting.sort((a, b) => b.length - a.length)[0];
        expect(matchZones([name], given)).toEqual([{ name, zone: longest }]);
      }),
    );
  });
});

describe("validationMatches", () => {
  const of = (...names: string[]) =>
    validationMatches(matchZones(names, ["example.com"])).map(({ name }) => name);

  it.each([
    ["apex first", ["example.com", "*.example.com"], ["example.com"]],
    ["wildcard first", ["*.example.com", "example.com"], ["*.example.com"]],
    ["wildcard alone", ["*.example.com"], ["*.example.com"]],
    [
      "two pairs",
      ["a.example.com", "*.example.com", "*.a.example.com", "example.com"],
      ["a.example.com", "*.example.com"],
    ],
    [
      "a wildcard does not cover the validation of a name below it",
      ["*.example.com", "a.example.com"],
      ["*.example.com", "a.example.com"],
    ],
  ])("%s", (_, names, expected) => expect(of(...names)).toEqual(expected));
});

describe("withoutWildcard", () => {
  it.each([
    ["*.a.b", "a.b"],
    ["a.b", "a.b"],
  ])("%s", (name, expected) => expect(withoutWildcard(name)).toBe(expected));
});
