import { join } from "node:path";
import { initCommand } from "../../../../cli/commands/init/run";
import type { Cli } from "../../../../cli/context";
import { bootstrap } from "../../../../environments/bootstrap";
import { loadEnvironments } from "../../../../environments/schema";
import { projectFolder, useEmptyProject } from "./project";

useEmptyProject();

const settings = { ...bootstrap };
afterEach(() => void Object.assign(bootstrap, settings));

async function init(email: readonly string[]): Promise<string[]> {
  const said: string[] = [];
  const cli = {
    projectFolder: projectFolder(),
    options: {},
    output: { progress: (line: string) => said.push(line), result: () => undefined },
    environments: () => loadEnvironments(join(projectFolder(), "environments")).environments,
  } as unknown as Cli;
  await initCommand(cli, "demo-42", { ttl: "4h", like: "staging", owner: "nobody", email, dryRun: true });
  return said;
}

it("warns where no one would be warned before the new environment is deleted", async () => {
  Object.assign(bootstrap, { operators: [], teams: {} });
  expect(await init([])).toEqual([
    'WARNING: no one would be warned before it is deleted, so the reaper would not delete it. Add an address for "nobody" to teams in environments/bootstrap.ts, or to notifications.emails of the environment. Then run automock bootstrap, and follow the link in the mail that AWS sends to the address.',
  ]);
  expect(await init(["ann@example.com"])).toEqual([]);
});
