import type { InventoryItem } from "../../local/inventory";

/** How many there are of each type, `<service> <type>`. */
export function countsOf(items: readonly InventoryItem[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { service, type } of items)
    counts.set(`${service} ${type}`, (counts.get(`${service} ${type}`) ?? 0) + 1);
  return counts;
}

/** As many of each type as there are in an account with some equal environments. @param share what each of them has */
export function countsWith(
  bare: readonly InventoryItem[],
  share: ReadonlyMap<string, number>,
  environments: number,
): Map<string, number> {
  const counts = countsOf(bare);
  for (const [type, each] of share) counts.set(type, (counts.get(type) ?? 0) + each * environments);
  return new Map([...counts].filter(([, number]) => number > 0));
}

/** What of the expected is not there. */
export function missing(
  from: readonly InventoryItem[],
  expected: readonly InventoryItem[],
): readonly InventoryItem[] {
  const there = new Set(from.map((item) => JSON.stringify(item)));
  return expected.filter((item) => !there.has(JSON.stringify(item)));
}
