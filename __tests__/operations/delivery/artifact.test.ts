import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  findArtifact,
  openArtifact,
  sealArtifact,
  type PlanMeta,
} from "../../../operations/delivery/artifact";
import { UserError } from "../../../contract/user-error";

const META = {
  app: "automock-infra",
  stack: "automock-prod",
  accountId: "123456789012",
  region: "us-east-1",
  commit: { sha: "4be1".repeat(10), dirty: false },
  terraformVersion: "1.11.4",
  lineage: "a-lineage",
  serial: 7,
  createdAt: "2026-11-21T08:00:00.000Z",
  expiresAt: "2026-11-22T08:00:00.000Z",
};

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "artifact-"));
  folder = join(root, "automock-prod");
  mkdirSync(join(folder, "assets", "code"), { recursive: true });
  writeFileSync(join(folder, "cdk.tf.json"), "{}");
  writeFileSync(join(folder, "tfplan"), "a plan");
  writeFileSync(join(folder, "assets", "code", "code.zip"), "code");
  chmodSync(join(folder, "tfplan"), 0o644);
});
afterEach(() => rmSync(root, { recursive: true }));

const read = () => JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as PlanMeta;
const rewrite = (change: object) =>
  writeFileSync(join(folder, "meta.json"), JSON.stringify({ ...read(), ...change }));

it("is opened as it was sealed, with a hash for each file", () => {
  const sealed = sealArtifact(folder, META);
  expect(openArtifact(folder)).toEqual(sealed);
  expect(Object.keys(sealed.files)).toEqual(["assets/code/code.zip", "cdk.tf.json", "tfplan"]);
  expect(sealed.files["cdk.tf.json"]).toBe(
    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", // SHA-256 of {}
  );
  expect(sealed.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

it("is for its owner only: plans hold secrets", () => {
  sealArtifact(folder, META);
  const modes = ["", "tfplan", "meta.json", "cdk.tf.json", "assets/code/code.zip"].map(
    (name) => statSync(join(folder, name)).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o600, 0o600, 0o600, 0o600]);
});

it("has a digest that does not depend on the order of keys", () => {
  const { digest } = sealArtifact(folder, META);
  rmSync(join(folder, "meta.json"));
  const reversed = Object.fromEntries(Object.entries(META).reverse()) as typeof META;
  expect(sealArtifact(folder, reversed).digest).toBe(digest);
});

describe("is refused", () => {
  const opening = () => openArtifact(folder, "plans/automock-prod");
  beforeEach(() => void sealArtifact(folder, META));

  it.each(["tfplan", "cdk.tf.json", "assets/code/code.zip"])("when %s was changed", (name) => {
    writeFileSync(join(folder, name), "another");
    expect(opening).toThrow(UserError);
    expect(opening).toThrow(
      new RegExp(
        `^The plan in plans/automock-prod was modified after it was saved:\\n  ${name} was changed: its SHA-256 is [0-9a-f]{64}, sealed with [0-9a-f]{64}\\n` +
          "Nothing was applied\\. Fetch the artifact again, or plan again: automock plan automock-prod$",
      ),
    );
  });

  it("when files were added or removed, naming each", () => {
    rmSync(join(folder, "tfplan"));
    writeFileSync(join(folder, "extra.tf"), "");
    expect(opening).toThrow("\n  extra.tf was added\n  tfplan is missing\n");
  });

  it.each([
    ["expiresAt", "2027-11-22T08:00:00.000Z"],
    ["createdAt", "2026-11-20T08:00:00.000Z"],
    ["stack", "automock-staging"],
    ["accountId", "210987654321"],
    ["region", "eu-west-1"],
    ["terraformVersion", "1.11.5"],
    ["lineage", "another"],
    ["serial", 8],
    ["commit", { sha: "4be1".repeat(10), dirty: true }],
    ["app", "another"],
  ])("when %s in meta.json was changed", (name, value) => {
    rewrite({ [name]: value });
    expect(opening).toThrow(
      /\n {2}meta\.json was changed: its digest is sha256:[0-9a-f]{64}, sealed with sha256/,
    );
  });

  it("when a file was changed together with its hash", () => {
    writeFileSync(join(folder, "tfplan"), "");
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    rewrite({ files: { ...read().files, tfplan: empty } });
    expect(opening).toThrow("meta.json was changed");
  });

  it("when it holds a link, which could lead to what is not sealed", () => {
    symlinkSync("/etc/hostname", join(folder, "link"));
    expect(opening).toThrow(/link is neither a file nor a folder; a saved plan contains nothing else\./);
  });

  it("when it has another version", () => {
    rewrite({ version: 2 });
    expect(opening).toThrow(
      "The plan in plans/automock-prod has version 2; this automock applies version 1. Plan again with this version.",
    );
  });

  it.each([["{"], ["null"], ["{}"], ['{"version":1}']])("when meta.json is %s", (text) => {
    writeFileSync(join(folder, "meta.json"), text);
    expect(opening).toThrow(
      "plans/automock-prod/meta.json is damaged: automock plan does not write such a file. Nothing was applied; plan again.",
    );
  });

  it.each([
    ["createdAt", "soon"],
    ["expiresAt", 7],
    ["files", null],
    ["digest", undefined],
    ["stack", 1],
  ])("when %s in meta.json is %p", (name, value) => {
    rewrite({ [name]: value });
    expect(opening).toThrow("meta.json is damaged");
  });
});

describe("findArtifact", () => {
  it("takes the artifact's folder, or the one that holds it", () => {
    sealArtifact(folder, META);
    expect(findArtifact(folder, "automock-prod")).toBe(folder);
    expect(findArtifact(root, "automock-prod")).toBe(folder);
  });

  it("says where it looked", () => {
    expect(() => findArtifact(root, "automock-prod")).toThrow(
      `--plan is ${root}, but neither that folder nor ${folder} contains a saved plan (meta.json).\n` +
        `Create one: automock plan automock-prod --out ${root}`,
    );
  });
});
