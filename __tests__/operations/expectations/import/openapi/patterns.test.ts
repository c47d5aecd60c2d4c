import fc from "fast-check";
import type { JsonObject } from "../../../../../contract/json";
import { patternOf } from "../../../../../operations/expectations/import/openapi/patterns";
import { escapePattern } from "../../../../../operations/expectations/import/patterns";

const patternFor = (schema: JsonObject, rest: object = {}) =>
  patternOf({ name: "p", in: "query", required: false, schema, style: "form", explode: true, ...rest });
const fits = (schema: JsonObject, value: string, rest?: object) =>
  new RegExp(`^(?:${patternFor(schema, rest).replace("(?s)", "")})$`, "s").test(value);

it.each([
  [{ type: "integer" }, ["0", "-7", "12"], ["1.5", "x", "07", ""]],
  [{ type: ["integer", "null"] }, ["3"], ["null"]],
  [{ type: "integer", exclusiveMinimum: 0, maximum: 100 }, ["1", "100"], ["0", "101", "-1"]],
  [{ type: "number" }, ["1", "-1.5", "1e3"], ["x", "1."]],
  [{ type: "boolean" }, ["true", "false"], ["1", "True"]],
  [{ type: "string" }, ["", "anything"], []],
  [{ type: "string", pattern: "b+" }, ["abc", "b"], ["ac"]],
  [{ type: "string", pattern: "^b+$" }, ["bb"], ["abb"]],
  [{ type: "string", maxLength: 2 }, ["", "ab"], ["abc"]],
  [{ type: "string", format: "uuid" }, ["123e4567-e89b-42d3-a456-426614174000"], ["123"]],
  [{ type: "string", format: "date" }, ["2026-11-27"], ["27.11.2026"]],
  [{ enum: ["a.b", 1, true] }, ["a.b", "1", "true"], ["aXb", "2"]],
  [{ const: "x|y" }, ["x|y"], ["x"]],
  [{ oneOf: [{ type: "integer" }, { type: "boolean" }] }, ["1", "true"], ["x"]],
  [{ anyOf: [{ type: "integer" }, {}] }, ["1", "x"], []],
  [{ type: "object" }, ["anything"], []],
  [{ type: "array", items: { type: "integer" } }, ["1"], ["x", "1,2"]],
] as readonly (readonly [JsonObject, readonly string[], readonly string[]])[])("%j", (schema, good, bad) => {
  expect(good.filter((value) => !fits(schema, value))).toEqual([]);
  expect(bad.filter((value) => fits(schema, value))).toEqual([]);
});

it("reads lists in one value by their style", () => {
  const schema = { type: "array", items: { type: "integer" } };
  const cases = [
    { style: "form", explode: false, value: "1,2" },
    { style: "pipeDelimited", explode: false, value: "1|2" },
    { style: "spaceDelimited", explode: false, value: "1 2" },
    { style: "simple", explode: true, value: "1,2" },
  ];
  for (const { value, ...rest } of cases) {
    expect([rest, fits(schema, value, rest)]).toEqual([rest, true]);
    expect([rest, fits(schema, `${value}x`, rest)]).toEqual([rest, false]);
  }
});

it("reads a text of a path as it is sent", () => {
  const values = ["a", "a%20b", "%C3%A4%2Fc", "%C3%A4/c"];
  const schema = { enum: ["a", "a b", "ä/c"] };
  expect(values.filter((value) => !fits(schema, value, { in: "path" }))).toEqual([]);
  expect(fits(schema, "a+b", { in: "path" })).toBe(false);
});

it("takes any value for a pattern that Java reads in another way", () => {
  const open = ["(", "\\u{1F600}", "(?<name>a)", "[a[b]]", "[a&&b]"];
  expect(open.map((pattern) => patternFor({ type: "string", pattern }))).toEqual(open.map(() => ".*"));
});

it("finds exactly the integers of a range", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(5000), fc.integer(), (minimum, width, value) => {
      const schema = { type: "integer", minimum, maximum: minimum + width };
      for (const each of [value, minimum - 1, minimum, minimum + width, minimum + width + 1]) {
        expect(fits(schema, String(each))).toBe(each >= minimum && each <= minimum + width);
      }
    }),
  );
});

it("escapes any text so that it matches itself alone", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, other) => {
      const pattern = new RegExp(`^(?:${escapePattern(text)})$`, "s");
      expect([pattern.test(text), pattern.test(other)]).toEqual([true, other === text]);
    }),
  );
});
