import fc from "fast-check";
import { JsonSyntaxError, parseJsonSource } from "../../contract/json-source";

function fault(text: string): [message: string, place: string, excerpt: string] {
  try {
    parseJsonSource(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return [error.message, `${error.position.line}:${error.position.column}`, error.excerpt];
  }
  throw new Error("no fault");
}

it("reads what JSON.parse reads", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 2, "\t"), (text, space) => {
      const spaced = JSON.stringify(JSON.parse(text), undefined, space);
      expect(parseJsonSource(spaced).value).toEqual(JSON.parse(spaced));
    }),
  );
});

it("accepts and refuses what JSON.parse accepts and refuses", () => {
  const characters = fc.constantFrom(...'[]{}",:1-e.0\\u tnfalsre \n');
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 14 }), (text) => {
      const accepts = (read: () => unknown) => {
        try {
          read();
          return true;
        } catch {
          return false;
        }
      };
      expect(accepts(() => parseJsonSource(text))).toBe(accepts(() => JSON.parse(text)));
    }),
    { numRuns: 2000 },
  );
});

it("knows where each value stands; keys for values of objects", () => {
  const { positionOf } = parseJsonSource('[\n  { "a": 1,\n    "b": [true, null] }\n]');
  expect(positionOf([])).toEqual({ line: 1, column: 1 });
  expect(positionOf([0])).toEqual({ line: 2, column: 3 });
  expect(positionOf([0, "a"])).toEqual({ line: 2, column: 5 });
  expect(positionOf([0, "b", 1])).toEqual({ line: 3, column: 17 });
  expect(positionOf([0, "b", 7, "nowhere"])).toEqual({ line: 3, column: 5 });
});

it("tells keys that stand twice", () => {
  expect(parseJsonSource('[{ "a": 1, "b": { "c": 1, "c": 2 }, "a": 3 }]').repeatedKeys).toEqual([
    [0, "b", "c"],
    [0, "a"],
  ]);
  expect(parseJsonSource('[{ "a": 1 }, { "a": 1 }]').repeatedKeys).toEqual([]);
});

it("keeps a key called __proto__ as a key", () => {
  const { value } = parseJsonSource('{ "__proto__": 1 }');
  expect(Object.keys(value as object)).toEqual(["__proto__"]);
});

it.each([
  ["", "the file ends where a value is missing", "1:1"],
  ["[] []", "something follows the end of the value; write one value only", "1:4"],
  ["[1, ]", 'a "," stands before "]"; take it out', "1:5"],
  ['{ "a": 1, }', 'a "," stands before "}"; take it out', "1:11"],
  ["[1 2]", 'a "," or a "]" is missing', "1:4"],
  ['{ "a": 1 "b": 2 }', 'a "," or a "}" is missing', "1:10"],
  ['{ "a" 1 }', 'a ":" is missing after the key "a"', "1:7"],
  ["{ a: 1 }", 'a key in double quotes is missing ("key": value)', "1:3"],
  ["[", "the file ends where a value is missing", "1:2"],
  ["[\n  yes\n]", "yes is no JSON value; texts stand in double quotes", "2:3"],
  ["[01]", "01 is no JSON value; texts stand in double quotes", "1:2"],
  ["[ // all\n]", "JSON has no comments; take it out", "1:3"],
  ['{ "a": 1, // all\n}', "JSON has no comments; take it out", "1:11"],
  ['{ "a": 1 # all\n}', "JSON has no comments; take it out", "1:10"],
  ["{ 'a': 1 }", "texts stand in double quotes, not in single ones", "1:3"],
  ["['a']", "texts stand in double quotes, not in single ones", "1:2"],
  ['["a\nb"]', "a text has no closing quote", "1:2"],
  ['["a', "a text has no closing quote", "1:2"],
  ['["a\tb"]', "a control character stands in a text; write it as \\u00XX", "1:4"],
  ['["\\d"]', '"\\d" is no escape in JSON; a backslash itself is written \\\\', "1:4"],
])("says what is wrong with %j, and where", (text, message, place) => {
  expect(fault(text).slice(0, 2)).toEqual([message, place]);
});

it("refuses nesting that MockServer's parser refuses", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  expect(() => parseJsonSource(nested(1000))).not.toThrow();
  expect(fault(nested(1002))[0]).toBe("more than 1000 levels of nesting");
});

it("shows the line with a mark below the place, of a long line the part around it", () => {
  expect(fault('[\n  { "id": }\n]')[2]).toBe('  { "id": }\n          ^');
  const [, place, excerpt] = fault(`["${"x".repeat(500)}", oops, "${"y".repeat(500)}"]`);
  const [line, mark] = excerpt.split("\n") as [string, string];
  expect(place).toBe("1:506");
  expect(line).toHaveLength(60);
  expect(line.slice(mark.length - 1, mark.length + 3)).toBe("oops");
});
