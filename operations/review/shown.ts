import { isObject } from "../../contract/json";
import { parsed, SENSITIVE, type Redactor } from "./masking";
import { couldBeSecret, isSecretName, nameOfPair } from "./secret-names";

/** A value as it may be seen: secrets and what is not known yet are marks in it, and JSON strings are opened. */
export type Shown =
  null | boolean | number | string | Mark | readonly Shown[] | { readonly [key: string]: Shown };

/** Printed without quotes, so that nobody takes it for a value. */
export class Mark {
  constructor(readonly text: string) {}
}

const HIDDEN = new Mark(SENSITIVE);
const HIDDEN_CHANGED = new Mark("(sensitive, changes)");
export const UNKNOWN = new Mark("(known after apply)");

export interface Masks {
  /** `before_sensitive` or `after_sensitive` of the value. */
  readonly sensitive?: unknown;
  /** `after_unknown` of the value. */
  readonly unknown?: unknown;
  readonly redactor: Redactor;
  /** Name of the attribute, or of the closest member above that has one. */
  readonly name: string;
  /** The value before, to tell a secret that changes from one that stays. */
  readonly before?: { readonly value: unknown };
}

/** Hides what Terraform says is sensitive, what has the name of a secret, and every known secret inside of texts. */
export function shown(value: unknown, masks: Masks): Shown {
  const { sensitive, unknown, redactor, name, before } = masks;
  const hidden = () => (before === undefined || same(before.value, value) ? HIDDEN : HIDDEN_CHANGED);
  if (sensitive === true)
    return unknown === true ? UNKNOWN : value === null || value === undefined ? null : hidden();
  if (unknown === true) return UNKNOWN;
  if (typeof value === "string") {
    if (isSecretName(name) && couldBeSecret(value)) return hidden();
    const inner = parsed(value);
    return inner === undefined
      ? redactor.text(value)
      : shown(inner, { redactor, name, before: opened(before) });
  }
  if (Array.isArray(value) || Array.isArray(unknown)) return shownList(value, masks);
  if (isObject(value) || isObject(unknown)) return shownObject(value, masks);
  return value === undefined ? null : (value as null | boolean | number);
}

function shownList(value: unknown, { sensitive, unknown, redactor, name, before }: Masks): Shown {
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  const marks = Array.isArray(unknown) ? (unknown as unknown[]) : [];
  return Array.from({ length: Math.max(list.length, marks.length) }, (_, i) =>
    shown(list[i], {
      sensitive: (sensitive as unknown[] | undefined)?.[i],
      unknown: marks[i],
      redactor,
      name,
      before: before && Array.isArray(before.value) ? { value: (before.value as unknown[])[i] } : undefined,
    }),
  );
}

function shownObject(value: unknown, { sensitive, unknown, redactor, before }: Masks): Shown {
  const object = isObject(value) ? value : {};
  const marks = isObject(unknown) ? unknown : {};
  const pair = nameOfPair(object);
  return Object.fromEntries(
    [...new Set([...Object.keys(object), ...Object.keys(marks)])].sort().map((key) => [
      redactor.text(key),
      shown(object[key], {
        sensitive: isObject(sensitive) ? sensitive[key] : undefined,
        unknown: marks[key],
        redactor,
        name: pair !== undefined && /^value$/i.test(key) ? pair : key,
        before: before && isObject(before.value) ? { value: before.value[key] } : undefined,
      }),
    ]),
  );
}

function opened(before: Masks["before"]): Masks["before"] {
  if (before === undefined || typeof before.value !== "string") return undefined;
  return { value: parsed(before.value) };
}

/**
 * The marks of both sides: who takes one away does not show what was hidden till now, nor who sets one what is to be
 * hidden.
 */
export function marksOfBoth(before: unknown, after: unknown): unknown {
  if (before === true || after === true) return true;
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) =>
      marksOfBoth(before[i], after[i]),
    );
  }
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return Object.fromEntries(keys.map((key) => [key, marksOfBoth(before[key], after[key])]));
  }
  return typeof before === "object" && before !== null ? before : after;
}

/** Nothing, in any of the ways a provider says it. */
export function isEmpty(value: Shown): boolean {
  if (value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && !(value instanceof Mark) && Object.keys(value).length === 0;
}

/** Whether two values mean the same: the order of keys and the ways to say nothing do not count. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** Keys in order; nothing is nothing, however it is said. */
function canonical(value: unknown): string {
  if (value === undefined || value === null || value === "") return "null";
  if (Array.isArray(value)) return value.length === 0 ? "null" : `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => [key, canonical(value[key])] as const)
    .filter(([, text]) => text !== "null");
  return members.length === 0
    ? "null"
    : `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(",")}}`;
}
