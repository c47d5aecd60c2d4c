import { domainFaults } from "../../../environments/schema/domain-conflicts";
import { environmentSchema } from "../../../environments/schema/schema";
import { staging } from "../../../environments/staging";
import { ephemeralInput } from "../../support/environments";

const domain = (name: string, ...subjectAlternativeNames: string[]) => ({
  name,
  subjectAlternativeNames,
  zones: ["example.com", "example.org"],
});

const ephemeral = (name: string, ...names: [string, ...string[]]) => ({
  file: `environments/ephemeral/${name}.json`,
  environment: environmentSchema.parse({
    ...ephemeralInput,
    name,
    automock: { ...ephemeralInput.automock, domain: domain(...names) },
  }),
});

/** A permanent environment with a domain for each system. */
const permanent = (automock: string, taskApi: string) => ({
  file: "environments/staging.ts",
  environment: environmentSchema.parse({
    ...staging,
    automock: { ...staging.automock, domain: domain(automock) },
    taskApi: { ...staging.taskApi, domain: domain(taskApi) },
  }),
});

const lines = (...sources: readonly (ReturnType<typeof ephemeral> | ReturnType<typeof permanent>)[]) =>
  domainFaults(sources, ["dev.example.com"]).map(
    ({ where, given, allowed }) => `${where} | ${given} | ${allowed}`,
  );

it("accepts distinct names, also one below another that is not a wildcard", () => {
  expect(
    lines(
      permanent("mocks.example.com", "tasks.mocks.example.com"),
      ephemeral("a", "a.dev.example.com", "*.a.dev.example.com"),
      ephemeral("b", "b.dev.example.com"),
    ),
  ).toEqual([]);
});

it.each([
  ["a.dev.example.com", "a.dev.example.com"],
  ["*.a.dev.example.com", "a.dev.example.com"],
  ["a.dev.example.com", "*.a.dev.example.com"],
])("two environments cannot share a validation record: %s and %s", (first, second) => {
  expect(lines(ephemeral("one", first), ephemeral("two", second))).toEqual([
    `environments/ephemeral/two.json: automock.domain | "${second}" | a name that no other stack has; ` +
      `environments/ephemeral/one.json: automock.domain has "${first}"`,
  ]);
});

it("two systems of one environment cannot share a name", () => {
  expect(lines(permanent("mocks.example.com", "mocks.example.com"))).toEqual([
    'environments/staging.ts: taskApi.domain | "mocks.example.com" | a name that no other stack has; ' +
      'environments/staging.ts: automock.domain has "mocks.example.com"',
  ]);
});

it("a name cannot be below another stack's wildcard, in either order", () => {
  const where = "environments/ephemeral/two.json: automock.domain";
  expect(lines(ephemeral("one", "*.dev.example.com"), ephemeral("two", "x.y.dev.example.com"))).toEqual([
    `${where} | "x.y.dev.example.com" | a name that "*.dev.example.com" of environments/ephemeral/one.json: automock.domain does not cover`,
  ]);
  expect(lines(ephemeral("one", "x.dev.example.com"), ephemeral("two", "*.dev.example.com"))).toEqual([
    `${where} | "*.dev.example.com" | a wildcard that does not cover "x.dev.example.com" of environments/ephemeral/one.json: automock.domain`,
  ]);
});

it("a permanent environment's name cannot be below an ephemeral one's wildcard", () => {
  expect(
    lines(permanent("live.dev.example.com", "tasks.example.com"), ephemeral("a", "*.dev.example.com")),
  ).toEqual([
    'environments/ephemeral/a.json: automock.domain | "*.dev.example.com" | a wildcard that does not cover ' +
      '"live.dev.example.com" of environments/staging.ts: automock.domain',
  ]);
});

it("reports an ephemeral name under a permanent domain once", () => {
  expect(
    lines(permanent("live.dev.example.com", "tasks.example.com"), ephemeral("a", "live.dev.example.com")),
  ).toEqual([
    'environments/ephemeral/a.json: automock.domain | "live.dev.example.com" | a name under dev.example.com ' +
      "(ephemeralDomains in environments/bootstrap.ts), outside of live.dev.example.com, tasks.example.com",
  ]);
});
