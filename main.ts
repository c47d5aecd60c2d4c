import { join } from "node:path";
import { formatFaults } from "./contract/fault";
import { loadEnvironments } from "./environments";
import { bundleReaper } from "./lambda/ttl-cleanup/build";
import { buildApp } from "./stacks/app";
import { withoutTokenTraces } from "./stacks/token-traces";

const { environments, faults } = loadEnvironments(join(__dirname, "environments", "ephemeral"));

if (faults.length > 0) {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  process.stderr.write(`${formatFaults(faults)}\n\n${count}, nothing was synthesized.\n`);
  process.exitCode = 1;
} else {
  const reaperCode = bundleReaper();
  withoutTokenTraces(() => buildApp({ environments, reaperCode }).synth());
}
