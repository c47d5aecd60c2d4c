import { replaceRanges, secretRanges, type Range } from "./secret-text";

/** Replaces a secret. */
export const SENSITIVE = "(sensitive)";

/** Shorter secrets are masked only where they are marked: "id" is part of too many words. */
export const SHORTEST_SECRET = 6;

/** The same texts recur: an account, a region, a policy. */
const MOST_REMEMBERED = 50_000;

/** Removes known secrets, in every encoding, and anything that looks like a secret. */
export class Redactor {
  /** Encoded secrets by their first letters, longest first. */
  private readonly byStart = new Map<string, string[]>();
  /** Whether any form starts with these two letters; rules out most positions of a text quickly. */
  private readonly starts = new Uint8Array(65_536);
  private readonly remembered = new Map<string, string>();

  constructor(secrets: ReadonlySet<string>) {
    const forms = new Set([...secrets].flatMap(formsOf).filter((form) => form.length >= SHORTEST_SECRET));
    for (const form of forms) {
      const start = form.slice(0, SHORTEST_SECRET);
      const others = this.byStart.get(start);
      if (others === undefined) this.byStart.set(start, [form]);
      else others.push(form);
      this.starts[hash(form, 0)] = 1;
    }
    for (const some of this.byStart.values()) some.sort((a, b) => b.length - a.length);
  }

  /** Whether a number is or contains a secret. */
  hides(value: number): boolean {
    const text = String(value);
    return text.length >= SHORTEST_SECRET && this.text(text) !== text;
  }

  text(text: string): string {
    const before = this.remembered.get(text);
    if (before !== undefined) return before;
    const result = replaceRanges(text, [...this.known(text), ...secretRanges(text)], SENSITIVE);
    if (this.remembered.size < MOST_REMEMBERED) this.remembered.set(text, result);
    return result;
  }

  /** The longest form at each position, overlapping ones too, so that no part of a secret remains. */
  private known(text: string): Range[] {
    const ranges: Range[] = [];
    if (this.byStart.size === 0) return ranges;
    const last = text.length - SHORTEST_SECRET;
    for (let i = 0; i <= last; i++) {
      if (this.starts[hash(text, i)] === 0) continue;
      const form = this.byStart
        .get(text.slice(i, i + SHORTEST_SECRET))
        ?.find((each) => text.startsWith(each, i));
      if (form !== undefined) ranges.push([i, i + form.length]);
    }
    return ranges;
  }
}

function hash(text: string, at: number): number {
  return ((text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2)) & 0xffff;
}

/** The forms a secret takes inside other texts. */
function formsOf(secret: string): string[] {
  const json = jsonEscaped(secret);
  const goJson = json.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
  // A lone surrogate cannot be URL-encoded.
  const wellFormed = secret.replaceAll(/\p{Surrogate}/gu, "\ufffd");
  const url = encodeURIComponent(wellFormed);
  const strictUrl = url.replaceAll(/[!'()*]/g, percent);
  const plain = [secret, json, goJson, jsonEscaped(json), jsonEscaped(goJson)];
  const urls = [
    url,
    strictUrl,
    url.replaceAll("%20", "+"),
    strictUrl.replaceAll("%20", "+"),
    encodeURI(wellFormed),
  ];
  const lower = urls.map((each) => each.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()));
  return [
    ...plain,
    ...plain.map(xmlEscaped),
    ...plain.map(htmlEscaped),
    ...urls,
    ...lower,
    ...encodedForms(secret),
  ];
}

/** Base64 and hexadecimal, at the start of a text or inside it; base64 has three alignments. */
function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inside = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The letters at both ends also depend on the neighboring bytes.
    const end = (shift + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    return text.slice([0, 2, 3][shift], end);
  });
  const base64 = [bytes.toString("base64"), bytes.toString("base64").replace(/=+$/, ""), ...inside];
  const safe = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [...base64, ...safe, bytes.toString("hex"), bytes.toString("hex").toUpperCase()];
}

const jsonEscaped = (text: string) => JSON.stringify(text).slice(1, -1);
const percent = (letter: string) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
const xmlEscaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const htmlEscaped = (text: string) => xmlEscaped(text).replaceAll("'", "&#39;");
