import { chosenStacks } from "../../../../cli/commands/cost/run";
import { findStack } from "../../../../environments/schema/stacks";
import { ephemeralEnvironment, prodEnvironment, stagingEnvironment } from "../../../support/environments";

const environments = [prodEnvironment, { ...stagingEnvironment, region: "eu-west-1" }, ephemeralEnvironment];

const chosen = (names: string[], region?: string) =>
  chosenStacks(
    {
      environments: () => environments,
      stack: (id) => findStack(id, environments),
      options: { ...(region !== undefined && { region }) },
    },
    names,
  ).map(({ id, ttlHours }) => [id, ttlHours]);

it("chooses every stack, bootstrap first, with the time to live of ephemeral ones", () =>
  expect(chosen([])).toEqual([
    ["bootstrap", undefined],
    ["bootstrap-123456789012-eu-west-1", undefined],
    ["automock-prod", undefined],
    ["task-api-prod", undefined],
    ["automock-staging", undefined],
    ["task-api-staging", undefined],
    ["automock-pr-123", 4],
  ]));

it("chooses the stacks of a region", () =>
  expect(chosen([], "eu-west-1").map(([id]) => id)).toEqual([
    "bootstrap-123456789012-eu-west-1",
    "automock-staging",
    "task-api-staging",
  ]));

it("refuses a region without environments", () =>
  expect(() => chosen([], "mars")).toThrow(
    'There is no environment in region "mars" (--region). The environments are in us-east-1, eu-west-1.',
  ));

it("chooses each named stack once", () =>
  expect(chosen(["automock-pr-123", "bootstrap", "automock-pr-123"])).toEqual([
    ["automock-pr-123", 4],
    ["bootstrap", undefined],
  ]));

it("refuses an unknown stack", () =>
  expect(() => chosen(["automock-prd"])).toThrow(
    'There is no stack "automock-prd"; there are automock-prod, task-api-prod, automock-staging, task-api-staging, automock-pr-123.\nDid you mean automock-prod?',
  ));
