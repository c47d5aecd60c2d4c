/**
 * `automock test-env` without the command line, for tests that start it hundreds of times:
 * `<verb> <project> <spec> <key>`. With KILL_AT it kills itself before, or with KILL_AFTER after, its n-th call.
 */
import http from "node:http";
import { appendFileSync } from "node:fs";
import { loadTestEnvironment } from "../../environments/schema/test-environment-load";
import { findSession, sessionClientConfig } from "../../local/session";
import { createRun, destroy, exitCodeOf, wholeRun } from "../../operations/test-environments/lifecycle";
import { newRun, openRun } from "../../operations/test-environments/open";
import { Refused } from "../../operations/test-environments/refused";

const [verb, projectFolder = "", spec = "", key = ""] = process.argv.slice(2);
const { KILL_AT, KILL_AFTER, COUNT_FILE } = process.env;
const killAt = Number(KILL_AT ?? 0);

let calls = 0;
const request = http.request.bind(http);
// No signal handler, no farewell.
const kill = () => process.kill(process.pid, "SIGKILL");
(http as { request: unknown }).request = (...args: Parameters<typeof http.request>) => {
  const mine = ++calls;
  if (COUNT_FILE) appendFileSync(COUNT_FILE, "x");
  if (mine === killAt && !KILL_AFTER) kill();
  const sent = request(...args);
  if (mine === killAt && KILL_AFTER) sent.once("response", kill);
  return sent;
};

async function main(): Promise<number> {
  const session = findSession(projectFolder)!;
  const environment = loadTestEnvironment(projectFolder, spec);
  const open = openRun(
    {
      projectFolder,
      localEndpoint: session.endpoint,
      clientConfig: (region) => sessionClientConfig(session, region),
      progress: (text) => process.stderr.write(`${text}\n`),
    },
    newRun(environment, { key }, {}, Date.now()),
  );
  const never = new AbortController().signal;
  switch (verb) {
    case "up": {
      const { report, outputs } = await createRun(open, environment, never);
      const cleanup = report.result === "created" ? undefined : await destroy(open);
      process.stdout.write(JSON.stringify({ report, outputs, cleanup, run: open.header.run }));
      return exitCodeOf(report, undefined, cleanup, false);
    }
    case "run": {
      const command = [process.execPath, "-e", ""];
      const test = { command, timeoutMinutes: 1, env: process.env, onLine: () => undefined };
      const report = await wholeRun(open, environment, test, never);
      process.stdout.write(JSON.stringify(report));
      return report.exitCode;
    }
    default: {
      const cleanup = await destroy(open);
      process.stdout.write(JSON.stringify({ cleanup, run: open.header.run }));
      return cleanup.result === "complete" ? 0 : 3;
    }
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(error instanceof Refused ? error.exitCode : 99);
  },
);
