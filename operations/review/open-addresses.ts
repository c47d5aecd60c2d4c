/** How much of the internet some networks are. */

const ALL_IPV4 = 2 ** 32;
/** Sixteen million public addresses are not the network of anyone who is meant. */
const LARGE_PART = 2 ** 24;
/** All public IPv6 addresses are in 2000::/3. */
const LARGE_IPV6_PREFIX = 16;

/** Networks that nobody on the internet can be in. https://www.iana.org/assignments/iana-ipv4-special-registry/ */
const PRIVATE = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
];

type Span = readonly [from: number, to: number];

/** "open to the whole internet", or to a large part of it; empty for smaller and for private networks. */
export function addressesOpening(cidrs: readonly string[]): string[] {
  const spans = cidrs.flatMap(ipv4Span);
  const ipv6 = cidrs.filter((cidr) => cidr.includes(":")).map((cidr) => Number(cidr.split("/")[1] ?? 128));
  if (covered(spans) === ALL_IPV4 || ipv6.includes(0)) return ["open to the whole internet"];
  const isPublic = ([from, to]: Span) => !PRIVATE_SPANS.some(([first, last]) => from >= first && to <= last);
  const isLarge =
    covered(spans.filter(isPublic)) >= LARGE_PART || ipv6.some((prefix) => prefix <= LARGE_IPV6_PREFIX);
  return isLarge ? ["open to a large part of the internet"] : [];
}

/** Number of addresses, each counted once. */
function covered(spans: readonly Span[]): number {
  let sum = 0;
  let end = 0;
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

function ipv4Span(cidr: string): Span[] {
  const [, address, prefix = "32"] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(cidr.trim()) ?? [];
  if (address === undefined) return [];
  const size = 2 ** (32 - Math.min(32, Number(prefix)));
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const from = number - (number % size);
  return [[from, from + size]];
}

const PRIVATE_SPANS = PRIVATE.flatMap(ipv4Span);
