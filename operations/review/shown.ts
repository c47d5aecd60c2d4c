import { isObject } from "../../contract/json";
import { parsed } from "./masking";
import { SENSITIVE, type Redactor } from "./redactor";
import { couldBeSecret, isSecretName, nameOfPair } from "./secret-names";

/** A value for display: secrets and unknown parts are marks, and JSON strings are parsed. */
export type Shown =
  null | boolean | number | string | Mark | readonly Shown[] | { readonly [key: string]: Shown };

/** Printed without quotes to distinguish it from a value. */
export class Mark {
  constructor(readonly text: string) {}
}

const HIDDEN = new Mark(SENSITIVE);
const HIDDEN_CHANGED = new Mark("(sensitive, changes)");
export const UNKNOWN = new Mark("(known after apply)");

export interface Masks {
  /** The value's `before_sensitive` or `after_sensitive`. */
  readonly sensitive?: unknown;
  /** The value's `after_unknown`. */
  readonly unknown?: unknown;
  readonly redactor: Redactor;
  /** Name of the attribute, or of the closest parent that has one. */
  readonly name: string;
  /** The value before, to distinguish a changed secret from an unchanged one. */
  readonly before?: { readonly value: unknown };
  /** Who chooses the keys and values. @default "attribute" */
  readonly kind?: Kind;
  /** Includes a document's empty lists and objects. @default false */
  readonly exact?: boolean;
}

/**
 * Who chooses the contents of a value. In attributes and blocks, a provider reads "", an empty list or nothing for an
 * unset argument. In maps (tags, environment variables), JSON and outputs, "" is what the user wrote. Empty lists and
 * objects in a JSON document come from AWS as often as from the user, so they are shown only if nothing else differs.
 */
export type Kind = "attribute" | "block" | "user" | "document";

/** `terraform_data` arguments whose value is the user's throughout. */
const USER_ATTRIBUTES: ReadonlySet<string> = new Set(["input", "output", "triggers_replace"]);

/** The kind of an attribute's value. */
export function kindOf(type: string, name: string): Kind {
  return type === "terraform_data" && USER_ATTRIBUTES.has(name) ? "user" : "attribute";
}

/** Smaller numbers under a secret's name are lengths and counts. */
const SMALLEST_PIN = 1000;

/** Hides values marked as sensitive, values with a secret's name, and known secrets inside texts. */
export function shown(value: unknown, masks: Masks): Shown {
  const { sensitive, unknown, redactor, name, before } = masks;
  const hidden = () => (before === undefined || same(before.value, value, "user") ? HIDDEN : HIDDEN_CHANGED);
  if (sensitive === true)
    return unknown === true ? UNKNOWN : value === null || value === undefined ? null : hidden();
  if (unknown === true) return UNKNOWN;
  if (typeof value === "string") {
    if (isSecretName(name) && couldBeSecret(value)) return hidden();
    const inner = parsed(value);
    return inner === undefined
      ? redactor.text(value)
      : shown(inner, { ...masks, sensitive: undefined, before: opened(before), kind: "document" });
  }
  if (typeof value === "number") {
    const isNamed = isUsers(masks.kind ?? "attribute") && value >= SMALLEST_PIN && isSecretName(name);
    return isNamed || redactor.hides(value) ? hidden() : value;
  }
  if (Array.isArray(value) || Array.isArray(unknown)) return shownList(value, masks);
  if (isObject(value) || isObject(unknown)) return shownObject(value, masks);
  return value === undefined ? null : (value as null | boolean);
}

function shownList(
  value: unknown,
  { sensitive, unknown, redactor, name, before, exact, kind = "attribute" }: Masks,
): Shown {
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  const marks = Array.isArray(unknown) ? (unknown as unknown[]) : [];
  return Array.from({ length: Math.max(list.length, marks.length) }, (_, i) =>
    shown(list[i], {
      sensitive: (sensitive as unknown[] | undefined)?.[i],
      unknown: marks[i],
      redactor,
      name,
      before: before && Array.isArray(before.value) ? { value: (before.value as unknown[])[i] } : undefined,
      kind: memberOfList(kind),
      exact,
    }),
  );
}

function shownObject(
  value: unknown,
  { sensitive, unknown, redactor, before, exact = false, kind = "attribute" }: Masks,
): Shown {
  const object = isObject(value) ? value : {};
  const marks = isObject(unknown) ? unknown : {};
  const pair = nameOfPair(object);
  const members = [...new Set([...Object.keys(object), ...Object.keys(marks)])].sort().map(
    (key) =>
      [
        redactor.text(key),
        shown(object[key], {
          sensitive: isObject(sensitive) ? sensitive[key] : undefined,
          unknown: marks[key],
          redactor,
          name: pair !== undefined && /^value$/i.test(key) ? pair : key,
          before: before && isObject(before.value) ? { value: before.value[key] } : undefined,
          kind: memberOfObject(kind),
          exact,
        }),
      ] as const,
  );
  return Object.fromEntries(members.filter(([, member]) => isListed(member, kind, exact)));
}

/** Whether an object's member is shown; what a provider reads for an unset argument is not. */
function isListed(member: Shown, kind: Kind, exact: boolean): boolean {
  if (kind === "block") return !isEmpty(member);
  if (kind === "attribute") return member !== null;
  return kind === "user" || exact || member === "" || !isEmpty(member);
}

/** A list member that is an object is a block with the provider's keys; a map's keys are the user's. */
function memberOfList(kind: Kind): Kind {
  return kind === "attribute" ? "block" : kind;
}

function memberOfObject(kind: Kind): Kind {
  return kind === "attribute" ? "user" : kind === "block" ? "attribute" : kind;
}

function opened(before: Masks["before"]): Masks["before"] {
  if (before === undefined || typeof before.value !== "string") return undefined;
  return { value: parsed(before.value) };
}

function shapeOf(value: unknown): "list" | "object" | "scalar" {
  return Array.isArray(value) ? "list" : isObject(value) ? "object" : "scalar";
}

function marksAnything(mark: unknown): boolean {
  if (typeof mark !== "object" || mark === null) return mark === true;
  return Object.values(mark).some(marksAnything);
}

/** One side of a change, with its mark. */
export interface Marked {
  readonly value: unknown;
  readonly mark: unknown;
}

/**
 * Combines the marks of both sides: a value that is sensitive before or after stays hidden on both sides. If the shapes
 * differ and one side holds a secret, everything is marked.
 */
export function marksOfBoth(before: Marked, after: Marked): unknown {
  if (before.mark === true || after.mark === true) return true;
  const marks = [before, after].filter(({ mark }) => marksAnything(mark));
  if (marks.length === 0) return undefined;
  const values = [before, after].filter(({ value }) => value !== null && value !== undefined);
  const shapes = new Set([
    ...values.map(({ value }) => shapeOf(value)),
    ...marks.map(({ mark }) => shapeOf(mark)),
  ]);
  if (shapes.size > 1) return true;
  if (shapes.has("list")) {
    const length = Math.max(...marks.map(({ mark }) => (mark as unknown[]).length));
    return Array.from({ length }, (_, i) => marksOfBoth(memberOf(before, i), memberOf(after, i)));
  }
  const keys = [...new Set(marks.flatMap(({ mark }) => Object.keys(mark as object)))];
  return Object.fromEntries(
    keys.map((key) => [key, marksOfBoth(memberOf(before, key), memberOf(after, key))]),
  );
}

function memberOf({ value, mark }: Marked, key: string | number): Marked {
  const at = (container: unknown) =>
    typeof container === "object" && container !== null && Object.hasOwn(container, key)
      ? (container as Record<string | number, unknown>)[key]
      : undefined;
  return { value: at(value), mark: at(mark) };
}

/** Whether the value is empty in any provider notation; of a user's values only null is. */
export function isEmpty(value: Shown, kind: Kind = "attribute"): boolean {
  if (value === null) return true;
  if (isUsers(kind)) return false;
  if (value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && !(value instanceof Mark) && Object.keys(value).length === 0;
}

/** Whether two values are equal, ignoring key order and provider notations of empty values. */
export function same(a: unknown, b: unknown, kind: Kind = "attribute"): boolean {
  return canonical(a, kind) === canonical(b, kind);
}

function isUsers(kind: Kind): boolean {
  return kind === "user" || kind === "document";
}

/** Values besides null that a provider reads for an unset argument. */
export type Unset = (value: unknown) => boolean;

const EMPTY: Unset = (value) => value === "";

/** Canonical text with sorted keys and one notation for empty values. */
export function canonical(value: unknown, kind: Kind, unset: Unset = EMPTY): string {
  if (value === undefined || value === null || (!isUsers(kind) && unset(value))) return "null";
  if (Array.isArray(value)) {
    if (value.length === 0 && !isUsers(kind)) return "null";
    return `[${value.map((member) => canonical(member, memberOfList(kind), unset)).join(",")}]`;
  }
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => [key, canonical(value[key], memberOfObject(kind), unset)] as const)
    .filter(([, text]) => isUsers(kind) || text !== "null");
  return members.length === 0 && !isUsers(kind)
    ? "null"
    : `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(",")}}`;
}
