import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { lastLines, run } from "./process";

/** The project's folder among the user's caches. Programs that are too large for a dependency are fetched into it when someone needs them. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const folder = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "automock-infra");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Fetches something to a place. Others may be fetching it too: each works in a folder of its own, and the rename is
 * atomic. Returns why it did not work.
 *
 * @param fetch returns what is to be moved to the place
 */
export async function fetchTo(
  place: string,
  fetch: (work: string) => Promise<string>,
): Promise<string | undefined> {
  const work = mkdtempSync(join(place, "..", "fetch-"));
  try {
    const found = await fetch(work);
    // A folder is not replaced by another one.
    if (!existsSync(place)) renameSync(found, place);
    return undefined;
  } catch (error) {
    return existsSync(place) ? undefined : (error as Error).message;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A version of a package as the npm registry states it. */
export interface NpmPackage {
  /** `<name>@<version>`. */
  readonly id: string;
  /** Of the tarball, in base64. */
  readonly sha512: string;
}

/**
 * Unpacks an npm package, or one of its files, and runs no script of it. Returns the folder.
 *
 * @param file path in the package @default all files
 * @throws when it cannot be fetched, or is not the one that is pinned
 */
export async function unpackNpm(
  { id, sha512 }: NpmPackage,
  work: string,
  env: NodeJS.ProcessEnv,
  file?: string,
): Promise<string> {
  await succeed("npm", ["pack", id, "--pack-destination", work, "--silent"], env, work);
  const tarball = join(
    work,
    readdirSync(work).find((name) => name.endsWith(".tgz"))!,
  );
  const hash = createHash("sha512");
  await pipeline(createReadStream(tarball), hash);
  const found = hash.digest("base64");
  if (found !== sha512) throw new Error(`${id} has the SHA-512 ${found}; ${sha512} is expected.`);
  await succeed("tar", ["-xzf", tarball, ...(file === undefined ? [] : [`package/${file}`])], env, work);
  return join(work, "package");
}

async function succeed(command: string, args: string[], env: NodeJS.ProcessEnv, cwd: string): Promise<void> {
  const { exitCode, stdout, stderr } = await run(command, { args, env, cwd, timeoutSeconds: 300 });
  if (exitCode !== 0)
    throw new Error(`"${[command, ...args].join(" ")}" failed: ${lastLines(stdout + stderr, 5)}`);
}
