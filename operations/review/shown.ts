import { isObject } from "../../contract/json";
import { parsed } from "./masking";
import { SENSITIVE, type Redactor } from "./redactor";
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
  /** Who chooses the keys and values. @default "attribute" */
  readonly kind?: Kind;
  /** Shows all of a document, its empty lists and objects too. @default false */
  readonly exact?: boolean;
}

/**
 * Who chooses what is in a value. A provider reads "", 0 members or nothing for what was not set, in its attributes and
 * in the blocks of a list; in maps (tags, environment variables), in JSON and in outputs "" is what someone wrote. Of a document in JSON, empty
 * lists and objects are AWS's notation as often as the user's: they are shown only where nothing else differs.
 */
export type Kind = "attribute" | "block" | "user" | "document";

/** Arguments of `terraform_data`, whose value is the user's in all of its parts. */
const USER_ATTRIBUTES: ReadonlySet<string> = new Set(["input", "output", "triggers_replace"]);

/** The kind of an attribute's value. */
export function kindOf(type: string, name: string): Kind {
  return type === "terraform_data" && USER_ATTRIBUTES.has(name) ? "user" : "attribute";
}

/** Smaller numbers under a secret's name are lengths and counts. */
const SMALLEST_PIN = 1000;

/** Hides what Terraform marks as sensitive, what has the name of a secret, and every known secret inside texts. */
export function shown(value: unknown, masks: Masks): Shown {
  const { sensitive, unknown, redactor, name, before } = masks;
  const hidden = () => (before === undefined || same(before.value, value, "user") ? HIDDEN : HIDDEN_CHANGED);
  if (sensitive === true)
    return unknown === true ? UNKNOWN : value === null || value === undefined ? null : hidden();
  if (unknown === true) return UNKNOWN;
  // A mark on members of a value of another shape: it is no longer known which part of the value is the secret.
  if (marksAnything(sensitive) && isOther(sensitive, value)) return hidden();
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

/** Whether a member of an object is shown: what a provider reads for an argument that nobody has set is not. */
function isListed(member: Shown, kind: Kind, exact: boolean): boolean {
  if (kind === "block") return !isEmpty(member);
  if (kind === "attribute") return member !== null;
  return kind === "user" || exact || member === "" || !isEmpty(member);
}

/** An object in a list is a block, whose keys are the provider's; a map's keys are the user's. */
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

/** Whether a mark is for a value of another shape. */
function isOther(mark: unknown, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return shapeOf(mark) !== shapeOf(value);
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
 * The marks of both sides: taking a mark away does not show what was hidden until now, and setting one does not show
 * what is to be hidden. Where the two values differ in shape and one holds a secret, all of both is marked.
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

/** Nothing, in any of the ways a provider says it; of what a user wrote nothing but null. */
export function isEmpty(value: Shown, kind: Kind = "attribute"): boolean {
  if (value === null) return true;
  if (isUsers(kind)) return false;
  if (value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && !(value instanceof Mark) && Object.keys(value).length === 0;
}

/** Whether two values mean the same: the order of keys does not count, nor how a provider says nothing. */
export function same(a: unknown, b: unknown, kind: Kind = "attribute"): boolean {
  return canonical(a, kind) === canonical(b, kind);
}

function isUsers(kind: Kind): boolean {
  return kind === "user" || kind === "document";
}

/** What a provider reads where an argument was not set, besides null. */
export type Unset = (value: unknown) => boolean;

const EMPTY: Unset = (value) => value === "";

/** Keys in order; nothing is nothing, however the provider says it. */
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
