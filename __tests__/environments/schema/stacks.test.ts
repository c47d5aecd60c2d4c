import { bootstrapsOf, findStack, stacksOf } from "../../../environments/schema/stacks";
import { parseStackId, sectionOf, stackId, SYSTEMS, systemsOf } from "../../../environments/schema/systems";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../../support/environments";
import { spoil } from "../../support/spoil";

const elsewhere = { ...stagingEnvironment, name: "other", region: "eu-west-1" };
const withoutAutomock = spoil(stagingEnvironment, "automock", undefined);

describe("systems", () => {
  it.each(SYSTEMS)("$id: a stack id is system and environment, and can be parsed", ({ id }) =>
    expect(parseStackId(stackId(id, "pr-123"))).toEqual({ system: id, environment: "pr-123" }),
  );

  it("other ids are not stacks of a system", () => expect(parseStackId("bootstrap")).toBeUndefined());

  it.each([
    ["both", prodEnvironment, ["automock", "task-api"]],
    ["AutoMock alone", ephemeralEnvironment, ["automock"]],
    ["the Task API alone", withoutAutomock, ["task-api"]],
  ])("an environment can have %s", (_, environment, ids) =>
    expect(systemsOf(environment).map(({ id }) => id)).toEqual(ids),
  );

  it("a missing section has no values", () => {
    expect(sectionOf(prodEnvironment, "taskApi")).toBe(prodEnvironment.taskApi);
    expect(() => sectionOf(ephemeralEnvironment, "taskApi")).toThrow(
      new Error("The environment pr-123 has no taskApi."),
    );
  });
});

describe("stacks", () => {
  it("are one per system and environment, in order", () =>
    expect(stacksOf([prodEnvironment, ephemeralEnvironment]).map(({ id }) => id)).toEqual([
      "automock-prod",
      "task-api-prod",
      "automock-pr-123",
    ]));

  it("have their system, environment, account, region and definition", () =>
    expect(stacksOf([withoutAutomock])).toEqual([
      {
        id: "task-api-staging",
        system: "task-api",
        environment: "staging",
        accountId: "123456789012",
        region: "us-east-1",
        definition: withoutAutomock,
      },
    ]));
});

describe("a stack is found", () => {
  const all = [prodEnvironment, ephemeralEnvironment];

  it("by its id, and by its environment's name when that is its only stack", () => {
    expect(findStack("task-api-prod", all).id).toBe("task-api-prod");
    expect(findStack("pr-123", all).id).toBe("automock-pr-123");
  });

  it("not by the name of an environment with two stacks", () =>
    expect(() => findStack("prod", all)).toThrow(
      '"prod" is an environment; use one of its stacks: automock-prod or task-api-prod.',
    ));
});

it("there is one bootstrap stack per account and region; the first is `bootstrap`", () =>
  expect(
    bootstrapsOf([prodEnvironment, elsewhere, stagingEnvironment]).map(({ environments, ...ref }) => ({
      ...ref,
      environments: environments.map(({ name }) => name),
    })),
  ).toEqual([
    {
      id: "bootstrap",
      accountId: "123456789012",
      region: "us-east-1",
      environments: ["prod", "staging"],
    },
    {
      id: "bootstrap-123456789012-eu-west-1",
      accountId: "123456789012",
      region: "eu-west-1",
      environments: ["other"],
    },
  ]));
