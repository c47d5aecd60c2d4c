import { plain, price, usd } from "../../contract/dollars";
import { markdownTable } from "../../operations/costs/markdown";

it.each([
  [0, "$0.00"],
  [229.525, "$229.53"],
  [1234567.891, "$1,234,567.89"],
  [-32.85, "-$32.85"],
  [-0.001, "$0.00"],
])("%p dollars are %s", (amount, text) => expect(usd(amount)).toBe(text));

it("hourly costs have four decimals", () => {
  expect(usd(0.0123425, 4)).toBe("$0.0123");
  expect(usd(-0.00004, 4)).toBe("$0.0000");
});

it("a price has all its decimals, at least two unless it is whole", () =>
  expect([0.04048, 0.0000166667, 0.5, 0.1, 3].map(price)).toEqual([
    "$0.04048",
    "$0.0000166667",
    "$0.50",
    "$0.10",
    "$3",
  ]));

it("a number has no trailing zeros", () =>
  expect([0.25, 10, 0.1 + 0.2, 1300].map(plain)).toEqual(["0.25", "10", "0.3", "1,300"]));

it("a table is padded, with numbers on the right", () =>
  expect(
    markdownTable([
      ["what", "a"],
      ["×", "$1.00"],
    ]),
  ).toBe("| what |     a |\n| ---- | ----: |\n| ×    | $1.00 |"));
