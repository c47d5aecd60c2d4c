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
  [{}, "Run npx automock destroy x."],
  [{ local: true }, "Run npx automock --local destroy x."],
  [{ profile: "dev" }, "Run npx automock --profile dev destroy x."],
  [{ region: "eu-west-1" }, "Run npx automock --region eu-west-1 destroy x."],
  [
    { local: true, region: "eu-west-1", profile: "dev" },
    "Run npx automock --local --region eu-west-1 --profile dev destroy x.",
  ],
] as const)("with %j a suggestion runs as pasted", (options, expected) => {
  expect(withGlobalOptions("Run automock destroy x.", options)).toBe(expected);
  expect(withGlobalOptions("Run npx automock destroy x.", options)).toBe(expected);
});

it("leaves other text, and commands that already have their options, unchanged", () => {
  const text = "automock-x of automock; the automock command; automock --local plan x; automock planner";
  expect(withGlobalOptions(text, { local: true })).toBe(text);
});
