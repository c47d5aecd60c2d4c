import { loadTestEnvironment } from "../../environments/schema/test-environment-load";
import { findSession, sessionClientConfig } from "../../local/session";
import { createRun, destroy, exitCodeOf, wholeRun } from "../../operations/test-environments/lifecycle";
import { newRun, openRun } from "../../operations/test-environments/open";
import { Refused } from "../../operations/test-environments/refused";

export type Verb = "up" | "down" | "run";

/** What `automock test-env <verb>` does, without the command line. `run` has tests that pass. */
export async function testEnvVerb(
  projectFolder: string,
  [verb, spec, key]: readonly [verb: Verb, spec: string, key: string],
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const lines: string[] = [];
  const ended = (exitCode: number, result: object) => ({
    exitCode,
    stdout: JSON.stringify(result),
    stderr: lines.join("\n"),
  });
  try {
    const session = findSession(projectFolder)!;
    const environment = loadTestEnvironment(projectFolder, spec);
    const open = openRun(
      {
        projectFolder,
        localEndpoint: session.endpoint,
        clientConfig: (region) => sessionClientConfig(session, region),
        progress: (text) => lines.push(text),
      },
      newRun(environment, { key }, {}, Date.now()),
    );
    const { run } = open.header;
    const never = new AbortController().signal;
    switch (verb) {
      case "up": {
        const { report, outputs } = await createRun(open, environment, never);
        const cleanup = report.result === "created" ? undefined : await destroy(open);
        const exitCode = exitCodeOf(report, undefined, cleanup, false);
        return ended(exitCode, { report, outputs, cleanup, run });
      }
      case "run": {
        const test = { command: ["true"], timeoutMinutes: 1, env: process.env, onLine: () => undefined };
        const report = await wholeRun(open, environment, test, never);
        return ended(report.exitCode, report);
      }
      case "down": {
        const cleanup = await destroy(open);
        return ended(cleanup.result === "complete" ? 0 : 3, { cleanup, run });
      }
    }
  } catch (error) {
    lines.push((error as Error).stack ?? String(error));
    return { exitCode: error instanceof Refused ? error.exitCode : 99, stdout: "", stderr: lines.join("\n") };
  }
}
