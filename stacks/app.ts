import { App } from "cdktf";
import type { Environment } from "../environments";
import { AutomockStack } from "./automock-stack";
import { BootstrapStack } from "./bootstrap-stack";
import { hasTaskApi, TaskApiStack } from "./task-api-stack";
import { withoutTokenTraces } from "./token-traces";

/**
 * All stacks of the project: a bootstrap stack for each account and region in use, then one stack per
 * system and environment. Stacks never refer to each other, so each has a plan of its own.
 *
 * @param outdir where synth writes; cdktf's own choice when left out
 */
export function buildApp(environments: readonly Environment[], outdir?: string): App {
  // Stack traces would put this machine's paths into the manifest.
  const app = new App({ stackTraces: false, ...(outdir === undefined ? {} : { outdir }) });
  return withoutTokenTraces(() => {
    for (const place of placesOf(environments)) new BootstrapStack(app, place.id, place.environment);
    for (const environment of environments) {
      new AutomockStack(app, `automock-${environment.name}`, environment);
      if (hasTaskApi(environment)) new TaskApiStack(app, `task-api-${environment.name}`, environment);
    }
    return app;
  });
}

/** The first environment (prod, in this project) is at home in `bootstrap`; other places carry their name. */
function placesOf(environments: readonly Environment[]): { id: string; environment: Environment }[] {
  const byPlace = new Map<string, Environment>();
  for (const environment of environments) {
    const place = `${environment.accountId}-${environment.region}`;
    if (!byPlace.has(place)) byPlace.set(place, environment);
  }
  return [...byPlace].map(([place, environment], i) => ({
    id: i === 0 ? "bootstrap" : `bootstrap-${place}`,
    environment,
  }));
}
