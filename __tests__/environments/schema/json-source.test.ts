import fc from "fast-check";
import { JsonSyntaxError, parseJsonSource } from "../../../environments/schema/json-source";
import { examples } from "../../support/examples";

function fault(text: string): [message: string, place: string, excerpt: string] {
  try {
    parseJsonSource(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return [error.message, `${error.position.line}:${error.position.column}`, error.excerpt];
  }
  throw new Error("no fault");
}

it("returns the same value as JSON.parse", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 2, "\t"), (text, space) => {
      const spaced = JSON.stringify(JSON.parse(text), undefined, space);
      expect(parseJsonSource(spaced).value).toEqual(JSON.parse(spaced));
    }),
  );
});

it("accepts exactly what JSON.parse accepts", () => {
  const characters = fc.constantFrom(...'[]{}",:1-+e.0\\u/*# tnfalsre\n\r\t\f\u00a0\u2028\ufeff');
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
    { numRuns: examples(2000) },
  );
});

it("knows the position of each value, or of its key in an object", () => {
  const { positionOf } = parseJsonSource('[\n  { "a": 1,\n    "b": [true, null] }\n]');
  expect(positionOf([])).toEqual({ line: 1, column: 1 });
  expect(positionOf([0])).toEqual({ line: 2, column: 3 });
  expect(positionOf([0, "a"])).toEqual({ line: 2, column: 5 });
  expect(positionOf([0, "b", 1])).toEqual({ line: 3, column: 17 });
  expect(positionOf([0, "b", 7, "nowhere"])).toEqual({ line: 3, column: 5 });
});

it("finds duplicate keys and gives the position of the last", () => {
  const { duplicateKeys, positionOf } = parseJsonSource('[{ "a": 1, "b": { "c": 1, "c": 2 }, "a": 3 }]');
  expect(duplicateKeys).toEqual([
    [0, "b", "c"],
    [0, "a"],
  ]);
  expect(positionOf([0, "a"])).toEqual({ line: 1, column: 37 });
  expect(parseJsonSource('[{ "a": 1 }, { "a": 1 }]').duplicateKeys).toEqual([]);
});

it("the position of a value is where its text starts", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const lines = JSON.stringify(value, undefined, 1).split("\n");
      const { positionOf } = parseJsonSource(lines.join("\n"));
      for (const { path, begin } of beginnings(JSON.parse(JSON.stringify(value)))) {
        const { line, column } = positionOf(path);
        expect(lines[line - 1]!.slice(column - 1).startsWith(begin)).toBe(true);
      }
    }),
  );
});

/** Every path in a value, with the text that starts there. */
function* beginnings(
  value: unknown,
  path: PropertyKey[] = [],
): Iterable<{ path: PropertyKey[]; begin: string }> {
  const key = path.at(-1);
  yield { path, begin: JSON.stringify(typeof key === "string" ? key : value)[0]! };
  if (typeof value !== "object" || value === null) return;
  for (const [inner, child] of Object.entries(value)) {
    yield* beginnings(child, [...path, Array.isArray(value) ? Number(inner) : inner]);
  }
}

it("treats __proto__ as an ordinary key", () => {
  const { value } = parseJsonSource('{ "__proto__": 1 }');
  expect(Object.keys(value as object)).toEqual(["__proto__"]);
});

it.each([
  ["", "the file ends where a value is missing", "1:1"],
  ["\n", "the file ends where a value is missing", "2:1"],
  ["[1,", "the file ends where a value is missing", "1:4"],
  ["[] []", "unexpected content after the JSON value", "1:4"],
  ["[1, ]", 'remove the "," after the last value', "1:5"],
  ['{ "a": 1, }', 'remove the "," after the last value', "1:11"],
  ["[,1]", "a value is missing", "1:2"],
  ['{ "a": }', "a value is missing", "1:8"],
  ["[1 2]", 'a "," or the closing bracket is missing', "1:4"],
  ["[1}", 'a "," or the closing bracket is missing', "1:3"],
  ['{ "a": 1 "b": 2 }', 'a "," or the closing bracket is missing', "1:10"],
  ['{ "a" 1 }', 'a ":" is missing after the key', "1:7"],
  ["{ 1: 1 }", 'a key in double quotes is missing ("key": value)', "1:3"],
  ["{ a: 1 }", "not a JSON value; keys and strings must use double quotes", "1:3"],
  ["[\n  yes\n]", "not a JSON value; keys and strings must use double quotes", "2:3"],
  ["[", 'the file ends before the closing "]"', "1:2"],
  ['{ "a": 1', 'the file ends before the closing "}"', "1:9"],
  ["[1.]", "incomplete number", "1:2"],
  ["[01]", 'a "," or the closing bracket is missing', "1:3"],
  ["[ // all\n]", "JSON has no comments; remove it", "1:3"],
  ["[ /* all */ ]", "JSON has no comments; remove it", "1:3"],
  ['{ "a": 1, // all\n}', "JSON has no comments; remove it", "1:11"],
  ['{ "a": 1 # all\n}', "JSON has no comments; remove it", "1:10"],
  ["{ 'a': 1 }", "strings must use double quotes, not single quotes", "1:3"],
  ["['a']", "strings must use double quotes, not single quotes", "1:2"],
  ['["a\nb"]', "the string has no closing quote", "1:2"],
  ['["a', "the string has no closing quote", "1:2"],
  ['["a\tb"]', "a control character in a string; write it as \\u00XX", "1:4"],
  ['["\\\\ \\n \\d"]', 'not an escape in JSON; write a backslash itself as "\\\\"', "1:9"],
  ['["\\u12"]', 'not an escape in JSON; write a backslash itself as "\\\\"', "1:3"],
])("reports the error in %j with its position", (text, message, place) => {
  expect(fault(text).slice(0, 2)).toEqual([message, place]);
});

it("has a message for everything that JSON.parse rejects", () => {
  const pieces = fc.constantFrom("{", "}", "[", "]", ":", ",", '"a"', "'a'", "1", "1e", "-", "a", "//", '"\\x"', " ", "\n"); // prettier-ignore
  fc.assert(
    fc.property(fc.string({ unit: pieces, maxLength: 8 }), (text) => {
      try {
        JSON.parse(text);
      } catch {
        // The parser's error codes have capital letters in the middle.
        expect(fault(text)[0]).not.toMatch(/^[A-Z][a-z]+[A-Z]/);
      }
    }),
    { numRuns: examples(2000) },
  );
});

describe("limits", () => {
  const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  const inObjects = (levels: number, key: string) => `${`{"${key}":`.repeat(levels)}1${"}".repeat(levels)}`;

  it("nesting, like MockServer's parser", () => {
    expect(() => parseJsonSource(nested(1000))).not.toThrow();
    expect(fault(nested(1001)).slice(0, 2)).toEqual(["more than 1000 levels of nesting", "1:1001"]);
    expect(fault("[".repeat(1_000_000)).slice(0, 2)).toEqual(["more than 1000 levels of nesting", "1:1001"]);
  });

  it("values", () => {
    expect(fault(`[${"1,".repeat(5_000_000)}1]`).slice(0, 2)).toEqual([
      "more than 5000000 values",
      "1:10000000",
    ]);
  });

  it("size", () => {
    const text = " ".repeat(256 * 1024 * 1024 + 1);
    expect(fault(text).slice(0, 2)).toEqual(["more than 256 MiB", "1:1"]);
  });

  it("100 duplicate keys", () => {
    const { duplicateKeys } = parseJsonSource(`{${'"a":1,'.repeat(500)}"a":1}`);
    expect(duplicateKeys).toHaveLength(100);
  });

  it("deep nesting of long keys does not need more space than the text", () => {
    const key = "k".repeat(900);
    const text = inObjects(1000, key);
    const set = jest.spyOn(Map.prototype, "set");
    const { positionOf } = parseJsonSource(text);
    const kept = set.mock.calls.reduce((sum, [kept]) => sum + String(kept).length, 0);
    set.mockRestore();
    expect(kept).toBeGreaterThan(900_000);
    expect(kept).toBeLessThan(text.length);
    expect(positionOf(Array.from({ length: 1000 }, () => key)).column).toBe(999 * 904 + 2);
  });
});

it("marks the position in the line, or in an excerpt of a long line", () => {
  expect(fault('[\n  { "id": }\n]')[2]).toBe('  { "id": }\n          ^');
  const [, place, excerpt] = fault(`["${"x".repeat(500)}", oops, "${"y".repeat(500)}"]`);
  const [line, mark] = excerpt.split("\n") as [string, string];
  expect(place).toBe("1:506");
  expect(line).toHaveLength(60);
  expect(line.slice(mark.length - 1, mark.length + 3)).toBe("oops");
});
