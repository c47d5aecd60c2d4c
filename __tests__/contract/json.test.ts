import { canonicalJson, isObject, sortKeys } from "../../contract/json";

it("an object is neither an array nor null", () =>
  expect([{}, { a: 1 }, [], null, "a", undefined].map(isObject)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]));

it("sorts the keys of one level", () =>
  expect(JSON.stringify(sortKeys({ b: { d: 1, c: 2 }, a: 3 }))).toBe('{"a":3,"b":{"d":1,"c":2}}'));

it.each([
  [{ b: [{ d: 1, c: undefined }, 2], a: null }, '{"a":null,"b":[{"d":1},2]}'],
  [JSON.parse('{ "__proto__": 1, "A": 2 }'), '{"A":2,"__proto__":1}'],
  ["text", '"text"'],
  [undefined, "undefined"],
])("the canonical JSON of %p is %s", (value, text) => expect(canonicalJson(value)).toBe(text));
