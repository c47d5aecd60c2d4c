import { chosenBootstrap } from "../../../../cli/commands/bootstrap/run";
import { prodEnvironment, stagingEnvironment } from "../../../support/environments";

const environments = [prodEnvironment, { ...stagingEnvironment, region: "eu-west-1" }];

const chosen = (name: string, region?: string) =>
  chosenBootstrap({ environments: () => environments, options: { region } }, name).id;

it("the bootstrap stack where the environment is", () => {
  expect(chosen("prod")).toBe("bootstrap");
  expect(chosen("staging")).toBe("bootstrap-123456789012-eu-west-1");
  expect(chosen("staging", "eu-west-1")).toBe("bootstrap-123456789012-eu-west-1");
});

it("none in a region that was not asked for", () =>
  expect(() => chosen("prod", "eu-west-1")).toThrow(
    "--region is eu-west-1, but prod is in us-east-1: name an environment that is in eu-west-1 with --environment.",
  ));

it("no environment but those that there are", () =>
  expect(() => chosen("nope")).toThrow('There is no environment "nope"; there are prod, staging.'));
