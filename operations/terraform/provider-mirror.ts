import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Environment variable with the mirror folder. */
export const MIRROR_VARIABLE = "AUTOMOCK_PROVIDER_MIRROR";

const PROVIDER_PATH = join("registry.terraform.io", "hashicorp", "aws");
/** The Filesystem Hierarchy Standard's place for add-on software: `/opt/<package>`. */
const ADD_ON_SOFTWARE = "/opt";

export interface MirrorPlaces {
  readonly env: NodeJS.ProcessEnv;
  /** Folder in which terraform runs. */
  readonly workingFolder: string;
  readonly homeFolder: string;
  /** Names as in Node. */
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** @default "/opt" */
  readonly addOnFolder?: string;
}

export interface ProviderMirror {
  readonly folder: string;
  /** Versions of hashicorp/aws for this platform, ascending. */
  readonly versions: readonly string[];
}

/**
 * Folders that may contain a mirror, in search order: Terraform's implied mirrors
 * (https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories), then the folders
 * of add-on software.
 */
export function mirrorCandidates(places: MirrorPlaces): string[] {
  const { env, homeFolder, platform } = places;
  const candidates = [
    join(places.workingFolder, "terraform.d", "plugins"),
    join(homeFolder, ".terraform.d", "plugins"),
  ];
  if (platform === "darwin") {
    candidates.push(join(homeFolder, "Library", "Application Support", "io.terraform", "plugins"));
    candidates.push(join("/", "Library", "Application Support", "io.terraform", "plugins"));
  } else {
    const dataFolders = [
      env.XDG_DATA_HOME || join(homeFolder, ".local", "share"),
      ...(env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":"),
    ];
    candidates.push(...dataFolders.filter(Boolean).map((folder) => join(folder, "terraform", "plugins")));
  }
  const addOn = places.addOnFolder ?? ADD_ON_SOFTWARE;
  return [...candidates, ...subfolders(addOn).map((name) => join(addOn, name))];
}

/**
 * Finds a filesystem mirror with hashicorp/aws for this platform. Without one (`undefined`), Terraform uses its registry.
 * Throws if the folder in the environment variable does not contain the provider.
 */
export function findProviderMirror(places: MirrorPlaces): ProviderMirror | undefined {
  const named = places.env[MIRROR_VARIABLE];
  if (named) {
    const mirror = readMirror(resolve(places.workingFolder, named), places);
    if (mirror) return mirror;
    throw new Error(
      `${MIRROR_VARIABLE} is "${named}", but that folder has no hashicorp/aws provider for ${terraformPlatform(places)}. ` +
        `Expected ${join(named, PROVIDER_PATH, "<version>", terraformPlatform(places))}. ` +
        `Create one with "terraform providers mirror <folder>", or unset the variable.`,
    );
  }
  for (const folder of mirrorCandidates(places)) {
    const mirror = readMirror(folder, places);
    if (mirror) return mirror;
  }
  return undefined;
}

/**
 * Writes a Terraform CLI config that installs providers from the mirror only, and returns its path for
 * `TF_CLI_CONFIG_FILE`.
 */
export function writeMirrorConfig(mirror: ProviderMirror, scratchFolder: string): string {
  const file = join(scratchFolder, "terraform.rc");
  writeFileSync(file, mirrorConfig(mirror.folder));
  return file;
}

/** A Terraform CLI config that installs providers from a folder and never from a registry. */
export function mirrorConfig(folder: string): string {
  return `disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path = ${JSON.stringify(folder)}
  }
}
`;
}

/** Terraform's platform name: linux_amd64, darwin_arm64 … */
export function terraformPlatform(places: Pick<MirrorPlaces, "platform" | "arch">): string {
  const os = places.platform === "win32" ? "windows" : places.platform;
  const arch = { x64: "amd64", ia32: "386" }[places.arch] ?? places.arch;
  return `${os}_${arch}`;
}

function readMirror(folder: string, places: MirrorPlaces): ProviderMirror | undefined {
  const provider = join(folder, PROVIDER_PATH);
  const platform = terraformPlatform(places);
  const unpacked = subfolders(provider).filter((version) => existsSync(join(provider, version, platform)));
  const packed = entries(provider).flatMap((name) => {
    const match = /^terraform-provider-aws_(.+)_([a-z0-9]+_[a-z0-9]+)\.zip$/.exec(name);
    return match?.[1] && match[2] === platform ? [match[1]] : [];
  });
  const versions = [...new Set([...unpacked, ...packed])].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  return versions.length > 0 ? { folder, versions } : undefined;
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}
