import fc from "fast-check";
import { changesBetween, formatChanges, isEmpty } from "../../../operations/expectations/changes";

const NOTHING = { added: [], changed: [], removed: [], reordered: false };

it("goes by id; without one by content, named by method and path", () => {
  const noId = { httpRequest: { method: "GET", path: "/a" }, httpResponse: {} };
  expect(changesBetween([noId], [noId])).toEqual(NOTHING);
  expect(changesBetween([noId], [{ ...noId, httpResponse: { statusCode: 500 } }])).toEqual({
    ...NOTHING,
    added: ["GET /a (no id)"],
    removed: ["GET /a (no id)"],
  });
  expect(changesBetween([{ id: "a", priority: 1 }], [{ id: "a", priority: 2 }])).toEqual({
    ...NOTHING,
    changed: ["a"],
  });
  expect(changesBetween([], [{ httpResponse: {} }, 7])).toEqual({
    ...NOTHING,
    added: ["one (no id)", "one (no id)"],
  });
});

it("counts copies of one without id", () => {
  const noId = { httpResponse: {} };
  expect(changesBetween([noId], [noId, noId])).toEqual({ ...NOTHING, added: ["one (no id)"] });
});

it("tells another order of those that stay", () => {
  const [a, b, c] = [{ id: "a" }, { id: "b" }, { id: "c" }];
  expect(changesBetween([a, b], [c, a, b]).reordered).toBe(false);
  expect(changesBetween([a, b, c], [c, a])).toEqual({ ...NOTHING, removed: ["b"], reordered: true });
});

it("is empty exactly when the files say the same", () => {
  const element = fc.record({ id: fc.constantFrom("a", "b", "c"), priority: fc.nat(2) });
  const elements = fc.uniqueArray(element, { selector: ({ id }) => id });
  fc.assert(
    fc.property(elements, elements, (before, after) => {
      const same = JSON.stringify(before) === JSON.stringify(after);
      const reversed = after.map(({ id, priority }) => ({ priority, id }));
      expect(isEmpty(changesBetween(before, reversed))).toBe(same);
    }),
  );
});

it("is shown in one line of each kind, of many the first ten", () => {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);
  expect(formatChanges(NOTHING)).toEqual([]);
  expect(formatChanges({ added: ids(12), changed: ["x"], removed: ids(10), reordered: true })).toEqual([
    "+ 12 added: m0, m1, m2, m3, m4, m5, m6, m7, m8, m9 and 2 more",
    "~ 1 changed: x",
    "- 10 removed: m0, m1, m2, m3, m4, m5, m6, m7, m8, m9",
    "~ another order",
  ]);
});
