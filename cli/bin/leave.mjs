import process from "node:process";

/**
 * Ends the process once its output is written, or its reader has gone. Node would also wait for what others left in the
 * background: tsx clears its cache there, file by file, and a wakeup that glibc before 2.41 can lose made that wait for
 * ever (https://sourceware.org/bugzilla/show_bug.cgi?id=25847).
 */
export async function leave() {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write("", resolve))),
  );
  process.exit();
}
