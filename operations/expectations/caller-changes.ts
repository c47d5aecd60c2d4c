import { canonicalJson, isObject, type JsonObject } from "../../contract/json";

/** An expectation as callers know it. */
export interface NamedMock {
  /** Its id; without one its place, `[3]`. */
  readonly id: string;
  /** For example `GET /orders/{id}`. */
  readonly request: string;
}

export interface ChangedMock extends NamedMock {
  /** Keys that differ, for example `httpResponse`. */
  readonly keys: readonly string[];
}

export interface HiddenMock extends NamedMock {
  /** The expectation that answers instead. */
  readonly by: string;
}

/** What callers notice when one file of expectations takes the place of another. */
export interface CallerChanges {
  readonly added: readonly NamedMock[];
  readonly gone: readonly NamedMock[];
  readonly changed: readonly ChangedMock[];
  /** Answered before, and now another expectation answers the same requests before them. */
  readonly hidden: readonly HiddenMock[];
}

interface Entry extends NamedMock {
  readonly expectation: JsonObject;
}

/** An expectation that only has another id is neither added nor gone. */
export function callerChanges(before: readonly unknown[], after: readonly unknown[]): CallerChanges {
  const [old, fresh] = [entriesOf(before), entriesOf(after)];
  const partners = partnersOf(old, fresh);
  const kept = new Set(partners.values());
  const hiddenBefore = hiddenIn(old);
  const hiddenNow = hiddenIn(fresh);
  const partnerOf = new Map([...partners].map(([one, other]) => [other, one]));
  return {
    added: fresh.filter((entry) => !kept.has(entry)).map(named),
    gone: old.filter((entry) => !partners.has(entry)).map(named),
    changed: [...partners].flatMap(([one, other]) => {
      const keys = differingKeys(one.expectation, other.expectation);
      return keys.length === 0 ? [] : [{ ...named(other), keys }];
    }),
    hidden: [...hiddenNow].flatMap(([entry, by]) => {
      const earlier = partnerOf.get(entry);
      return earlier !== undefined && hiddenBefore.has(earlier) ? [] : [{ ...named(entry), by: by.id }];
    }),
  };
}

/** Mocks that answered and do so no more. */
export function lostMocks({ gone, hidden }: CallerChanges): NamedMock[] {
  return [...gone, ...hidden];
}

function entriesOf(expectations: readonly unknown[]): Entry[] {
  return expectations.flatMap((expectation, i) => {
    if (!isObject(expectation)) return [];
    const { id, httpRequest } = expectation;
    const { method, path } = isObject(httpRequest) ? httpRequest : {};
    const words = [method ?? "any method", path ?? "any path"].map((word) => typeof word === "string" ? word : JSON.stringify(word)); // prettier-ignore
    return [{ id: typeof id === "string" ? id : `[${i}]`, request: words.join(" "), expectation }];
  });
}

/** Each old entry that is still there, with its new one: by id, else by all the rest. */
function partnersOf(old: readonly Entry[], fresh: readonly Entry[]): Map<Entry, Entry> {
  const partners = new Map<Entry, Entry>();
  for (const key of [idOf, withoutId]) {
    const taken = new Set(partners.values());
    const byKey = new Map<string, Entry[]>();
    for (const entry of fresh) {
      const text = taken.has(entry) ? undefined : key(entry);
      if (text !== undefined) byKey.set(text, [...(byKey.get(text) ?? []), entry]);
    }
    for (const entry of old) {
      const text = partners.has(entry) ? undefined : key(entry);
      const partner = text === undefined ? undefined : byKey.get(text)?.shift();
      if (partner !== undefined) partners.set(entry, partner);
    }
  }
  return partners;
}

function idOf({ expectation: { id } }: Entry): string | undefined {
  return typeof id === "string" ? id : undefined;
}

function withoutId({ expectation }: Entry): string {
  return canonicalJson({ ...expectation, id: null });
}

function differingKeys(one: JsonObject, other: JsonObject): string[] {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  keys.delete("id");
  return [...keys].filter((key) => canonicalJson(one[key]) !== canonicalJson(other[key])).sort();
}

/** Expectations that another one hides: it comes before them, always answers, and matches all of their requests. */
function hiddenIn(entries: readonly Entry[]): Map<Entry, Entry> {
  const inOrder = [...entries].sort((a, b) => priorityOf(b) - priorityOf(a));
  const hidden = new Map<Entry, Entry>();
  const earlier: Entry[] = [];
  for (const entry of inOrder) {
    const by = earlier.find((one) => covers(one.expectation, entry.expectation));
    if (by) hidden.set(entry, by);
    else if (isAlways(entry.expectation)) earlier.push(entry);
  }
  return hidden;
}

function priorityOf({ expectation: { priority } }: Entry): number {
  return typeof priority === "number" ? priority : 0;
}

/** What may keep an expectation from answering, besides its matcher. */
const CONDITIONS = ["times", "timeToLive", "percentage", "scenarioName", "scenarioState", "namespace"];

function isAlways(expectation: JsonObject): boolean {
  return CONDITIONS.every((key) => !(key in expectation));
}

/** Whether every request that the other matches is matched by this one. It says no when it cannot tell. */
function covers(one: JsonObject, other: JsonObject): boolean {
  const [wide, narrow] = [one.httpRequest ?? {}, other.httpRequest ?? {}];
  if (!isObject(wide) || !isObject(narrow)) return false;
  if ("not" in wide) return canonicalJson(wide) === canonicalJson(narrow);
  return Object.entries(wide).every(
    ([key, value]) =>
      canonicalJson(value) === canonicalJson(narrow[key]) ||
      ((key === "path" || key === "method") && coversText(value, narrow[key])),
  );
}

const LITERAL = /^[\w/-]+$/;

function coversText(pattern: unknown, text: unknown): boolean {
  if (typeof pattern !== "string") return false;
  if (pattern === ".*" || (pattern === "/.*" && typeof text === "string" && text.startsWith("/")))
    return true;
  if (typeof text !== "string" || !LITERAL.test(text) || pattern.includes("{")) return false;
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false;
  }
}

function named({ id, request }: Entry): NamedMock {
  return { id, request };
}
