import type { Cli } from "../../../../cli/context";
import { planTargets } from "../../../../cli/commands/plan/targets";
import { findStack } from "../../../../environments/stacks";
import { prodEnvironment, stagingEnvironment } from "../../../support/environments";

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

  it("are none in a region without stacks", () => {
    expect(() => ids([], "eu-west-1")).toThrow(
      "There is no stack in region eu-west-1 (--region). The stacks are in us-east-1.",
    );
  });

  it("name the nearest stack when there is none", () => {
    expect(() => ids(["automock-pord"])).toThrow("Did you mean automock-prod?");
  });
});
