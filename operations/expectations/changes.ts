import { canonicalJson, isObject } from "../../contract/json";

/** What a new file changes, by the ids of expectations; those without one go by what they match. */
export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Whether the ones that stay are in another order: the first that matches answers. */
  readonly reordered: boolean;
}

/** What differs between two files, whose order counts. */
export function changesBetween(before: readonly unknown[], after: readonly unknown[]): Changes {
  const [old, fresh] = [byKey(before), byKey(after)];
  const names = (keys: readonly string[]) => keys.map((key) => (fresh.get(key) ?? old.get(key)!).name);
  const stay = [...fresh.keys()].filter((key) => old.has(key));
  const stayed = [...old.keys()].filter((key) => fresh.has(key));
  return {
    added: names([...fresh.keys()].filter((key) => !old.has(key))),
    changed: names(stay.filter((key) => fresh.get(key)!.content !== old.get(key)!.content)),
    removed: names([...old.keys()].filter((key) => !fresh.has(key))),
    reordered: stay.some((key, i) => key !== stayed[i]),
  };
}

export function isEmpty({ added, changed, removed, reordered }: Changes): boolean {
  return added.length + changed.length + removed.length === 0 && !reordered;
}

/** One line per kind of change. */
export function formatChanges(changes: Changes): string[] {
  const line = (sign: string, word: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${sign} ${names.length} ${word}: ${short(names)}`];
  return [
    ...line("+", "added", changes.added),
    ...line("~", "changed", changes.changed),
    ...line("-", "removed", changes.removed),
    ...(changes.reordered ? ["~ another order"] : []),
  ];
}

interface Entry {
  readonly name: string;
  readonly content: string;
}

function byKey(expectations: readonly unknown[]): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const expectation of expectations) {
    const content = canonicalJson(expectation);
    const id = isObject(expectation) && typeof expectation.id === "string" ? expectation.id : undefined;
    const base = id === undefined ? `content ${content}` : `id ${id}`;
    let key = base;
    for (let copy = 2; entries.has(key); copy++) key = `${base} ${copy}`;
    entries.set(key, { name: id ?? nameOf(expectation), content });
  }
  return entries;
}

function nameOf(expectation: unknown): string {
  const request = isObject(expectation) && isObject(expectation.httpRequest) ? expectation.httpRequest : {};
  const words = [request.method, request.path].filter((word) => typeof word === "string");
  return `${words.length > 0 ? words.join(" ") : "one"} (no id)`;
}

const SHOWN_NAMES = 10;

function short(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES;
  return names.slice(0, SHOWN_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
