/** One page of a listing. */
export interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  /** Token of the next page; absent or empty on the last one. */
  readonly next?: string | undefined;
}

/**
 * Every item of a paginated listing, or an error: a listing is never truncated silently. A repeated token would never
 * end, so it is an error too.
 *
 * The SDK's own paginators accept only their own client class, so a simulator could not replace it.
 */
export async function* paged<Item>(
  read: (token: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page: Page<Item> = await read(token);
    yield* page.items ?? [];
    token = page.next || undefined;
    if (token !== undefined && seen.has(token)) throw new Error("a listing gave the same page token twice");
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
}

/** {@link paged}, collected. */
export async function allPages<Item>(
  read: (token: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of paged(read)) all.push(item);
  return all;
}

/** Splits a list into parts of at most `size`, for calls that accept a limited number. */
export function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
