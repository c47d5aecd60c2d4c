import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { unzipSync } from "fflate";
import { run } from "../../../operations/process";
import { bundleReaper } from "../../../lambda/ttl-cleanup/build";
import { ownSourceMap } from "../../../lambda/ttl-cleanup/own-source-map";
import { copyProject } from "../../support/project-copy";

const PROJECT = join(__dirname, "..", "..", "..");
const MEBIBYTE = 1024 * 1024;

describe("the bundle", () => {
  const { zipFile, sha256Base64, bytes } = bundleReaper(PROJECT);
  const files = unzipSync(readFileSync(zipFile));
  const text = (name: string) => Buffer.from(files[name]!).toString();

  it("is one module with its map, at most 1 MiB zipped", () => {
    expect(Object.keys(files)).toEqual(["index.mjs", "index.mjs.map"]);
    expect(bytes).toBe(statSync(zipFile).size);
    expect(bytes).toBeLessThan(MEBIBYTE);
  });

  it("says the hash that Lambda computes", () =>
    expect(sha256Base64).toBe(createHash("sha256").update(readFileSync(zipFile)).digest("base64")));

  it("takes the SDK along, and imports nothing but Node's own modules", () => {
    const imports = [
      ...text("index.mjs").matchAll(/(?:^|[;}\n])import\s*(?:[^"';]*?from\s*)?["']([^"']+)["']/g),
    ].map(([, name]) => name!);
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((name) => !/^(node:)?[a-z_/0-9]+$/.test(name) || name.startsWith("@"))).toEqual([]);
  });

  it("has no trace of this machine", () => {
    for (const name of Object.keys(files)) {
      for (const trace of [PROJECT, `${tmpdir()}/`]) {
        expect([name, text(name).includes(trace)]).toEqual([name, false]);
      }
    }
  });

  it("maps our lines and leaves the libraries' out", () => {
    const { sources } = JSON.parse(text("index.mjs.map")) as { sources: string[] };
    expect(sources).toContain("lambda/ttl-cleanup/core/pass.ts");
    expect(sources.filter((source) => !/^(lambda|cleanup|registry|contract)\//.test(source))).toEqual([]);
  });

  it("exports the handler that the function names", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bundle-"));
    try {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      const { stdout } = await run(process.execPath, {
        args: [
          "-e",
          `import(${JSON.stringify(join(folder, "index.mjs"))}).then((all) => console.log(typeof all.handler))`,
        ],
        env: { PATH: process.env.PATH, AWS_REGION: "us-east-1" },
      });
      expect(stdout.trim()).toBe("function");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("made elsewhere", () => {
  const copy = copyProject();
  afterAll(() => copy.remove());

  it("has the same bytes: in another folder, in another time zone", async () => {
    const { stdout, stderr } = await run(process.execPath, {
      args: [
        join(copy.folder, "node_modules", "tsx", "dist", "cli.mjs"),
        "-e",
        `console.log(require("./lambda/ttl-cleanup/build").bundleReaper().sha256Base64)`,
      ],
      cwd: copy.folder,
      env: { ...process.env, TZ: "Pacific/Auckland" },
    });
    expect([stdout.trim(), stderr]).toEqual([bundleReaper(PROJECT).sha256Base64, expect.anything()]);
  });

  it("is made again when a source has changed, and only then", () => {
    const first = bundleReaper(copy.folder);
    const made = statSync(first.zipFile).mtimeMs;
    expect(bundleReaper(copy.folder)).toEqual(first);
    expect(statSync(first.zipFile).mtimeMs).toBe(made);
    appendFileSync(join(copy.folder, "lambda", "ttl-cleanup", "index.ts"), "\nexport const changed = 1;\n");
    const second = bundleReaper(copy.folder);
    expect(second.sha256Base64).not.toBe(first.sha256Base64);
  });
});

describe("ownSourceMap", () => {
  const folder = mkdtempSync(join(tmpdir(), "map-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("says of our code what the whole map says, and nothing of the libraries", () => {
    mkdirSync(join(folder, "node_modules", "lib"), { recursive: true });
    writeFileSync(
      join(folder, "node_modules", "lib", "index.js"),
      "export function lib(x) {\n  return x * 2;\n}\n",
    );
    writeFileSync(
      join(folder, "own.ts"),
      'import { lib } from "lib";\nexport function fails(count: number) {\n  if (count > 3) throw new Error("big " + lib(count));\n  return lib(count);\n}\n',
    );
    writeFileSync(
      join(folder, "main.ts"),
      'import { fails } from "./own";\nconsole.log(fails(Number(process.argv[2])));\n',
    );
    const { outputFiles } = buildSync({
      absWorkingDir: folder,
      entryPoints: ["main.ts"],
      outfile: "out.mjs",
      bundle: true,
      format: "esm",
      minifyWhitespace: true,
      sourcemap: true,
      write: false,
    });
    const [map, code] = ["out.mjs.map", "out.mjs"].map(
      (name) => outputFiles.find(({ path }) => path.endsWith(name))!.text,
    ) as [string, string];
    const whole = new SourceMap(JSON.parse(map) as SourceMapPayload);
    const own = new SourceMap(JSON.parse(ownSourceMap(map)) as SourceMapPayload);
    let ours = 0;
    code.split("\n").forEach((line, row) => {
      for (let column = 0; column < line.length; column++) {
        const expected = whole.findEntry(row, column) as Entry;
        const actual = own.findEntry(row, column) as Entry;
        if (expected.originalSource?.includes("node_modules")) {
          expect(actual.originalSource).toBeFalsy();
        } else if (expected.originalSource) {
          ours++;
          expect(actual).toMatchObject({
            originalSource: expected.originalSource,
            originalLine: expected.originalLine,
            originalColumn: expected.originalColumn,
          });
        }
      }
    });
    expect(ours).toBeGreaterThan(100);
  });
});

interface Entry {
  readonly originalSource?: string;
  readonly originalLine?: number;
  readonly originalColumn?: number;
}
