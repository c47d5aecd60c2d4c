import type { Cli } from "../../../../cli/context";
import { scopeOf } from "../../../../cli/commands/doctor/scope";
import { findStack } from "../../../../environments/schema/stacks";
import { prodEnvironment, stagingEnvironment } from "../../../support/environments";

const abroad = { ...stagingEnvironment, name: "abroad", region: "eu-west-1", taskApi: undefined };
const environments = [prodEnvironment, stagingEnvironment, abroad];
const home = { accountId: "123456789012", region: "us-east-1" };
const AT_HOME = ["automock-prod", "task-api-prod", "automock-staging", "task-api-staging"];

function scope(id?: string) {
  const cli: Pick<Cli, "environments" | "options" | "stack"> = {
    options: {},
    environments: () => environments,
    stack: (name) => findStack(name, environments),
  };
  const { places, stacks } = scopeOf(cli, id);
  const ids = stacks.map((stack) => stack.id);
  return { places: places.map(({ accountId, region }) => ({ accountId, region })), ids };
}

it("covers everything without a name", () =>
  expect(scope()).toEqual({
    places: [home, { ...home, region: "eu-west-1" }],
    ids: [...AT_HOME, "automock-abroad"],
  }));

it("covers one named stack and its account and region", () =>
  expect(scope("task-api-prod")).toEqual({ places: [home], ids: ["task-api-prod"] }));

it("covers the account and region of a named bootstrap stack, with all stacks there", () => {
  expect(scope("bootstrap")).toEqual({ places: [home], ids: AT_HOME });
  expect(scope("bootstrap-123456789012-eu-west-1")).toEqual({
    places: [{ ...home, region: "eu-west-1" }],
    ids: ["automock-abroad"],
  });
});

it("refuses an unknown stack", () =>
  expect(() => scope("bootstrap-1")).toThrow('There is no stack "bootstrap-1"; there are automock-prod, '));
