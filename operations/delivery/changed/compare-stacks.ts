import { createHash } from "node:crypto";
import { canonicalJson, isObject } from "../../../contract/json";

/** A synthesized stack: its `cdk.tf.json`, and the assets beside it. */
export interface SynthesizedStack {
  readonly template: unknown;
  /** SHA-256 of each asset, by its path in the stack's folder, for example `assets/code/4F2A/code.zip`. */
  readonly assets: Readonly<Record<string, string>>;
}

/** Ids of stacks; each list is sorted, and each stack is in one of them. */
export interface StackChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** Only in the base: someone must destroy what is deployed. */
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/**
 * Compares stacks by what Terraform reads. It ignores cdktf's metadata (construct paths, version) and the order of keys,
 * and compares an asset by its content, not by the hash in its path.
 */
export function compareStacks(
  base: ReadonlyMap<string, SynthesizedStack>,
  head: ReadonlyMap<string, SynthesizedStack>,
): StackChanges {
  const lists = {
    added: [] as string[],
    changed: [] as string[],
    removed: [] as string[],
    unchanged: [] as string[],
  };
  for (const id of [...new Set([...base.keys(), ...head.keys()])].sort()) {
    const before = base.get(id);
    const after = head.get(id);
    if (!before) lists.added.push(id);
    else if (!after) lists.removed.push(id);
    else lists[comparableText(before) === comparableText(after) ? "unchanged" : "changed"].push(id);
  }
  return lists;
}

/** The same value for all stacks that Terraform treats alike. */
export function comparableText({ template, assets }: SynthesizedStack): string {
  const names = Object.entries(assets)
    // A path may start with another one, that of a folder.
    .sort(([a], [b]) => b.length - a.length)
    .map(([path, sha256]) => [path, `asset-${sha256}`] as const);
  const text = canonicalJson(withoutMetadata(template));
  return names.reduce((result, [path, name]) => result.replaceAll(path, name), text);
}

/** Hash of a folder, from the names and hashes of its entries. */
export function folderHash(entries: Readonly<Record<string, string>>): string {
  return createHash("sha256").update(canonicalJson(entries)).digest("hex");
}

/** Without what cdktf notes beside the resources. */
function withoutMetadata(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === "//" && isObject(inner)))
      .map(([key, inner]) => [key, withoutMetadata(inner)]),
  );
}
