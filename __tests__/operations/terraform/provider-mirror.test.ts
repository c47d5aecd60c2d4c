import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  findProviderMirror,
  MIRROR_VARIABLE,
  mirrorCandidates,
  mirrorConfig,
  terraformPlatform,
  writeMirrorConfig,
  type MirrorPlaces,
} from "../../../operations/terraform/provider-mirror";

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "mirror-test-"))));
afterEach(() => rmSync(root, { recursive: true }));

const places = (env: NodeJS.ProcessEnv = {}): MirrorPlaces => ({
  env: { XDG_DATA_HOME: join(root, "data"), XDG_DATA_DIRS: join(root, "system"), ...env },
  workingFolder: join(root, "project"),
  homeFolder: join(root, "home"),
  platform: "linux",
  arch: "x64",
  addOnFolder: join(root, "add-on"),
});

function provide(folder: string, version = "5.100.0", platform = "linux_amd64"): string {
  const mirror = join(root, folder);
  mkdirSync(join(mirror, "registry.terraform.io/hashicorp/aws", version, platform), { recursive: true });
  return mirror;
}

const IN_ORDER = [
  "project/terraform.d/plugins",
  "home/.terraform.d/plugins",
  "data/terraform/plugins",
  "system/terraform/plugins",
  "add-on/a",
  "add-on/b",
];

describe("findProviderMirror", () => {
  it("tries Terraform's implied folders, then one level below add-on software", () => {
    mkdirSync(join(root, "add-on/b"), { recursive: true });
    mkdirSync(join(root, "add-on/a"), { recursive: true });
    expect(mirrorCandidates(places())).toEqual(IN_ORDER.map((folder) => join(root, folder)));
  });

  it.each(IN_ORDER.map((folder, index) => [folder, index] as const))(
    "prefers %s to all later ones",
    (_, index) => {
      const mirrors = IN_ORDER.slice(index).map((folder) => provide(folder));
      expect(findProviderMirror(places())).toEqual({ folder: mirrors[0], versions: ["5.100.0"] });
    },
  );

  it("takes the folder of the environment variable before all others, relative to the project", () => {
    IN_ORDER.forEach((folder) => provide(folder));
    const named = provide("project/own", "6.2.0");
    expect(findProviderMirror(places({ [MIRROR_VARIABLE]: "own" }))).toEqual({
      folder: named,
      versions: ["6.2.0"],
    });
  });

  it("refuses a named folder without the provider and says what it expected", () => {
    provide("add-on/a");
    provide("wrong", "5.100.0", "darwin_arm64");
    const named = join(root, "wrong");
    expect(() => findProviderMirror(places({ [MIRROR_VARIABLE]: named }))).toThrow(
      `AUTOMOCK_PROVIDER_MIRROR is "${named}", but that folder has no hashicorp/aws provider for linux_amd64. ` +
        `Expected ${named}/registry.terraform.io/hashicorp/aws/<version>/linux_amd64. ` +
        `Create one with "terraform providers mirror <folder>", or unset the variable.`,
    );
  });

  it("finds nothing where there is nothing for this platform", () => {
    provide("add-on/a", "5.100.0", "darwin_arm64");
    expect(findProviderMirror(places())).toBeUndefined();
  });

  it("knows packed providers too and sorts versions as numbers", () => {
    const mirror = provide("add-on/a", "5.100.0");
    const provider = join(mirror, "registry.terraform.io/hashicorp/aws");
    writeFileSync(join(provider, "terraform-provider-aws_5.9.0_linux_amd64.zip"), "");
    writeFileSync(join(provider, "terraform-provider-aws_6.0.0_linux_arm64.zip"), "");
    expect(findProviderMirror(places())?.versions).toEqual(["5.9.0", "5.100.0"]);
  });

  it("looks in the Library folders on macOS", () => {
    expect(mirrorCandidates({ ...places(), platform: "darwin" })).toEqual([
      join(root, "project/terraform.d/plugins"),
      join(root, "home/.terraform.d/plugins"),
      join(root, "home/Library/Application Support/io.terraform/plugins"),
      "/Library/Application Support/io.terraform/plugins",
    ]);
  });
});

it.each([
  ["linux", "x64", "linux_amd64"],
  ["darwin", "arm64", "darwin_arm64"],
  ["win32", "ia32", "windows_386"],
] as const)("%s on %s is %s to Terraform", (platform, arch, expected) => {
  expect(terraformPlatform({ platform, arch })).toBe(expected);
});

it("writes a CLI config that installs from the mirror alone", () => {
  const file = writeMirrorConfig({ folder: '/some/"odd" folder', versions: [] }, root);
  const text = readFileSync(file, "utf8");
  expect(text).toBe(mirrorConfig('/some/"odd" folder'));
  expect(text).toContain('path = "/some/\\"odd\\" folder"');
  expect(text).toContain("disable_checkpoint = true");
  expect(text).not.toContain("direct");
});
