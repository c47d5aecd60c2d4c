import { block, changing, clip, inline, wholly, type DiffLine } from "./lines";
import { isObject } from "../../contract/json";
import { SENSITIVE, type Redactor } from "./redactor";
import { isEmpty, kindOf, Mark, marksOfBoth, same, shown, UNKNOWN, type Kind, type Shown } from "./shown";
import type { Change } from "../terraform/plan-json";

/** A changed attribute, with secrets masked. */
export interface AttributeChange {
  readonly name: string;
  readonly kind: "add" | "remove" | "change";
  /** As text; absent if there is no value on that side. */
  readonly before?: string;
  readonly after?: string;
  /** Whether this change forces the replacement. */
  readonly forces: boolean;
  readonly lines: readonly DiffLine[];
}

export interface AttributeChanges {
  readonly attributes: readonly AttributeChange[];
  /** Attributes that AWS decides at apply and that are not worth listing one by one. */
  readonly knownAfterApply: readonly string[];
}

/** The changed attributes. `forcing` lists the attributes that force a replacement. */
export function attributeChanges(
  change: Change,
  redactor: Redactor,
  forcing: ReadonlySet<string> = new Set(),
  type = "",
): AttributeChanges {
  const before = isObject(change.before) ? change.before : {};
  const after = isObject(change.after) ? change.after : {};
  const unknown = isObject(change.after_unknown) ? change.after_unknown : {};
  const isNew = !isObject(change.before);
  const isGone = !isObject(change.after) && !change.actions.includes("create");
  const isReplaced = change.actions.includes("create") && !isNew;
  const attributes: AttributeChange[] = [];
  const knownAfterApply: string[] = [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(unknown)])].sort();
  for (const name of names) {
    const wholeUnknown = unknown[name] === true;
    // Default tags are the same on every resource of the stack.
    if (name === "tags_all" && (isNew || isGone || same(withoutTags(before), withoutTags(after)))) continue;
    if (wholeUnknown && !forcing.has(name) && (isNew || isReplaced)) {
      knownAfterApply.push(name);
      continue;
    }
    const kind = kindOf(type, name);
    const stays = same(before[name], after[name], kind) && !hasUnknown(unknown[name]);
    if (stays && !forcing.has(name)) continue;
    // A recreated resource drops defaults that the provider had read; the user changed nothing.
    const isDefault = kind !== "user" && isUnset(after[name]) && isUnset(before[name]);
    if (isReplaced && !forcing.has(name) && isDefault) continue;
    const sensitive = marksOfBoth(
      { value: before[name], mark: markOf(change.before_sensitive, name) },
      { value: after[name], mark: markOf(change.after_sensitive, name) },
    );
    const seen = (side: "before" | "after", exact = false): Shown =>
      shown(side === "before" ? before[name] : after[name], {
        exact,
        sensitive,
        unknown: side === "before" ? undefined : unknown[name],
        redactor,
        name,
        before: side === "before" || isNew ? undefined : { value: before[name] },
        kind,
      });
    const both = (exact: boolean) => [seen("before", exact), isGone ? null : seen("after", exact)] as const;
    const [was, will] = distinct(both);
    attributes.push(attributeChange(name, was, will, { forces: forcing.has(name), kind }));
  }
  return { attributes: attributes.filter(({ lines }) => lines.length > 0), knownAfterApply };
}

/** A changed value that is not an attribute, such as an output. */
export function valueChange(name: string, change: Change, redactor: Redactor): AttributeChange {
  const sensitive = marksOfBoth(
    { value: change.before, mark: change.before_sensitive },
    { value: change.after, mark: change.after_sensitive },
  );
  const kind = "user";
  const [before, after] = distinct((exact) => [
    shown(change.before, { sensitive, redactor, name, kind, exact }),
    shown(change.after, {
      sensitive,
      unknown: change.after_unknown,
      redactor,
      name,
      before: change.actions.includes("create") ? undefined : { value: change.before },
      kind,
      exact,
    }),
  ]);
  return attributeChange(name, before, after, { forces: false, kind });
}

/** Both sides; in full if they look the same without empty lists and objects. */
function distinct(both: (exact: boolean) => readonly [Shown, Shown]): readonly [Shown, Shown] {
  const [before, after] = both(false);
  const [text, other] = [asText(before), asText(after)];
  return text === other && !text.includes(SENSITIVE) ? both(true) : [before, after];
}

function attributeChange(
  name: string,
  before: Shown,
  after: Shown,
  { forces, kind: owner }: { readonly forces: boolean; readonly kind: Kind },
): AttributeChange {
  const [wasEmpty, isNothing] = [isEmpty(before, owner), isEmpty(after, owner)];
  const kind = wasEmpty && !isNothing ? "add" : isNothing && !wasEmpty ? "remove" : "change";
  return {
    name,
    kind,
    ...(wasEmpty ? {} : { before: asText(before) }),
    ...(isNothing ? {} : { after: asText(after) }),
    forces,
    lines: wasEmpty && isNothing ? [] : linesOf(name, before, after, kind, forces),
  };
}

function linesOf(
  name: string,
  before: Shown,
  after: Shown,
  kind: AttributeChange["kind"],
  forces: boolean,
): DiffLine[] {
  const note = forces ? "forces replacement" : "";
  if (kind === "add") return noted(wholly("+", name, after), note);
  if (kind === "remove") return noted(wholly("-", name, before), note);
  if (asText(before) !== asText(after)) return changing(name, before, after, note);
  // The values differ only in hidden parts.
  const seen = inline(after);
  const short = seen === undefined || after instanceof Mark ? "" : ` ${seen}`;
  const what = asText(after).includes(SENSITIVE)
    ? "a sensitive part changes"
    : "only white space or notation changes";
  return [{ sign: "!", text: `${clip(`${name}:${short}`)} (${what})${note && `   # ${note}`}` }];
}

function noted(lines: DiffLine[], note: string): DiffLine[] {
  const [first, ...rest] = lines;
  if (first === undefined || note === "") return lines;
  return [{ ...first, text: `${first.text}   # ${note}` }, ...rest];
}

function asText(value: Shown): string {
  return value === UNKNOWN ? UNKNOWN.text : block(value).join("\n");
}

/** Default tags: all tags except the resource's own. */
function withoutTags(values: Readonly<Record<string, unknown>>): unknown {
  const own = isObject(values.tags) ? values.tags : {};
  const all = isObject(values.tags_all) ? values.tags_all : {};
  return Object.fromEntries(Object.entries(all).filter(([key]) => !(key in own)));
}

function markOf(mask: unknown, name: string): unknown {
  return mask === true ? true : isObject(mask) ? mask[name] : undefined;
}

function isUnset(value: unknown): boolean {
  return value === false || value === 0 || same(value, null);
}

function hasUnknown(unknown: unknown): boolean {
  if (typeof unknown !== "object" || unknown === null) return unknown === true;
  return Object.values(unknown).some(hasUnknown);
}
