import { run } from "../../process";

/** MockServer needs it. */
export const OLDEST_JAVA = 17;

/** The version of the `java` on PATH; 0 if there is none. */
export async function javaVersion(env: NodeJS.ProcessEnv): Promise<number> {
  return majorJavaVersion(await javaRelease(env));
}

/** What `java -version` prints, which names the exact release; empty if there is none. */
export async function javaRelease(env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { exitCode, stdout, stderr } = await run("java", { args: ["-version"], env, timeoutSeconds: 60 });
    return exitCode === 0 ? stdout + stderr : "";
  } catch {
    return "";
  }
}

/** 17 of `openjdk version "17.0.15"`, 8 of `"1.8.0_442"`; 0 if there is none. */
export function majorJavaVersion(text: string): number {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return Number(first === "1" ? second : (first ?? 0));
}
