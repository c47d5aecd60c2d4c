import type { EnvScope } from "../../cleanup/engine/resource";
import { RESOURCE_TYPES } from "../../cleanup/resources/resource-types";
import { reaperNames, SESSION_TAG } from "../../contract/reaper";
import { decide, synthesizedPolicies } from "../support/aws-simulator/policies";
import { PLACE } from "../support/aws-simulator/scenario";

/** What the code takes for the environment's by its name alone, a session may delete; and nothing of a namesake. */

const POLICIES = synthesizedPolicies(PLACE);
const { names } = reaperNames(PLACE.accountId, PLACE.region);
const session = {
  arn: "session",
  tags: {
    [SESSION_TAG.environment]: "pr-1",
    [SESSION_TAG.system]: "automock",
    [SESSION_TAG.vpcId]: "vpc-1",
  },
};
const env: EnvScope = {
  ...PLACE,
  environment: "pr-1",
  system: "automock",
  ownedVpcIds: [],
  hints: new Map(),
};

/** The request that deletes a resource of a type by its name, without any tag. */
const DELETE: Readonly<Record<string, readonly [action: string, arn: (name: string) => string]>> = {
  "cloudwatch:dashboard": [
    "cloudwatch:DeleteDashboards",
    (name) => `arn:aws:cloudwatch::${PLACE.accountId}:dashboard/${name}`,
  ],
  "ecs:task": ["ecs:StopTask", (name) => names.arn("ecs", `task/${name}`)],
  "logs:log-group": ["logs:DeleteLogGroup", (name) => names.arn("logs", `log-group:${name}`)],
  "logs:query-definition": ["logs:DeleteQueryDefinition", () => "*"],
};

const named = RESOURCE_TYPES.flatMap(({ type, ownNames }) =>
  ownNames ? [[type, ownNames(env)] as const] : [],
);
const isAllowed = (type: string, name: string) => {
  const [action, arn] = DELETE[type]!;
  return decide(POLICIES, PLACE, session, { action, resource: arn(name), tags: {} }).kind === "allowed";
};

it("every type with names of its own is here", () =>
  expect(named.map(([type]) => type).sort()).toEqual(Object.keys(DELETE)));

it.each(named)("%s", (type, { exact, prefixes }) => {
  const own = [...exact, ...prefixes.map((prefix) => `${prefix}x`)];
  expect(own.filter((name) => !isAllowed(type, name))).toEqual([]);
  if (type === "logs:query-definition") return; // IAM knows no resource
  const namesakes = own.map((name) => name.replace("automock-pr-1", "automock-pr-1-a"));
  expect(namesakes.filter((name) => isAllowed(type, name))).toEqual([]);
});
