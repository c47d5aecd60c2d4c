import fc from "fast-check";
import { mergeExpectations } from "../../../../operations/expectations/import/merge";

const mocks = (ids: string, version = 1) => [...ids].map((id) => ({ id, version }));
const merged = (existing: string, imported: string) =>
  mergeExpectations(mocks(existing), mocks(imported, 2))
    .map((one) => {
      const { id, version } = one as { id: string; version: number };
      return version === 2 ? id : `(${id})`;
    })
    .join("");

it.each([
  ["", "abc", "abc"],
  ["abc", "abc", "abc"],
  ["cab", "abc", "cab"],
  ["xy", "ab", "(x)(y)ab"],
  ["axby", "abc", "a(x)bc(y)"],
  ["xb", "ab", "(x)ab"],
  ["xay", "bac", "(x)bac(y)"],
  ["ab", "axyb", "axyb"],
])("%s with %s becomes %s", (existing, imported, result) => {
  expect(merged(existing, imported)).toBe(result);
});

it("keeps expectations without an id, and what is none", () => {
  const existing = [{ httpRequest: {} }, 7, { id: "a" }];
  expect(mergeExpectations(existing, [{ id: "a", x: 1 }])).toEqual([
    { httpRequest: {} },
    7,
    { id: "a", x: 1 },
  ]);
});

it("loses nothing, keeps the order of what was there, and changes nothing the second time", () => {
  const ids = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { maxLength: 8 });
  fc.assert(
    fc.property(ids, ids, (old, fresh) => {
      const existing = mocks(old.join(""));
      const imported = mocks(fresh.join(""), 2);
      const once = mergeExpectations(existing, imported) as ReturnType<typeof mocks>;
      expect(once.filter(({ id }) => old.includes(id)).map(({ id }) => id)).toEqual(old);
      expect(new Set(once.map(({ id }) => id))).toEqual(new Set([...old, ...fresh]));
      expect(once).toHaveLength(new Set([...old, ...fresh]).size);
      expect(mergeExpectations(once, imported)).toEqual(once);
    }),
  );
});
