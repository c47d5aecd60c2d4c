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
import { dirname, join } from "node:path";
import { publishSynth } from "../../../operations/terraform/publish-synth";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "publish-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const at = (...parts: string[]) => join(folder, ...parts);

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(at(root, file)), { recursive: true });
    writeFileSync(at(root, file), text);
  }
}

const filesIn = (root: string) =>
  readdirSync(at(root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at(root).length + 1))
    .sort();

const NEW = {
  "manifest.json": "new manifest",
  "stacks/a/cdk.tf.json": "new a",
  "stacks/b/cdk.tf.json": "new b",
  "stacks/b/assets/reaper/22/archive.zip": "new zip",
};

it("makes the folder when there is none, and moves instead of copying", () => {
  write("from", NEW);
  publishSynth(at("from"), at("to"));
  expect(filesIn("to")).toEqual(Object.keys(NEW).sort());
  expect(readFileSync(at("to", "stacks/a/cdk.tf.json"), "utf8")).toBe("new a");
  expect(filesIn("from")).toEqual([]);
});

it("replaces what is made, takes away what no longer is, and leaves terraform's files", () => {
  write("to", {
    "manifest.json": "old manifest",
    "stacks/a/cdk.tf.json": "old a",
    "stacks/a/override.tf.json": "of the local AWS",
    "stacks/a/.terraform/terraform.tfstate": "backend",
    "stacks/a/.terraform.lock.hcl": "lock",
    "stacks/b/assets/reaper/11/archive.zip": "old zip",
    "stacks/gone/cdk.tf.json": "old",
    "stacks/gone/.terraform.lock.hcl": "lock",
  });
  write("from", NEW);
  publishSynth(at("from"), at("to"));
  expect(filesIn("to")).toEqual(
    [...Object.keys(NEW), "stacks/a/.terraform.lock.hcl", "stacks/a/.terraform/terraform.tfstate"].sort(),
  );
  expect(readFileSync(at("to", "manifest.json"), "utf8")).toBe("new manifest");
  expect(readFileSync(at("to", "stacks/a/cdk.tf.json"), "utf8")).toBe("new a");
  expect(existsSync(at("to", "stacks/gone"))).toBe(false);
});

it("keeps the override of the local AWS when it is made again", () => {
  write("to", { "stacks/a/override.tf.json": "old" });
  write("from", { ...NEW, "stacks/a/override.tf.json": "new" });
  publishSynth(at("from"), at("to"));
  expect(readFileSync(at("to", "stacks/a/override.tf.json"), "utf8")).toBe("new");
});
