import fc from "fast-check";
import { formatDuration, parseDuration } from "../../contract/duration";
import { UserError } from "../../contract/user-error";

describe("parseDuration", () => {
  it.each([
    ["30m", 30],
    ["90m", 90],
    ["2h", 120],
    ["1d", 1440],
    ["1d12h", 2160],
    ["1d2h3m", 1563],
    ["0d2h", 120],
  ])("parses %s as %i minutes", (text, minutes) =>
    expect(parseDuration(text, "--by")).toBe(minutes * 60_000),
  );

  it.each([
    "",
    "2",
    "h",
    "2 h",
    "2H",
    "-2h",
    "1.5h",
    "2h1d",
    "0h",
    "0d0h0m",
    "1w",
    "2h ",
    "tomorrow",
    "99999d",
  ])("rejects %p", (text) => {
    const parse = () => parseDuration(text, "--by");
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(
      `--by is "${text}", which is not a duration; write whole days, hours or minutes, for example 2h, 30m, 1d or 1d12h.`,
    );
  });
});

describe("formatDuration", () => {
  it.each([
    [-5, "0 s"],
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [63_900, "1 min 3 s"],
    [3_599_000, "59 min 59 s"],
    [3_600_000, "1 h"],
    [3_659_000, "1 h"],
    [3_900_000, "1 h 5 min"],
    [86_400_000, "1 d"],
    [86_400_000 + 5 * 60_000, "1 d"],
    [2 * 86_400_000 + 3 * 3_600_000 + 59 * 60_000, "2 d 3 h"],
  ])("formats %i ms as %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  it("never rounds up, and omits less than the smaller of the two units", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 86_400_000 }), (ms) => {
        const units: Record<string, number> = { d: 86_400_000, h: 3_600_000, min: 60_000, s: 1000 };
        const parts = [...formatDuration(ms).matchAll(/(\d+) (d|h|min|s)\b/g)];
        const said = parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0);
        expect(said).toBeLessThanOrEqual(ms);
        expect(ms - said).toBeLessThan(ms >= units.d! ? units.h! : ms >= units.h! ? units.min! : units.s!);
      }),
    );
  });
});
