import fc from "fast-check";
import {
  comparableText,
  compareStacks,
  type SynthesizedStack,
} from "../../../../operations/delivery/changed/compare-stacks";

const stack = (template: unknown, assets: Record<string, string> = {}): SynthesizedStack => ({
  template,
  assets,
});
const bucket = (body: object) => ({ resource: { aws_s3_bucket: { logs: body } } });
const compared = (before: SynthesizedStack, after: SynthesizedStack) =>
  compareStacks(new Map([["a", before]]), new Map([["a", after]]));
const UNCHANGED = { added: [], changed: [], removed: [], unchanged: ["a"] };
const CHANGED = { added: [], changed: ["a"], removed: [], unchanged: [] };

describe("compareStacks", () => {
  it("puts each stack into one sorted list", () => {
    const one = stack(bucket({ bucket: "one" }));
    const other = stack(bucket({ bucket: "other" }));
    const base = new Map(Object.entries({ z: one, same: one, gone: one, before: one, b: one }));
    const head = new Map(Object.entries({ z: other, new: one, same: one, b: other, also: one }));
    expect(compareStacks(base, head)).toEqual({
      added: ["also", "new"],
      changed: ["b", "z"],
      removed: ["before", "gone"],
      unchanged: ["same"],
    });
  });

  it.each([
    [
      "the path of a construct",
      { "//": { metadata: { path: "a/logs" } } },
      { "//": { metadata: { path: "a/moved" } } },
    ],
    ["metadata that is gone", { "//": { metadata: {} } }, {}],
    ["the order of keys", { a: "1", b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: "1" }],
  ])("does not count %s", (_, before, after) =>
    expect(compared(stack(bucket(before)), stack(bucket(after)))).toEqual(UNCHANGED),
  );

  it("does not count the metadata of the stack and of outputs", () => {
    const template = (version: string) => ({
      "//": { metadata: { version, stackName: "a" }, outputs: { a: {} } },
      output: { url: { "//": { metadata: { path: version } }, value: "x" } },
    });
    expect(compared(stack(template("0.20.0")), stack(template("0.21.0")))).toEqual(UNCHANGED);
  });

  it.each([
    ["a value", { bucket: "one" }, { bucket: "two" }],
    ["the type of a value", { days: 1 }, { days: "1" }],
    [
      "the order of a list",
      { cidrs: ["10.0.0.0/8", "192.0.2.0/24"] },
      { cidrs: ["192.0.2.0/24", "10.0.0.0/8"] },
    ],
    ["an attribute that is null", { bucket: null }, {}],
    ["a comment that is text, which someone wrote", { "//": "why" }, { "//": "why not" }],
  ])("counts %s", (_, before, after) =>
    expect(compared(stack(bucket(before)), stack(bucket(after)))).toEqual(CHANGED),
  );

  it("counts a resource that is added, and a backend that is another", () => {
    const one = bucket({ bucket: "one" });
    expect(compared(stack(one), stack({ ...one, data: { aws_region: { here: {} } } }))).toEqual(CHANGED);
    const backend = (key: string) => stack({ ...one, terraform: { backend: { s3: { key } } } });
    expect(compared(backend("x"), backend("y"))).toEqual(CHANGED);
  });

  describe("assets", () => {
    const code = (hash: string, sha256: string) =>
      stack(
        { resource: { aws_lambda_function: { f: { filename: `assets/code/${hash}/code.zip` } } } },
        { [`assets/code/${hash}`]: `folder-${sha256}`, [`assets/code/${hash}/code.zip`]: sha256 },
      );

    it("count by their content, not by the hash in their path", () => {
      expect(compared(code("AAAA", "1"), code("BBBB", "1"))).toEqual(UNCHANGED);
      expect(compared(code("AAAA", "1"), code("AAAA", "2"))).toEqual(CHANGED);
    });

    it("are replaced from the longest path on, so that no folder's name is left in a file's", () =>
      expect(comparableText(code("AAAA", "1"))).toBe(
        '{"resource":{"aws_lambda_function":{"f":{"filename":"asset-1"}}}}',
      ));

    it("that nothing refers to do not count", () =>
      expect(compared(stack({}, { "assets/x/1": "1" }), stack({}, { "assets/x/1": "2" }))).toEqual(
        UNCHANGED,
      ));
  });

  it("is the same whatever the order of keys, for any JSON; and a stack equals itself", () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, inner]) => [key, reversed(inner)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), (template) => {
        expect(compared(stack(template), stack(reversed(template)))).toEqual(UNCHANGED);
      }),
    );
  });
});
