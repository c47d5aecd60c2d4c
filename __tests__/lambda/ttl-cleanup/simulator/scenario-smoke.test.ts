import { HOUR, MINUTE, Scenario } from "../../../support/aws-simulator/scenario";
import { USUAL } from "../../../support/aws-simulator/world/seed-parts";

test.each([
  ["usual", {}],
  ["domain", { domain: true }],
  ["three zones", { zones: 3, nat: "perZone" as const, interfaceEndpoints: 2, domain: true }],
  ["none", { nat: "none" as const, tasks: 0 }],
  ["foreign", { foreignNetwork: true }],
  ["database", { database: true }],
  ["extras", { extras: true }],
  ["stray", { strayInterface: true }],
  ["lost", { lostFromState: true }],
])("smoke %s", async (_name, shape) => {
  const scenario = new Scenario({ seed: 1, pageSize: 3 });
  const environment = scenario.add({ ...USUAL, environment: "alpha", ...shape }, 2);
  scenario.add({ ...USUAL, environment: "alpha-x" }, 100);
  const done = await scenario.until(() => scenario.isDone("alpha"), 4 * HOUR);
  scenario.stop();
  console.log(
    done, (scenario.clock.now() - environment.expiresAt) / MINUTE,
    [...new Set(scenario.simulator.gaps)],
    scenario.world.remaining("alpha"),
    scenario.invocations.map((i) => [JSON.stringify(i.trigger), (i.at - environment.createdAt) / MINUTE, i.process.calls, i.ended?.result instanceof Error ? i.ended.result.stack : JSON.stringify(i.ended?.result)?.slice(0, 900)]).slice(4),
    scenario.notices.map((n)=>n.message),
  );
}, 60000);
