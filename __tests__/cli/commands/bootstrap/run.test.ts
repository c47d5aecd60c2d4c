import { chosenBootstrap, resultText } from "../../../../cli/commands/bootstrap/run";
import { prodEnvironment, stagingEnvironment } from "../../../support/environments";

const environments = [prodEnvironment, { ...stagingEnvironment, region: "eu-west-1" }];

const chosen = (name: string, region?: string) =>
  chosenBootstrap({ environments: () => environments, options: { region } }, name).id;

it("chooses the bootstrap stack of the environment's account and region", () => {
  expect(chosen("prod")).toBe("bootstrap");
  expect(chosen("staging")).toBe("bootstrap-123456789012-eu-west-1");
  expect(chosen("staging", "eu-west-1")).toBe("bootstrap-123456789012-eu-west-1");
});

it("refuses another region", () =>
  expect(() => chosen("prod", "eu-west-1")).toThrow(
    "--region is eu-west-1, but prod is in us-east-1. Use --environment to name an environment in eu-west-1.",
  ));

it("refuses an unknown environment", () =>
  expect(() => chosen("nope")).toThrow(
    'There is no environment "nope". The environments are prod, staging.',
  ));

it("says what was changed outside of Terraform when there is nothing to apply", () => {
  expect(resultText("bootstrap", "unchanged", [])).toBe("No changes: the bootstrap stack is up to date.");
  expect(resultText("bootstrap", "unchanged", ["state/bucket", "registry/table"])).toBe(
    "Nothing to apply, but 2 resources were changed outside of Terraform: state/bucket, registry/table.\n" +
      "To see the differences: automock plan bootstrap",
  );
});
