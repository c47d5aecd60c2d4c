import { createProgram } from "../../cli/program";
import { COMMAND_NAMES, withGlobalOptions } from "../../cli/suggestions";

it("knows every command", () => {
  expect([...COMMAND_NAMES].sort()).toEqual(
    createProgram()
      .commands.map((command) => command.name())
      .sort(),
  );
});

it.each([
  [{}, "Run automock destroy x."],
  [{ local: true }, "Run automock --local destroy x."],
  [{ profile: "dev" }, "Run automock --profile dev destroy x."],
  [{ region: "eu-west-1" }, "Run automock --region eu-west-1 destroy x."],
  [
    { local: true, region: "eu-west-1", profile: "dev" },
    "Run automock --local --region eu-west-1 --profile dev destroy x.",
  ],
] as const)("with %j a suggestion carries on", (options, expected) => {
  expect(withGlobalOptions("Run automock destroy x.", options)).toBe(expected);
});

it("leaves other text, and commands that already have their options, unchanged", () => {
  const text = "automock-x of automock; the automock command; automock --local plan x; automock planner";
  expect(withGlobalOptions(text, { local: true })).toBe(text);
});
