import { App } from "cdktf";
import type { Environment } from "../environments";
import type { ReaperCode } from "../modules/ttl-cleanup/reaper-function";
import { AutomockStack } from "./automock-stack";
import { BootstrapStack, type BootstrapPlace } from "./bootstrap-stack";
import { hasTaskApi, TaskApiStack } from "./task-api-stack";

export interface AppProps {
  readonly environments: readonly Environment[];
  /** The bundle of the reaper. */
  readonly reaperCode: ReaperCode;
  /** Where synth writes. Default: cdktf's own choice. */
  readonly outdir?: string;
}

/**
 * All stacks of the project: a bootstrap stack for each account and region in use, then one stack per
 * system and environment. Stacks never refer to each other, so each has a plan of its own.
 */
export function buildApp({ environments, reaperCode, outdir }: AppProps): App {
  // Stack traces would put this machine's paths into the manifest.
  const app = new App({ stackTraces: false, ...(outdir === undefined ? {} : { outdir }) });
  for (const place of placesOf(environments)) {
    new BootstrapStack(app, place.id, place, reaperCode);
  }
  for (const environment of environments) {
    new AutomockStack(app, `automock-${environment.name}`, environment);
    if (hasTaskApi(environment)) new TaskApiStack(app, `task-api-${environment.name}`, environment);
  }
  return app;
}

/** The first environment (prod, in this project) is at home in `bootstrap`; other places carry their name. */
function placesOf(environments: readonly Environment[]): (BootstrapPlace & { readonly id: string })[] {
  const byPlace = new Map<string, Environment[]>();
  for (const environment of environments) {
    const place = `${environment.accountId}-${environment.region}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), environment]);
  }
  return [...byPlace].map(([place, inPlace], i) => ({
    ...inPlace[0]!,
    id: i === 0 ? "bootstrap" : `bootstrap-${place}`,
    environments: inPlace,
  }));
}
