import { diffArrays } from "diff";
import { isObject } from "../json-object";
import { isEmpty, Mark, type Shown } from "./shown";

export interface DiffLine {
  /** `+` new, `-` gone, `!` changed, a blank for what stands around it. */
  readonly sign: "+" | "-" | "!" | " ";
  readonly text: string;
}

/** Longer lines are cut: a report is read, not parsed. */
const LONGEST_LINE = 400;
/** A list or an object stays on one line up to here. */
const LONGEST_INLINE = 90;
/** Unchanged lines that are shown before and after a change. */
const CONTEXT = 2;

/** The value on one line, or undefined when it takes more. */
export function inline(value: Shown): string | undefined {
  if (typeof value === "string" && value.includes("\n")) return undefined;
  const text = scalar(value);
  if (text !== undefined) return text;
  const compact = Array.isArray(value)
    ? inlineList(value as readonly Shown[])
    : inlineObject(value as Record<string, Shown>);
  return compact !== undefined && compact.length <= LONGEST_INLINE ? compact : undefined;
}

function inlineList(list: readonly Shown[]): string | undefined {
  const members = list.map((member) => scalar(member));
  return members.includes(undefined) ? undefined : `[${members.join(", ")}]`;
}

function inlineObject(object: Readonly<Record<string, Shown>>): string | undefined {
  const members = Object.entries(object).filter(([, member]) => !isEmpty(member));
  const texts = members.map(([key, member]) => [key, scalar(member)] as const);
  if (texts.some(([, text]) => text === undefined)) return undefined;
  return texts.length === 0
    ? "{}"
    : `{ ${texts.map(([key, text]) => `${visible(key)}: ${text}`).join(", ")} }`;
}

function scalar(value: Shown): string | undefined {
  if (value instanceof Mark) return value.text;
  if (typeof value === "string") return value.includes("\n") ? undefined : visible(JSON.stringify(value));
  return isObject(value) || Array.isArray(value) ? undefined : String(value);
}

/** The value on as many lines as it takes; without commas, so that a line changes only when its value does. */
export function block(value: Shown, indent = ""): string[] {
  const short = inline(value);
  if (short !== undefined) return [`${indent}${short}`];
  if (typeof value === "string")
    return value.split(/\r?\n/).map((line) => `${indent}${visible(line)}`.trimEnd());
  if (Array.isArray(value)) {
    const members = (value as readonly Shown[]).flatMap((member) => block(member, `${indent}  `));
    return [`${indent}[`, ...members, `${indent}]`];
  }
  const members = Object.entries(value as Record<string, Shown>).filter(([, member]) => !isEmpty(member));
  return [
    `${indent}{`,
    ...members.flatMap(([key, member]) => {
      const [first = "", ...rest] = block(member, `${indent}  `);
      return [`${indent}  ${visible(key)}: ${first.trimStart()}`, ...rest];
    }),
    `${indent}}`,
  ];
}

/** All lines of a value that is new or gone. */
export function wholly(sign: "+" | "-", name: string, value: Shown): DiffLine[] {
  const short = inline(value);
  if (short !== undefined) return [{ sign, text: clip(`${name} = ${short}`) }];
  const [first = "", ...rest] = block(value);
  const body = typeof value === "string" ? [first, ...rest].map((line) => `  ${line}`) : rest;
  const head = typeof value === "string" ? `${name} =` : `${name} = ${first}`;
  return [head, ...body].map((text) => ({ sign, text: clip(text) }));
}

/** The lines of a value that changes: one line if both fit there, else what differs with a little around it. */
export function changing(name: string, before: Shown, after: Shown, note = ""): DiffLine[] {
  const [a, b] = [inline(before), inline(after)];
  const suffix = note && `   # ${note}`;
  if (a !== undefined && b !== undefined) {
    const [left, right] = a.length + b.length <= LONGEST_LINE ? [a, b] : aroundDifference(a, b);
    return [{ sign: "!", text: `${name}: ${left} → ${right}${suffix}` }];
  }
  return [{ sign: "!", text: `${name}:${suffix}` }, ...difference(block(before), block(after))];
}

function difference(before: readonly string[], after: readonly string[]): DiffLine[] {
  const lines: DiffLine[] = diffArrays([...before], [...after]).flatMap(({ added, removed, value }) =>
    value.map((text) => ({ sign: added ? ("+" as const) : removed ? ("-" as const) : (" " as const), text })),
  );
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ sign }) => sign !== " "),
  );
  const result: DiffLine[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (near[i]) {
      result.push({ sign: lines[i]!.sign, text: clip(`  ${lines[i]!.text}`) });
      continue;
    }
    const from = i;
    while (i + 1 < lines.length && !near[i + 1]) i++;
    const count = i + 1 - from;
    result.push({ sign: " ", text: count === 1 ? `  ${lines[i]!.text}` : `  ⋯ ${count} lines` });
  }
  return result;
}

/** Of two long lines what differs, with the letters around it. */
function aroundDifference(a: string, b: string): [string, string] {
  const AROUND = 30;
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const part = (text: string) => {
    const [from, to] = [Math.max(0, start - AROUND), Math.min(text.length, text.length - end + AROUND)];
    const middle = text.slice(from, to);
    const cut = middle.length > 180 ? `${middle.slice(0, 180)}…` : middle;
    return `${from > 0 ? "…" : ""}${cut}${to < text.length ? "…" : ""}`;
  };
  return [part(a), part(b)];
}

/** Letters that are not seen, or that turn the text around them, written as escapes. */
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function visible(text: string): string {
  return text.replaceAll(UNSEEN, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A text up to its longest, and how much was cut. */
export function clip(text: string, longest = LONGEST_LINE): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, "")}… (${text.length - longest} more characters)`;
}
