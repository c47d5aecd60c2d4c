/** One page of a listing. */
export interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  /** Token of the next page; absent or empty on the last one. */
  readonly next?: string | undefined;
}

/**
 * Every item of a paginated listing, or an error: a listing is never cut short in silence. A token that comes
 * back a second time would go on for ever and is an error too.
 *
 * The SDK's own paginators refuse clients that are not their class, so no simulator could stand in.
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

/** Cuts a list into parts of at most `size`, for calls that take a limited number at once. */
export function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
