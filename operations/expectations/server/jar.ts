import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { lastLines, run } from "../../process";

/** The newest MockServer that npm carries; newer ones are on Maven Central alone. */
const MOCKSERVER_VERSION = "8.0.0";

const PACKAGE = `mockserver-node@${MOCKSERVER_VERSION}`;
const JAR = `mockserver-netty-${MOCKSERVER_VERSION}-jar-with-dependencies.jar`;
/** As the npm registry states it for the package's tarball. */
const TARBALL_SHA512 =
  "D1VdtKLnYSTMKJIXBfGi8LewA63CB4Jvl2CNZdGV96+udk7MpqjGIc5e8IYNkpb8txBL4OPj4TxJtUlAFg4ttw==";

export interface JarOptions {
  readonly env: NodeJS.ProcessEnv;
  /** One line of progress. */
  readonly log: (line: string) => void;
}

/**
 * Class path of a MockServer: `AUTOMOCK_MOCKSERVER_JAR` (a jar or a class path such as `folder/*`), else the jar of the
 * npm package, fetched once (106 MB) into the user's cache folder.
 *
 * @throws when the package cannot be fetched or is not the one that is pinned
 */
export async function mockServerClassPath({ env, log }: JarOptions): Promise<string> {
  if (env.AUTOMOCK_MOCKSERVER_JAR) return env.AUTOMOCK_MOCKSERVER_JAR;
  const folder = join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "automock-infra");
  const jar = join(folder, JAR);
  if (existsSync(jar)) return jar;
  log(`fetching MockServer ${MOCKSERVER_VERSION} into ${folder} (once, 106 MB)`);
  mkdirSync(folder, { recursive: true });
  // Another local AWS may be fetching it too: each works in a folder of its own, and the rename is atomic.
  const work = mkdtempSync(join(folder, "fetch-"));
  try {
    await succeed("npm", ["pack", PACKAGE, "--pack-destination", work, "--silent"], env, work);
    const tarball = join(work, `mockserver-node-${MOCKSERVER_VERSION}.tgz`);
    const found = await sha512(tarball);
    if (found !== TARBALL_SHA512) {
      throw new Error(`${PACKAGE} has the SHA-512 ${found}; ${TARBALL_SHA512} is expected.`);
    }
    await succeed("tar", ["-xzf", tarball, `package/${JAR}`], env, work);
    renameSync(join(work, "package", JAR), jar);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return jar;
}

async function succeed(command: string, args: string[], env: NodeJS.ProcessEnv, cwd: string): Promise<void> {
  const { exitCode, stdout, stderr } = await run(command, { args, env, cwd, timeoutSeconds: 300 });
  if (exitCode !== 0)
    throw new Error(`"${[command, ...args].join(" ")}" failed: ${lastLines(stdout + stderr, 5)}`);
}

async function sha512(file: string): Promise<string> {
  const hash = createHash("sha512");
  await pipeline(createReadStream(file), hash);
  return hash.digest("base64");
}
