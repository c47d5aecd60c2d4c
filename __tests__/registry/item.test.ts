import { fromItem, toItem } from "../../registry/item";

test("values go there and back; what is undefined is left out", () => {
  const value = { a: "x", b: 1.5, c: true, d: null, e: [1, "y", { f: false }], g: {} };
  expect(fromItem(toItem({ ...value, h: undefined }))).toEqual(value);
});

test("a number is a number, however large; a set is a list", () =>
  expect(fromItem({ token: { N: "9007199254740993" }, byo: { SS: ["a", "b"] } })).toEqual({
    token: Number("9007199254740993"),
    byo: ["a", "b"],
  }));

test("what cannot be kept is an error", () =>
  expect(() => toItem({ a: Number.NaN })).toThrow("Special numeric value NaN is not allowed"));
