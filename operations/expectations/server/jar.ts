import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, fetchTo, unpackNpm } from "../../downloads";
import { run } from "../../process";
import { copyFromMaven } from "./maven";

/** What the tasks run by default; Maven Central alone has it. */
const NEWEST_VERSION = "9.1.0";
/** The newest MockServer that npm carries. */
const NPM_VERSION = "8.0.0";

const PACKAGE = {
  id: `mockserver-node@${NPM_VERSION}`,
  sha512: "D1VdtKLnYSTMKJIXBfGi8LewA63CB4Jvl2CNZdGV96+udk7MpqjGIc5e8IYNkpb8txBL4OPj4TxJtUlAFg4ttw==",
};
const JAR = `mockserver-netty-${NPM_VERSION}-jar-with-dependencies.jar`;

export interface JarOptions {
  readonly env: NodeJS.ProcessEnv;
  /** One line of progress. */
  readonly log: (line: string) => void;
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
  const reason = await fetchTo(newest, async (work) => {
    const { exitCode } = await run("mvn", { args: ["--version"], env, timeoutSeconds: 60 });
    if (exitCode !== 0) throw new Error("mvn --version failed");
    log(`fetching MockServer ${NEWEST_VERSION} into ${folder} with Maven (once, 75 MB)`);
    return copyFromMaven(join(__dirname, `mockserver-${NEWEST_VERSION}.sha256`), work, env);
  });
  if (reason === undefined) return join(newest, "*");
  if (!existsSync(fromNpm)) {
    const fault = await fetchTo(fromNpm, async (work) => {
      log(`fetching MockServer ${NPM_VERSION} into ${folder} (once, 106 MB)`);
      return join(await unpackNpm(PACKAGE, work, env, JAR), JAR);
    });
    if (fault !== undefined)
      throw new Error(`MockServer ${NEWEST_VERSION} by Maven: ${reason}; ${NPM_VERSION} by npm: ${fault}`);
  }
  log(`MockServer ${NPM_VERSION} from npm runs here, not ${NEWEST_VERSION}: ${reason}`);
  return fromNpm;
}
