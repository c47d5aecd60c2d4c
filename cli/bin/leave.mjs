import process from "node:process";

/**
 * Ends the process once its output is written. Node would also wait for what others left in the background: tsx clears
 * its cache there, file by file, and a wakeup that glibc before 2.41 can lose made that wait for ever
 * (https://sourceware.org/bugzilla/show_bug.cgi?id=25847).
 */
export async function leave() {
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit();
}

/** A stream whose reader has gone takes no more. */
function written(stream) {
  return new Promise((resolve) => (stream.writable ? stream.write("", resolve) : resolve()));
}
