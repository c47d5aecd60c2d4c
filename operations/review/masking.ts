import { isObject } from "../../contract/json";
import { couldBeSecret, isSecretName, nameOfPair, passwordsIn, withoutPasswords } from "./secret-names";
import type { Change, StateModule, TerraformPlan } from "../terraform/plan-json";

/** Stands where a secret was. */
export const SENSITIVE = "(sensitive)";

/** Shorter secrets are masked where they are marked, and left alone elsewhere: "id" is in every other word. */
const SHORTEST = 6;

/** Fields of a secret's JSON that are no secrets; masking "postgres" everywhere would help nobody. */
const NOT_SECRET = new Set([
  "username",
  "user",
  "engine",
  "host",
  "hostname",
  "port",
  "dbname",
  "database",
  "region",
]);

/** Longer forms are looked for one by one: a pattern that is too large is refused, and its error quotes the secret. */
const LONGEST_IN_PATTERN = 500;
/** Forms in one pattern. */
const MOST_IN_PATTERN = 2000;

/** Removes known secrets from any text, in whatever form they are in there. */
export class Redactor {
  /** The longest first, so that no rest of one stays. */
  private readonly patterns: readonly (string | RegExp)[];

  constructor(secrets: ReadonlySet<string>) {
    const forms = new Set([...secrets].flatMap(formsOf).filter((form) => form.length >= SHORTEST));
    const longestFirst = [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    const short = longestFirst.filter((form) => form.length <= LONGEST_IN_PATTERN);
    this.patterns = [
      ...longestFirst.slice(0, longestFirst.length - short.length),
      ...Array.from({ length: Math.ceil(short.length / MOST_IN_PATTERN) }, (_, i) => {
        const some = short.slice(i * MOST_IN_PATTERN, (i + 1) * MOST_IN_PATTERN);
        return new RegExp(some.map(literal).join("|"), "g");
      }),
    ];
  }

  /** Whether a number is a secret, or holds one. */
  hides(value: number): boolean {
    const text = String(value);
    return text.length >= SHORTEST && this.text(text) !== text;
  }

  text(text: string): string {
    const known = this.patterns.reduce<string>((rest, pattern) => rest.replaceAll(pattern, SENSITIVE), text);
    return withoutPasswords(known, SENSITIVE);
  }
}

/** Every secret in a plan: what Terraform marks, and what has a secret's name. */
export function secretsOf(plan: TerraformPlan): Set<string> {
  const found = new Set<string>();
  const fromChange = ({ before, after, before_sensitive, after_sensitive }: Change, name = "") => {
    collect(before, before_sensitive, name, found);
    collect(after, after_sensitive, name, found);
  };
  for (const { change } of [...(plan.resource_changes ?? []), ...(plan.resource_drift ?? [])])
    fromChange(change);
  for (const [name, change] of Object.entries(plan.output_changes ?? {})) fromChange(change, name);
  const declared = plan.configuration?.root_module?.variables ?? {};
  for (const [name, { value }] of Object.entries(plan.variables ?? {})) {
    collect(value, declared[name]?.sensitive === true, name, found);
  }
  for (const state of [plan.prior_state?.values, plan.planned_values]) fromModule(state?.root_module, found);
  return found;
}

function fromModule(module: StateModule | undefined, found: Set<string>): void {
  for (const { values, sensitive_values } of module?.resources ?? [])
    collect(values, sensitive_values, "", found);
  for (const child of module?.child_modules ?? []) fromModule(child, found);
}

function collect(value: unknown, mask: unknown, name: string, found: Set<string>): void {
  if (mask === true) {
    collectAll(value, found);
  } else if (typeof value === "string") {
    if (couldBeSecret(value) && isSecretName(name)) collectAll(value, found);
    for (const password of passwordsIn(value)) collectAll(password, found);
    const inner = parsed(value);
    if (inner !== undefined) collect(inner, undefined, name, found);
  } else if (Array.isArray(value)) {
    value.forEach((member, i) => collect(member, (mask as unknown[] | undefined)?.[i], name, found));
  } else if (isObject(value)) {
    const pair = nameOfPair(value);
    for (const [key, member] of Object.entries(value)) {
      const known = pair !== undefined && /^value$/i.test(key) ? pair : key;
      collect(member, isObject(mask) ? mask[key] : undefined, known, found);
    }
  }
}

/** A secret, all of it; of one that is JSON the strings in it as well, of one with lines each long line. */
function collectAll(value: unknown, found: Set<string>): void {
  if (typeof value === "number") collectAll(String(value), found);
  if (Array.isArray(value)) value.forEach((member) => collectAll(member, found));
  if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (!NOT_SECRET.has(key.toLowerCase())) collectAll(member, found);
    }
  }
  if (typeof value !== "string") return;
  for (const text of [value, value.trim()]) if (text.length >= SHORTEST) found.add(text);
  const lines = value.split("\n").map((line) => line.trim());
  if (lines.length > 1)
    for (const line of lines) if (line.length >= 16 && !line.startsWith("-----")) found.add(line);
  const inner = parsed(value);
  if (inner !== undefined) collectAll(inner, found);
}

/** The forms a secret takes inside of other texts. */
function formsOf(secret: string): string[] {
  const json = jsonEscaped(secret);
  const goJson = json.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
  // A lone half of a letter cannot be in an address.
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

/** Base64 and hexadecimal, alone and in the midst of more: three bytes make four letters, so there are three ways. */
function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inside = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The letters at both ends also depend on the neighbours.
    const end = (shift + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    return text.slice([0, 2, 3][shift], end);
  });
  const base64 = [bytes.toString("base64"), bytes.toString("base64").replace(/=+$/, ""), ...inside];
  const safe = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [...base64, ...safe, bytes.toString("hex"), bytes.toString("hex").toUpperCase()];
}

const jsonEscaped = (text: string) => JSON.stringify(text).slice(1, -1);
const percent = (letter: string) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
const xmlEscaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const htmlEscaped = (text: string) => xmlEscaped(text).replaceAll("'", "&#39;");

/** No document of anybody is nested deeper; one that is stays a text. */
const DEEPEST = 100;

/** The list or object in a string of JSON. */
export function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return isDeeperThan(DEEPEST, value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member));
}
