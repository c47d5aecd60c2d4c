import fc from "fast-check";
import { contains, formatCidr, overlaps, parseCidr, sizeOf, type Cidr } from "../../contract/cidr";

const cidr: fc.Arbitrary<Cidr> = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefixLength]) => ({
    start: address - (address % 2 ** (32 - prefixLength)),
    prefixLength,
  }));

describe("cidr", () => {
  it("parses what it formats", () =>
    fc.assert(fc.property(cidr, (network) => expect(parseCidr(formatCidr(network))).toEqual(network))));

  it("two networks overlap if and only if one contains the other", () =>
    fc.assert(
      fc.property(cidr, cidr, (a, b) => expect(overlaps(a, b)).toBe(contains(a, b) || contains(b, a))),
    ));

  it("handles neighbors, parents and sizes", () => {
    const [a, b, parent] = ["10.0.0.0/24", "10.0.1.0/24", "10.0.0.0/16"].map(parseCidr) as [Cidr, Cidr, Cidr];
    expect(overlaps(a, b)).toBe(false);
    expect(overlaps(a, parent)).toBe(true);
    expect(contains(parent, b)).toBe(true);
    expect(contains(b, parent)).toBe(false);
    expect(sizeOf(parent)).toBe(65536);
  });

  it.each([
    ["10.0.0.0", '"10.0.0.0" is not an IPv4 network; write it as a.b.c.d/n, for example 10.0.0.0/16'],
    ["256.0.0.0/8", '"256.0.0.0/8" is not an IPv4 network; write it as a.b.c.d/n, for example 10.0.0.0/16'],
    ["10.0.0.0/33", '"10.0.0.0/33" is not an IPv4 network; write it as a.b.c.d/n, for example 10.0.0.0/16'],
    ["10.0.0.1/16", '"10.0.0.1/16" is not the start of its network; write 10.0.0.0/16'],
  ])("rejects %s", (text, message) => expect(() => parseCidr(text)).toThrow(message));
});
