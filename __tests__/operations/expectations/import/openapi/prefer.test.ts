import {
  preferBoth,
  preferCode,
  preferExample,
} from "../../../../../operations/expectations/import/openapi/prefer";

const fits = (pattern: string, value: string) => new RegExp(`^(?:${pattern})$`).test(value);

it.each([
  ["code=404", true],
  ['code="404"', true],
  ["respond-async, code=404", true],
  ["code=404; example=cat", true],
  ["code=4040", false],
  ["code=200", false],
  ["zipcode=404", false],
])("the status 404 is asked for by %s: %s", (value, expected) => {
  expect(fits(preferCode(404), value)).toBe(expected);
});

it.each([
  ["example=cat", true],
  ['example="cat"', true],
  ["code=200; example=cat", true],
  ["example=cat, code=200", true],
  ["code=404; example=cat", false],
  ["example=catfish", false],
  ["example=dog", false],
])("the example cat of 200 is asked for by %s: %s", (value, expected) => {
  expect(fits(preferExample(200, "cat"), value)).toBe(expected);
});

it.each([
  ["code=404; example=cat", true],
  ["example=cat; code=404", true],
  ["example=cat", false],
  ["code=404", false],
])("an example whose name another status has too is asked for with its status: %s: %s", (value, expected) => {
  expect(fits(preferBoth(404, "cat"), value)).toBe(expected);
});

it("reads names with special characters as they are", () => {
  expect(fits(preferExample(200, "a+b (c)"), "example=a+b (c)")).toBe(true);
  expect(fits(preferExample(200, "a.b"), "example=aXb")).toBe(false);
});
