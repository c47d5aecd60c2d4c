import process from "node:process";
import { clearTimeout, setTimeout } from "node:timers";
import { createRunner } from "jest-light-runner";

/** On a busy machine a test of a minute takes ten, and only a file that hangs is a failure. */
const HANGS_AFTER_MS = 1_800_000;

/** Runs test files in threads that load a module once, not once for each file; what hangs ends the run. */
export default class UnitRunner extends createRunner({ runtime: "worker_threads" }) {
  /** With one worker, jest's default on two processors, the library runs tests in jest's own thread and fails at the end. */
  constructor(globalConfig, ...rest) {
    super({ ...globalConfig, maxWorkers: Math.max(2, globalConfig.maxWorkers) }, ...rest);
  }

  runTests(tests, watcher, onStart, onResult, onFailure) {
    const limits = new Map();
    const ended = ({ path }) => clearTimeout(limits.get(path));
    return super.runTests(
      tests,
      watcher,
      (test) => {
        limits.set(test.path, setTimeout(endRun, HANGS_AFTER_MS, test.path));
        return onStart(test);
      },
      (test, result) => {
        ended(test);
        return onResult(test, result);
      },
      (test, error) => {
        ended(test);
        return onFailure(test, error);
      },
    );
  }
}

function endRun(path) {
  process.stderr.write(`FAIL ${path} hangs: it has not ended after ${HANGS_AFTER_MS / 60_000} minutes\n`);
  process.exit(1);
}
