import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { lastLines, run } from "../../process";
import { copyFromMaven } from "./maven";

/** What the tasks run by default; Maven Central alone has it. */
const NEWEST_VERSION = "9.1.0";
/** The newest MockServer that npm carries. */
const NPM_VERSION = "8.0.0";

const PACKAGE = `mockserver-node@${NPM_VERSION}`;
const JAR = `mockserver-netty-${NPM_VERSION}-jar-with-dependencies.jar`;
/** As the npm registry states it for the package's tarball. */
const TARBALL_SHA512 =
  "D1VdtKLnYSTMKJIXBfGi8LewA63CB4Jvl2CNZdGV96+udk7MpqjGIc5e8IYNkpb8txBL4OPj4TxJtUlAFg4ttw==";

export interface JarOptions {
  readonly env: NodeJS.ProcessEnv;
  /** One line of progress. */
  readonly log: (line: string) => void;
}

/** The project's folder among the user's caches. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "automock-infra");
}

/**
 * Class path of a MockServer: `AUTOMOCK_MOCKSERVER_JAR` (a jar or a class path such as `folder/*`), else 9.1.0 by
 * `mvn`, else the older one that npm carries. It is fetched once into the user's cache folder.
 *
 * @throws when neither can be fetched, or a file is not the one that is pinned
 */
export async function mockServerClassPath({ env, log }: JarOptions): Promise<string> {
  if (env.AUTOMOCK_MOCKSERVER_JAR) return env.AUTOMOCK_MOCKSERVER_JAR;
  const folder = cacheFolder(env);
  const newest = join(folder, `mockserver-${NEWEST_VERSION}`);
  if (existsSync(newest)) return join(newest, "*");
  const fromNpm = join(folder, JAR);
  mkdirSync(folder, { recursive: true });
  const reason = await fetched(folder, newest, async (work) => {
    const { exitCode } = await run("mvn", { args: ["--version"], env, timeoutSeconds: 60 });
    if (exitCode !== 0) throw new Error("mvn --version failed");
    log(`fetching MockServer ${NEWEST_VERSION} into ${folder} with Maven (once, 75 MB)`);
    return copyFromMaven(join(__dirname, `mockserver-${NEWEST_VERSION}.sha256`), work, env);
  });
  if (reason === undefined) return join(newest, "*");
  if (!existsSync(fromNpm)) {
    const fault = await fetched(folder, fromNpm, async (work) => {
      log(`fetching MockServer ${NPM_VERSION} into ${folder} (once, 106 MB)`);
      return jarFromNpm(work, env);
    });
    if (fault !== undefined)
      throw new Error(`MockServer ${NEWEST_VERSION} by Maven: ${reason}; ${NPM_VERSION} by npm: ${fault}`);
  }
  log(`MockServer ${NPM_VERSION} from npm runs here, not ${NEWEST_VERSION}: ${reason}`);
  return fromNpm;
}

/**
 * Fetches something to a place. Others may be fetching it too: each works in a folder of its own, and the rename is
 * atomic. Returns why it did not work.
 *
 * @param fetch returns what is to be moved to the place
 */
async function fetched(
  folder: string,
  place: string,
  fetch: (work: string) => Promise<string>,
): Promise<string | undefined> {
  const work = mkdtempSync(join(folder, "fetch-"));
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

async function jarFromNpm(work: string, env: NodeJS.ProcessEnv): Promise<string> {
  await succeed("npm", ["pack", PACKAGE, "--pack-destination", work, "--silent"], env, work);
  const tarball = join(work, `mockserver-node-${NPM_VERSION}.tgz`);
  const hash = createHash("sha512");
  await pipeline(createReadStream(tarball), hash);
  const found = hash.digest("base64");
  if (found !== TARBALL_SHA512) {
    throw new Error(`${PACKAGE} has the SHA-512 ${found}; ${TARBALL_SHA512} is expected.`);
  }
  await succeed("tar", ["-xzf", tarball, `package/${JAR}`], env, work);
  return join(work, "package", JAR);
}

async function succeed(command: string, args: string[], env: NodeJS.ProcessEnv, cwd: string): Promise<void> {
  const { exitCode, stdout, stderr } = await run(command, { args, env, cwd, timeoutSeconds: 300 });
  if (exitCode !== 0)
    throw new Error(`"${[command, ...args].join(" ")}" failed: ${lastLines(stdout + stderr, 5)}`);
}
