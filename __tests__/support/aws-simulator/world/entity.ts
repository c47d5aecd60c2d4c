/** Anything that exists in the simulated account. */
export interface Entity {
  readonly id: string;
  readonly arn: string;
  tags: Record<string, string>;
  /** What the world was seeded with it for: `alpha`, `bootstrap`, `byo` … The API never shows it. */
  readonly origin: string;
}

/** All of one kind, by id. */
export class Store<T extends Entity> {
  /** Told of every deletion. */
  public onDelete: ((item: T) => void) | undefined;
  private readonly items = new Map<string, T>();

  constructor(
    /** For example `ec2:vpc`. */
    public readonly kind: string,
  ) {}

  public add(item: T): T {
    this.items.set(item.id, item);
    return item;
  }

  public get(id: string | undefined): T | undefined {
    return id === undefined ? undefined : this.items.get(id);
  }

  public delete(id: string): void {
    const item = this.items.get(id);
    if (this.items.delete(id) && item) this.onDelete?.(item);
  }

  public all(): T[] {
    return [...this.items.values()];
  }

  public where(condition: (item: T) => boolean): T[] {
    return this.all().filter(condition);
  }

  public some(condition: (item: T) => boolean): boolean {
    for (const item of this.items.values()) if (condition(item)) return true;
    return false;
  }
}

/** Tags in the list form most services use. */
export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags in ECS's spelling. */
export function lowerTagList(tags: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
