import { spawnSync } from "node:child_process";

/** On a busy machine what takes a second takes a minute; only what never comes is a failure. */
const HANGS_AFTER_SECONDS = 600;

/**
 * Asks again and again until the answer is yes; fails with what was awaited when it seems to hang. Questions that cost
 * time, such as those to the local AWS, are asked less often: what is awaited needs the processor too.
 */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + HANGS_AFTER_SECONDS * 1000;
  for (;;) {
    const asked = performance.now();
    if (await isSo()) return;
    if (Date.now() > deadline) throw new Error(`Within ${HANGS_AFTER_SECONDS} s it did not happen: ${what}`);
    const pause = Math.min(Math.max(4 * (performance.now() - asked), 20), 1000);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Whether a process with this id runs. One that has ended and waits to be reaped (zombie) does not. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  const state = stdout.trim();
  return state !== "" && !state.startsWith("Z");
}
