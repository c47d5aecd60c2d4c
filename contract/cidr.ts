/** IPv4 network arithmetic. */

export interface Cidr {
  /** First address as an unsigned 32-bit number. */
  readonly start: number;
  /** Prefix length, 0 to 32. */
  readonly prefixLength: number;
}

/** Number of addresses in a network. */
export function sizeOf(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefixLength);
}

/**
 * Parses `a.b.c.d/n`.
 *
 * @throws Error if it is not a network, or not written with its first address, such as `10.0.0.1/16`: AWS would
 *   silently use 10.0.0.0/16
 */
export function parseCidr(text: string): Cidr {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const octets = match?.slice(1, 5).map(Number) ?? [];
  const prefixLength = Number(match?.[5]);
  if (!match || octets.some((octet) => octet > 255) || prefixLength > 32) {
    throw new Error(`"${text}" is not an IPv4 network; write it as a.b.c.d/n, for example 10.0.0.0/16`);
  }
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const cidr = { start: address - (address % 2 ** (32 - prefixLength)), prefixLength };
  if (cidr.start !== address) {
    throw new Error(`"${text}" is not the start of its network; write ${formatCidr(cidr)}`);
  }
  return cidr;
}

export function formatCidr({ start, prefixLength }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefixLength}`;
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.start < b.start + sizeOf(b) && b.start < a.start + sizeOf(a);
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.start >= outer.start && inner.start + sizeOf(inner) <= outer.start + sizeOf(outer);
}
