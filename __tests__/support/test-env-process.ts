/**
 * `automock test-env` as a process that tests can kill: `<project> <verb> <spec> <key>`. With KILL_AT it kills itself
 * before, or with KILL_AFTER after, its n-th call.
 */
import http from "node:http";
import { appendFileSync } from "node:fs";
import { testEnvVerb, type Verb } from "./test-env-verb";

const [projectFolder = "", verb, spec = "", key = ""] = process.argv.slice(2);
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

void testEnvVerb(projectFolder, [verb as Verb, spec, key]).then(({ exitCode, stdout, stderr }) => {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = exitCode;
});
