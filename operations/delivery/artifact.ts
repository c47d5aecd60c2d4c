import { createHash } from "node:crypto";
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../../contract/json";
import { UserError } from "../../contract/user-error";

/** Terraform's plan file in an artifact. */
export const PLAN_FILE = "tfplan";
/** The file that marks a folder as an artifact. */
export const META_FILE = "meta.json";

/** Format of the artifact; incremented when an older `deploy --plan` cannot verify it. */
const ARTIFACT_VERSION = 1;

/** Hours during which a saved plan may be applied. */
export const PLAN_HOURS = 24;

/** The commit from which a plan was created. */
export interface PlannedCommit {
  readonly sha: string;
  /** Whether there were modified or untracked files. */
  readonly dirty: boolean;
}

/** Metadata of a saved plan. */
export interface PlanMeta {
  readonly version: number;
  /** Name of the project. */
  readonly app: string;
  readonly stack: string;
  readonly accountId: string;
  readonly region: string;
  /** Absent outside of git. */
  readonly commit?: PlannedCommit;
  readonly terraformVersion: string;
  /** Lineage and serial of the planned state; both absent if there was none. */
  readonly lineage?: string;
  readonly serial?: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string;
  /** SHA-256 of every other file of the artifact, by relative path. */
  readonly files: Readonly<Record<string, string>>;
  /** `sha256:` and the hash of all fields above, so that no change goes unnoticed. */
  readonly digest: string;
}

/**
 * Seals a folder with a stack and its plan: writes `meta.json` with the hash of every file. Only the owner may read the
 * files, because plans contain secrets.
 */
export function sealArtifact(folder: string, meta: Omit<PlanMeta, "version" | "files" | "digest">): PlanMeta {
  const unsigned = { version: ARTIFACT_VERSION, ...meta, files: hashFiles(folder) };
  const sealed = { ...unsigned, digest: digestOf(unsigned) };
  writeFileSync(join(folder, META_FILE), `${JSON.stringify(sealed, null, 2)}\n`);
  protectFiles(folder);
  return sealed;
}

/**
 * Reads an artifact and verifies that it has not changed since it was sealed.
 *
 * @param name its name in messages, if the folder is a copy
 * @throws UserError when it is not an artifact, has another version, or a file or entry was changed, added or deleted
 */
export function openArtifact(folder: string, name = folder): PlanMeta {
  const meta = readMeta(folder, name);
  const found = hashFiles(folder);
  const names = [...new Set([...Object.keys(meta.files), ...Object.keys(found)])].sort();
  const faults = names.flatMap((name) => {
    const [expected, given] = [meta.files[name], found[name]];
    if (expected === given) return [];
    if (given === undefined) return [`${name} is missing`];
    if (expected === undefined) return [`${name} was added`];
    return [`${name} was changed: its SHA-256 is ${given}, sealed with ${expected}`];
  });
  const { digest, ...unsigned } = meta;
  const actual = digestOf(unsigned);
  if (actual !== digest)
    faults.push(`${META_FILE} was changed: its digest is ${actual}, sealed with ${digest}`);
  if (faults.length === 0) return meta;
  throw new UserError(
    `The plan in ${name} was modified after it was saved:\n${faults.map((fault) => `  ${fault}`).join("\n")}\n` +
      `Nothing was applied. Fetch the artifact again, or plan again: automock plan ${meta.stack}`,
  );
}

/** Finds the artifact of a stack: the folder itself, or its subfolder with the stack's name. */
export function findArtifact(folder: string, stack: string): string {
  for (const candidate of [folder, join(folder, stack)]) {
    if (existsSync(join(candidate, META_FILE))) return candidate;
  }
  throw new UserError(
    `--plan is ${folder}, but neither that folder nor ${join(folder, stack)} contains a saved plan (${META_FILE}).\n` +
      `Create one: automock plan ${stack} --out ${folder}`,
  );
}

function readMeta(folder: string, name: string): PlanMeta {
  let meta: Partial<PlanMeta> | null;
  try {
    meta = JSON.parse(readFileSync(join(folder, META_FILE), "utf8")) as Partial<PlanMeta> | null;
  } catch {
    meta = null;
  }
  if (typeof meta?.version === "number" && meta.version !== ARTIFACT_VERSION) {
    throw new UserError(
      `The plan in ${name} has version ${meta.version}; this automock applies version ${ARTIFACT_VERSION}. Plan again with this version.`,
    );
  }
  const texts = [meta?.app, meta?.stack, meta?.accountId, meta?.region, meta?.terraformVersion, meta?.digest];
  const dates = [meta?.createdAt, meta?.expiresAt];
  if (
    meta?.version === undefined ||
    [...texts, ...dates].some((text) => typeof text !== "string") ||
    dates.some((date) => Number.isNaN(Date.parse(date!))) ||
    typeof meta.files !== "object" ||
    meta.files === null
  ) {
    throw new UserError(
      `${join(name, META_FILE)} is damaged: automock plan does not write such a file. Nothing was applied; plan again.`,
    );
  }
  return meta as PlanMeta;
}

function hashFiles(folder: string): Record<string, string> {
  const names = filesIn(folder).filter((name) => name !== META_FILE);
  return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(folder, name)))]));
}

/** Sorted paths of all files below a folder. Links are refused, because they could lead to unsealed files. */
function filesIn(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((entry) => {
      const path = below === "" ? entry : `${below}/${entry}`;
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory()) return filesIn(folder, path);
      if (stat.isFile()) return [path];
      throw new UserError(
        `${join(folder, path)} is neither a file nor a folder; a saved plan contains nothing else.`,
      );
    });
}

function protectFiles(folder: string): void {
  chmodSync(folder, 0o700);
  for (const name of filesIn(folder)) chmodSync(join(folder, name), 0o600);
}

function digestOf(meta: object): string {
  return `sha256:${sha256(canonicalJson(meta))}`;
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
