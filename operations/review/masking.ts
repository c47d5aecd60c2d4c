import { isObject } from "../../contract/json";
import type { Change, StateModule, TerraformPlan } from "../terraform/plan-json";
import { SHORTEST_SECRET } from "./redactor";
import { couldBeSecret, isCommonWord, isSecretName, nameOfPair } from "./secret-names";
import { secretRanges } from "./secret-text";
import { vendorSecrets } from "./vendor-secrets";

/** Fields of a JSON secret that are not secret. Masking "postgres" everywhere would hide harmless text. */
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

/** What was found in the plans: secrets, and texts to search for more. */
interface Found {
  readonly secrets: Set<string>;
  readonly texts: Set<string>;
}

/**
 * Every secret in the plans and other texts: what Terraform marks as sensitive, has a secret's name, or looks like one.
 * Common words and ids are left out; they are hidden only where they are marked.
 */
export function secretsOf(plans: readonly TerraformPlan[], others: readonly string[] = []): Set<string> {
  const found: Found = { secrets: new Set(), texts: new Set(others) };
  for (const plan of plans) collectPlan(plan, found);
  for (const text of found.texts) {
    for (const range of secretRanges(text)) addSecret(text.slice(...range), found);
  }
  for (const secret of vendorSecrets(found.texts)) addSecret(secret, found);
  return found.secrets;
}

function collectPlan(plan: TerraformPlan, found: Found): void {
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
}

function fromModule(module: StateModule | undefined, found: Found): void {
  for (const { values, sensitive_values } of module?.resources ?? [])
    collect(values, sensitive_values, "", found);
  for (const child of module?.child_modules ?? []) fromModule(child, found);
}

function collect(value: unknown, mask: unknown, name: string, found: Found): void {
  if (mask === true) {
    collectAll(value, found);
  } else if (typeof value === "string") {
    if (isSecretName(name) && couldBeSecret(value)) collectAll(value, found);
    const inner = parsed(value);
    if (inner === undefined) found.texts.add(value);
    else collect(inner, undefined, name, found);
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

/** The whole secret, plus the strings of a JSON secret and the long lines of a multi-line one. */
function collectAll(value: unknown, found: Found): void {
  if (typeof value === "number") collectAll(String(value), found);
  if (Array.isArray(value)) value.forEach((member) => collectAll(member, found));
  if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (!NOT_SECRET.has(key.toLowerCase())) collectAll(member, found);
    }
  }
  if (typeof value !== "string") return;
  addSecret(value, found);
  const inner = parsed(value);
  if (inner !== undefined) collectAll(inner, found);
}

function addSecret(secret: string, { secrets }: Found): void {
  const lines = secret.split(/\n|\\n/).map((line) => line.trim());
  const long = lines.length > 1 ? lines.filter((line) => line.length >= 16 && !line.startsWith("-----")) : [];
  for (const text of [secret, secret.trim(), ...long]) {
    if (text.length >= SHORTEST_SECRET && !isCommonWord(text)) secrets.add(text);
  }
}

/** Documents nested deeper than this stay text. */
const DEEPEST = 100;

/** The list or object in a JSON string. */
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
