import fc from "fast-check";
import { widthOf, wrap } from "../../../operations/diagrams/text";

const FONT = { sizePx: 11 };

it("estimates from above: a wide letter, a digit, a narrow letter, in pixels", () => {
  expect(["M", "0", "i", "→", ""].map((text) => widthOf(text, { sizePx: 100 }))).toEqual([95, 64, 32, 95, 0]);
  expect(widthOf("M", { sizePx: 100, bold: true })).toBe(105);
});

it("breaks between words, then behind hyphens, then anywhere", () => {
  expect(wrap("kept for 30 days", FONT, 60)).toEqual(["kept for", "30 days"]);
  expect(wrap("automock-prod-notifications", FONT, 110)).toEqual(["automock-prod-", "notifications"]);
  expect(wrap("abcdefghij", FONT, 36)).toEqual(["abcde", "fghij"]);
  expect(wrap("", FONT, 60)).toEqual([]);
});

it("wrap-keeps-every-letter-and-the-width", () =>
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 12, max: 200 }), (text, width) => {
      const lines = wrap(text, FONT, width);
      expect(lines.join("").replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
      expect(lines.filter((line) => widthOf(line, FONT) > width)).toEqual([]);
    }),
  ));
