import type { Cli } from "../../../../cli/context";
import { planTargets } from "../../../../cli/commands/plan/targets";
import { findStack, stacksOf } from "../../../../environments/schema/stacks";
import { appliedBy } from "../../../../operations/delivery/make-plan";
import {
  adminEnvironment,
  ephemeralEnvironment,
  prodEnvironment,
  stagingEnvironment,
} from "../../../support/environments";

describe("planTargets", () => {
  const environments = [prodEnvironment, stagingEnvironment];
  const cli = (region?: string) =>
    ({
      options: { region },
      environments: () => environments,
      stack: (id: string) => findStack(id, environments),
    }) as unknown as Cli;
  const ids = (names: string[], region?: string) => planTargets(cli(region), names).map(({ id }) => id);

  it("are all stacks, without bootstrap", () => {
    const all = ["automock-prod", "task-api-prod", "automock-staging", "task-api-staging"];
    expect(ids([])).toEqual(all);
    expect(ids([], "us-east-1")).toEqual(all);
  });

  it("are those named, once, in their order; bootstrap when it is named", () => {
    expect(ids(["task-api-prod", "bootstrap", "task-api-prod"])).toEqual(["task-api-prod", "bootstrap"]);
    expect(planTargets(cli(), ["bootstrap"])).toEqual([
      {
        id: "bootstrap",
        accountId: "123456789012",
        region: "us-east-1",
        system: "bootstrap",
        environment: "shared",
      },
    ]);
  });

  it("with --permanent are bootstrap and what stays, whatever the number of environments", () => {
    const qa = { ...stagingEnvironment, name: "qa" };
    const kept = [prodEnvironment, qa, ephemeralEnvironment];
    const targets = planTargets({ ...cli(), environments: () => kept }, [], { permanent: true });
    expect(targets.map((target) => [target.id, appliedBy(target)])).toEqual([
      ["bootstrap", "person"],
      ["automock-prod", "pipeline"],
      ["task-api-prod", "pipeline"],
      ["automock-qa", "pipeline"],
      ["task-api-qa", "pipeline"],
    ]);
    expect(() => planTargets(cli(), ["automock-prod"], { permanent: true })).toThrow(
      "--permanent plans every stack that stays. Omit it, or the names of stacks.",
    );
  });

  it("of admin boxes and ephemeral environments are applied by a person", () =>
    expect(stacksOf([adminEnvironment, ephemeralEnvironment]).map(appliedBy)).toEqual(["person", "person"]));

  it("are none in a region without stacks", () => {
    expect(() => ids([], "eu-west-1")).toThrow(
      "There is no stack in region eu-west-1 (--region). The stacks are in us-east-1.",
    );
  });

  it("name the nearest stack when there is none", () => {
    expect(() => ids(["automock-pord"])).toThrow("Did you mean automock-prod?");
  });
});
