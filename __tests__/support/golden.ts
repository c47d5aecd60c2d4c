import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { sortKeys } from "../../contract/json";
import type { Environment } from "../../environments/schema";
import { bootstrap } from "../../environments/bootstrap";
import { validateBootstrap, type BootstrapSettings } from "../../environments/schema/bootstrap-fields";
import type { ReaperCode } from "../../modules/ttl-cleanup/reaper-function";
import { buildApp } from "../../stacks/app";
import { FIXED_REAPER_CODE } from "./reaper-code";

/** Golden files: what synth writes, one file per module, in a form made for reading. */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Block = Record<string, Json>;

interface StackJson {
  readonly [section: string]: Json;
}

/** File name to content, both without the stack's folder. */
export type GoldenFiles = ReadonlyMap<string, string>;

/** Synthesizes by the route of `main.ts`, but with code that never changes, and returns each stack's bytes. */
export function synthesize(
  environments: readonly Environment[],
  reaperCode: ReaperCode = FIXED_REAPER_CODE,
  settings: Partial<BootstrapSettings> = {},
): Map<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), "golden-"));
  try {
    buildApp({
      environments,
      bootstrap: { ...validateBootstrap("", bootstrap).settings, ...settings },
      reaperCode,
      outdir,
    }).synth();
    const stacks = readdirSync(join(outdir, "stacks")).sort();
    return new Map(
      stacks.map((stack) => [stack, readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Modules that are too long for one file: one for each of their parts. */
const SPLIT = ["ttl-cleanup", "web"];

function fileOf([module = "", part = ""]: readonly string[]): string {
  return SPLIT.includes(module) ? `${module}-${part}` : module;
}

/**
 * Splits a stack by the first construct below it: `networking.tf.json`, `database.tf.json`, … What has no
 * construct (backend, provider, outputs) is in `stack.tf.json`, all addresses are in `addresses.json`.
 */
export function goldenFiles(text: string): GoldenFiles {
  const stack = JSON.parse(text) as StackJson;
  const files = new Map<string, Block>([["stack", {}]]);
  const addresses: string[] = [];
  for (const [section, content] of Object.entries(stack)) {
    if (section === "//") continue;
    if (section !== "resource" && section !== "data") {
      files.get("stack")![section] = readable(content);
      continue;
    }
    for (const [type, byId] of Object.entries(content as Record<string, Record<string, Block>>)) {
      for (const [id, { "//": metadata, ...block }] of Object.entries(byId)) {
        const path = (metadata as { metadata: { path: string } }).metadata.path.split("/").slice(1);
        const address = `${section === "data" ? "data." : ""}${type}.${id}`;
        const file = fileOf(path);
        addresses.push(address);
        if (!files.has(file)) files.set(file, {});
        files.get(file)![address] = { path: path.join("/"), ...(readable(block) as Block) };
      }
    }
  }
  return new Map([
    ...[...files].map(([file, block]) => [`${file}.tf.json`, print(sortKeys(block))] as const),
    ["addresses.json", print(addresses.sort())] as const,
  ]);
}

/** JSON inside of strings (policies, container definitions) becomes JSON, so that a diff shows the line. */
function readable(value: Json): Json {
  if (typeof value === "string") {
    for (const place of [process.cwd(), `${tmpdir()}/`]) {
      if (value.includes(place))
        throw new Error(`a path of this machine is in the synthesized JSON: ${value}`);
    }
    if (!/^[[{]/.test(value)) return value;
    try {
      return readable(JSON.parse(value) as Json);
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.map(readable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, inner]) => [key, readable(inner)]),
  );
}

export function print(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** What differs between two stacks. */
export interface Difference {
  /** Addresses that only the left or the right stack has. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** Arguments of the same address with different values. */
  readonly both: readonly string[];
}

/** What differs between two stacks whose names are made alike: the reviewer reads this first. */
export function difference(left: string, right: string): Difference {
  const [a, b] = [left, right].map((text) => flatten(readable(withoutName(JSON.parse(text) as Json)))) as [
    Map<string, string>,
    Map<string, string>,
  ];
  const [inA, inB] = [a, b].map(
    (entries) => new Set([...entries.keys()].map(addressOf).filter((address) => address !== "")),
  ) as [Set<string>, Set<string>];
  const changes = [...new Set([...a.keys(), ...b.keys()])]
    .filter((key) => addressOf(key) === "" || (inA.has(addressOf(key)) && inB.has(addressOf(key))))
    .filter((key) => a.get(key) !== b.get(key))
    .sort()
    .map((key) => ({ key, change: `${a.get(key) ?? "nothing"} → ${b.get(key) ?? "nothing"}` }));
  return {
    left: [...inA].filter((address) => !inB.has(address)).sort(),
    right: [...inB].filter((address) => !inA.has(address)).sort(),
    both: merged(changes),
  };
}

/** Says a change once that many resources of a type share. */
function merged(changes: readonly { key: string; change: string }[]): string[] {
  const MANY = 4;
  const groups = new Map<string, string[]>();
  for (const { key, change } of changes) {
    const [address = "", argument = ""] = key.split(" ");
    const type = address.split(".").slice(0, 2).join(".");
    const alike = `${type}.* ${argument}: ${change}`;
    groups.set(alike, [...(groups.get(alike) ?? []), `${key}: ${change}`]);
  }
  return [...groups].flatMap(([alike, lines]) =>
    lines.length < MANY ? lines : [`${lines.length} × ${alike}`],
  );
}

/** The address at the start of a flattened key; empty for what is no resource. */
function addressOf(key: string): string {
  return /^(resource|data)\.\S+/.exec(key)?.[0] ?? "";
}

function withoutName(value: Json): Json {
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(/\b(prod|staging)\b/g, "<environment>")
      .replaceAll(/(<environment>-[a-z]+)-[0-9a-f]{6}\b/g, "$1-<hash>"),
  ) as Json;
}

/** `resource.type.id argument.path` to value. The order of a list of plain values means nothing. */
function flatten(value: Json, path: string[] = [], into = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value) && value.every((inner) => inner === null || typeof inner !== "object")) {
    for (const inner of value) flatten("listed", [...path, String(inner)], into);
    return into;
  }
  if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) flatten(inner as Json, [...path, key], into);
    return into;
  }
  const split = path[0] === "resource" || path[0] === "data" ? 3 : 1;
  const argument = path.slice(split).join(".");
  into.set(`${path.slice(0, split).join(".")}${argument && ` ${argument}`}`, JSON.stringify(value));
  return into;
}

/** Folder of all golden files. */
const FOLDER = join(__dirname, "..", "golden");

/** Reads the golden files of a stack, or rewrites them when `UPDATE_GOLDEN=1`. */
export function committed(stack: string, actual: GoldenFiles): GoldenFiles {
  const folder = join(FOLDER, stack);
  if (process.env.UPDATE_GOLDEN === "1") {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [file, content] of actual) writeFileSync(join(folder, file), content);
  }
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder).map((file) => [basename(file), readFileSync(join(folder, file), "utf8")]),
  );
}

/** Names of the stacks that have golden files. */
export function committedStacks(): string[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
