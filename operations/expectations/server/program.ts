import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, fetchTo } from "../../downloads";
import { start } from "../../process";
import { mockServerClassPath, type JarOptions } from "./jar";
import { javaRelease } from "./java";

const MAIN = "org.mockserver.cli.Main";

/** Saves a third of the processor time of a start. At its best MockServer then does half as many requests. */
const SIMPLE_COMPILER = "-XX:TieredStopAtLevel=1";

/**
 * Arguments of `java` that run MockServer, before MockServer's own. It starts with a third of the processor time of a
 * plain JVM: one compiler instead of two, and its classes from an archive that is written once (`npm run bench:mock`).
 *
 * @throws as `mockServerClassPath`
 */
export async function mockServerArguments(options: JarOptions): Promise<string[]> {
  const classPath = await mockServerClassPath(options);
  // A jar that the user names may change.
  const archive = options.env.AUTOMOCK_MOCKSERVER_JAR ? undefined : await classArchive(classPath, options);
  const sharing = archive === undefined ? [] : [`-XX:SharedArchiveFile=${archive}`];
  return [SIMPLE_COMPILER, ...sharing, "-cp", classPath, MAIN];
}

/** The archive of the classes that a start loads. `undefined` if this JVM writes none: then it starts without. */
async function classArchive(classPath: string, { env, log }: JarOptions): Promise<string | undefined> {
  const folder = cacheFolder(env);
  // Java ignores the archive of another release.
  const names = createHash("sha256").update(`${await javaRelease(env)}\n${classPath}`);
  const archive = join(folder, `classes-${names.digest("hex").slice(0, 16)}.jsa`);
  if (existsSync(archive)) return archive;
  log("preparing MockServer for faster starts (once)");
  const fault = await fetchTo(archive, async (work) => {
    await startOnce(classPath, work, env);
    return join(work, ARCHIVE);
  });
  return fault === undefined ? archive : undefined;
}

const ARCHIVE = "classes.jsa";

/** Java writes the archive to its folder when it ends; MockServer writes its certificates there. */
async function startOnce(classPath: string, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const server = await start("java", {
    args: [SIMPLE_COMPILER, `-XX:ArchiveClassesAtExit=${ARCHIVE}`, "-cp", classPath, MAIN],
    // Port 0: any that is free.
    env: { PATH: env.PATH, MOCKSERVER_SERVER_PORT: "0", MOCKSERVER_LOCAL_BOUND_IP: "127.0.0.1" },
    cwd,
    role: "service",
    killAfterSeconds: 600,
    onLine: (line) => {
      if (line.includes("started on port")) void server.stop();
    },
  });
  await server.finished;
}
