import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ownSourceMap } from "./own-source-map";

/** The reaper in the form that Lambda expects. */
export interface Bundle {
  readonly zipFile: string;
  /** Base64 of the zip's SHA-256, Terraform's `source_code_hash`. */
  readonly sha256Base64: string;
  readonly bytes: number;
}

const ENTRY = "lambda/ttl-cleanup/index.ts";
const ZIP = "dist/ttl-cleanup.zip";
/** Hash of the sources that the zip was built from. */
const STAMP = "dist/ttl-cleanup.sources";
/** Everything that can change the bundle. */
const SOURCES = ["lambda/ttl-cleanup", "cleanup", "registry", "contract", "package-lock.json"];

/**
 * Bundles the reaper with its SDK into `dist/ttl-cleanup.zip`: the same bytes for the same sources on every
 * machine. Does nothing if the sources have not changed since the last build.
 *
 * @param projectFolder folder with `package.json`. @default the project of this file
 */
export function bundleReaper(projectFolder = join(__dirname, "..", "..")): Bundle {
  const zipFile = join(projectFolder, ZIP);
  const stampFile = join(projectFolder, STAMP);
  const stamp = sourcesHash(projectFolder);
  const fresh = existsSync(zipFile) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;
  if (!fresh) {
    mkdirSync(dirname(zipFile), { recursive: true });
    writeFileSync(zipFile, zip(bundle(projectFolder)));
    writeFileSync(stampFile, stamp);
  }
  const bytes = readFileSync(zipFile);
  return {
    zipFile,
    sha256Base64: createHash("sha256").update(bytes).digest("base64"),
    bytes: bytes.length,
  };
}

function sourcesHash(projectFolder: string): string {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((source) => filesOf(join(projectFolder, source)))) {
    hash
      .update(`${relative(projectFolder, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const found = readdirSync(path, { recursive: true, withFileTypes: true, encoding: "utf8" });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** File name to content. */
type Files = Readonly<Record<string, Uint8Array>>;

/**
 * Keeps symbolic links and leaves sources out of the map, so that the bytes contain no path of this machine.
 */
function bundle(projectFolder: string): Files {
  // Loaded only when needed, so that synth does not wait for it.
  const { buildSync } = require("esbuild") as typeof import("esbuild"); // eslint-disable-line @typescript-eslint/no-require-imports
  const { outputFiles } = buildSync({
    absWorkingDir: projectFolder,
    entryPoints: [ENTRY],
    outfile: "index.mjs",
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    // Error names are read at run time.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    preserveSymlinks: true,
    legalComments: "none",
    logLevel: "error",
    write: false,
    banner: {
      // CommonJS dependencies call `require`, which an ES module does not have.
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return Object.fromEntries(
    outputFiles.map(({ path, contents, text }) => [
      relative(projectFolder, path),
      path.endsWith(".map") ? Buffer.from(ownSourceMap(text)) : contents,
    ]),
  );
}

/** The earliest time that a zip can store; in local time, because zip has no time zone. */
const EPOCH = new Date(1980, 0, 1);

function zip(files: Files): Uint8Array {
  const { zipSync } = require("fflate") as typeof import("fflate"); // eslint-disable-line @typescript-eslint/no-require-imports
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: 9, mtime: EPOCH, os: 3, attrs: 0o644 << 16 });
}
