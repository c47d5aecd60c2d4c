import { join } from "node:path";
import { LEAVE_OUT_FAULTY, ONLY_STACKS } from "./contract/context-keys";
import { formatFaults } from "./contract/fault";
import { blockingFaults, loadEnvironments } from "./environments/schema";
import { bundleReaper } from "./lambda/ttl-cleanup/build";
import { buildApp } from "./stacks/app";
import { withoutTokenTraces } from "./stacks/token-traces";

const loaded = loadEnvironments(join(__dirname, "environments"));
const { environments, bootstrap } = loaded;
// An App would create its output folder even when nothing is synthesized, so cdktf's context is read without one.
const context = JSON.parse(process.env.CDKTF_CONTEXT_JSON ?? "{}") as Readonly<Record<string, unknown>>;
const only = context[ONLY_STACKS] as readonly string[] | undefined;
const faults = context[LEAVE_OUT_FAULTY] === true ? blockingFaults(loaded) : loaded.faults;

if (faults.length > 0) {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  process.stderr.write(`${formatFaults(faults)}\n\n${count}, nothing was synthesized.\n`);
  process.exitCode = 1;
} else {
  const reaperCode = bundleReaper();
  withoutTokenTraces(() => buildApp({ environments, bootstrap, reaperCode, only }).synth());
}
