import { App } from "cdktf";
import type { BootstrapSettings, Environment } from "../environments/schema";
import type { ReaperCode } from "../modules/ttl-cleanup/reaper-function";
import { bootstrapsOf, stacksOf } from "../environments/schema/stacks";
import { BootstrapStack } from "./bootstrap/bootstrap-stack";
import { SYSTEM_STACKS } from "./systems";

export interface AppProps {
  readonly environments: readonly Environment[];
  /** Settings of the bootstrap stacks. */
  readonly bootstrap: BootstrapSettings;
  /** The bundle of the reaper. */
  readonly reaperCode: ReaperCode;
  /** Names of the stacks to create. @default every stack */
  readonly only?: readonly string[];
  /** Output directory of synth. @default cdktf's */
  readonly outdir?: string;
}

/**
 * Creates all stacks: a bootstrap stack for each account and region in use, and one stack per system and environment.
 * Stacks do not refer to each other, so each can be planned alone.
 */
export function buildApp({ environments, bootstrap, reaperCode, only, outdir }: AppProps): App {
  // Stack traces would put local paths into the manifest.
  const app = new App({ stackTraces: false, ...(outdir === undefined ? {} : { outdir }) });
  const wanted = ({ id }: { readonly id: string }) => only === undefined || only.includes(id);
  for (const { id, environments: inPlace } of bootstrapsOf(environments).filter(wanted)) {
    new BootstrapStack(app, id, { environments: inPlace, settings: bootstrap, reaperCode });
  }
  for (const { id, system, definition } of stacksOf(environments).filter(wanted)) {
    new SYSTEM_STACKS[system](app, id, definition);
  }
  return app;
}
