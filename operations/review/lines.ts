import { diffArrays } from "diff";
import { isObject } from "../../contract/json";
import { Mark, type Shown } from "./shown";

export interface DiffLine {
  /** `+` new, `-` deleted, `!` changed, blank for context. */
  readonly sign: "+" | "-" | "!" | " ";
  readonly text: string;
}

/** Longer lines are cut. */
const LONGEST_LINE = 400;
/** Longest list or object that is written on one line. */
const LONGEST_INLINE = 90;
/** Unchanged lines shown before and after a change. */
const CONTEXT = 2;
/** Most lines shown of a text that is new, deleted or replaced. */
const MOST_LINES = 500;
/** Texts that differ in more lines count as replaced, because the time to compare them grows quadratically. */
const MOST_EDITS = 2000;

/** The value on one line, or undefined if it does not fit. */
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
  const members = Object.entries(object);
  const texts = members.map(([key, member]) => [key, scalar(member)] as const);
  if (texts.some(([, text]) => text === undefined)) return undefined;
  return texts.length === 0
    ? "{}"
    : `{ ${texts.map(([key, text]) => `${keyText(key)}: ${text}`).join(", ")} }`;
}

function scalar(value: Shown): string | undefined {
  if (value instanceof Mark) return value.text;
  if (typeof value === "string") return value.includes("\n") ? undefined : visible(JSON.stringify(value));
  return isObject(value) || Array.isArray(value) ? undefined : String(value);
}

/** The value on several lines, without commas, so that a line changes only if its value does. */
export function block(value: Shown, indent = ""): string[] {
  const short = inline(value);
  if (short !== undefined) return [`${indent}${short}`];
  if (typeof value === "string")
    return value.split(/\r?\n/).map((line) => `${indent}${visible(line)}`.trimEnd());
  if (Array.isArray(value)) {
    const members = (value as readonly Shown[]).flatMap((member) => block(member, `${indent}  `));
    return [`${indent}[`, ...members, `${indent}]`];
  }
  const members = Object.entries(value as Record<string, Shown>);
  return [
    `${indent}{`,
    ...members.flatMap(([key, member]) => {
      const [first = "", ...rest] = block(member, `${indent}  `);
      return [`${indent}  ${keyText(key)}: ${first.trimStart()}`, ...rest];
    }),
    `${indent}}`,
  ];
}

/** All lines of a new or deleted value. */
export function wholly(sign: "+" | "-", name: string, value: Shown): DiffLine[] {
  const short = inline(value);
  if (short !== undefined) return [{ sign, text: clip(`${name} = ${short}`) }];
  const [first = "", ...rest] = block(value);
  const body = typeof value === "string" ? [first, ...rest].map((line) => `  ${line}`) : rest;
  const head = typeof value === "string" ? `${name} =` : `${name} = ${first}`;
  return firstOf([head, ...body].map((text) => ({ sign, text: clip(text) })));
}

/** The lines of a changed value: one line if both sides fit, else the differences with context. */
export function changing(name: string, before: Shown, after: Shown, note = ""): DiffLine[] {
  const [a, b] = [inline(before), inline(after)];
  const suffix = note && `   # ${note}`;
  if (a !== undefined && b !== undefined) {
    const [left, right] = a.length + b.length <= LONGEST_LINE ? [a, b] : [around(a, b), around(b, a)];
    return [{ sign: "!", text: `${name}: ${left} → ${right}${suffix}` }];
  }
  return [{ sign: "!", text: `${name}:${suffix}` }, ...difference(block(before), block(after))];
}

function difference(before: readonly string[], after: readonly string[]): DiffLine[] {
  const chunks = diffArrays([...before], [...after], { maxEditLength: MOST_EDITS });
  if (chunks === undefined) {
    const side = (sign: "+" | "-", texts: readonly string[]) =>
      firstOf(texts.map((text) => ({ sign, text: clip(`  ${text}`) })));
    return [...side("-", before), ...side("+", after)];
  }
  const lines: DiffLine[] = chunks.flatMap(({ added, removed, value }, i) => {
    const [sign, other] = added
      ? (["+", chunks[i - 1]?.removed] as const)
      : removed
        ? (["-", chunks[i + 1]?.added] as const)
        : ([" ", false] as const);
    const others = other ? chunks[added ? i - 1 : i + 1]!.value : [];
    return value.map((text, j) => ({ sign, text: shortened(text, others[j]) }));
  });
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ sign }) => sign !== " "),
  );
  const result: DiffLine[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (near[i]) {
      result.push({ sign: lines[i]!.sign, text: `  ${lines[i]!.text}` });
      continue;
    }
    const from = i;
    while (i + 1 < lines.length && !near[i + 1]) i++;
    const count = i + 1 - from;
    result.push({ sign: " ", text: count === 1 ? `  ${lines[i]!.text}` : `  ⋯ ${count} lines` });
  }
  return result;
}

/** Cuts a long line around the first difference; cut at the end, both sides would look the same. */
function shortened(text: string, other: string | undefined): string {
  return text.length <= LONGEST_LINE || other === undefined ? clip(text) : around(text, other);
}

/** The part of a long line that differs, with context. */
function around(text: string, other: string): string {
  const AROUND = 30;
  const shorter = Math.min(text.length, other.length);
  let start = 0;
  while (start < shorter && text[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && text[text.length - 1 - end] === other[other.length - 1 - end]) end++;
  const [from, to] = [Math.max(0, start - AROUND), Math.min(text.length, text.length - end + AROUND)];
  const middle = text.slice(from, to);
  const cut = middle.length > 180 ? `${middle.slice(0, 180)}…` : middle;
  return visible(`${from > 0 ? "…" : ""}${cut}${to < text.length ? "…" : ""}`);
}

function firstOf(lines: readonly DiffLine[]): DiffLine[] {
  const more = lines.length - MOST_LINES;
  return more <= 0
    ? [...lines]
    : [...lines.slice(0, MOST_LINES), { sign: " ", text: `  ⋯ ${more} more lines` }];
}

/** Control, zero-width and bidirectional characters and lone surrogates, but not tabs and line breaks. */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with invisible and bidirectional characters escaped. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (letter) => {
    const hex = letter.codePointAt(0)!.toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
}

/** A key on one line; line breaks in it would look like other lines of the change. */
function keyText(key: string): string {
  return visible(key).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}

/** The text cut to its maximum length, with the number of characters cut. */
export function clip(text: string, longest = LONGEST_LINE): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, "")}… (${text.length - longest} more characters)`;
}
