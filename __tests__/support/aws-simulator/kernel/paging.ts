import type { World } from "../world/world";

/**
 * One page of a sorted list. AWS may return fewer than asked for, so pages here are small. The token is the
 * last key, so nothing is skipped when something before it vanishes.
 */
export function pageOf<T>(
  world: World,
  items: readonly T[],
  key: (item: T) => string,
  token: string | undefined,
  atMost?: number,
): { readonly items: T[]; readonly next: string | undefined } {
  const sorted = [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const rest = token === undefined ? sorted : sorted.filter((item) => key(item) > token);
  const size = Math.max(1, Math.min(world.pageSize, atMost ?? world.pageSize));
  const page = rest.slice(0, size);
  return { items: page, next: rest.length > size ? key(page.at(-1)!) : undefined };
}
