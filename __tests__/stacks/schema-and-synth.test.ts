import fc from "fast-check";
import { environmentSchema } from "../../environments/schema/schema";
import { prod } from "../../environments/prod";
import { staging } from "../../environments/staging";
import { examples } from "../support/examples";
import { ephemeralInput } from "../support/environments";
import { synthesize } from "../support/golden";

/** Synth accepts everything that the schema accepts. Otherwise users would see a stack trace. */

const steps = (max: number) =>
  fc.array(
    fc.record({
      atLeast: fc.oneof(fc.integer({ min: 1, max }), fc.double({ min: 0.1, max, noNaN: true })),
      changePercent: fc.integer({ min: 1, max: 1000 }),
    }),
    { minLength: 1, maxLength: 3 },
  );

const sorted = (max: number) =>
  steps(max).map((given) => {
    const changes = given.map(({ changePercent }) => changePercent).sort((a, b) => a - b);
    return given
      .map(({ atLeast }) => Math.ceil(atLeast))
      .sort((a, b) => a - b)
      .map((atLeast, i) => ({ atLeast, changePercent: changes[i]! }));
  });

const either = (max: number) => fc.oneof({ weight: 4, arbitrary: sorted(max) }, steps(max));

const minutes = fc.integer({ min: 0, max: 1440 });

const automock = fc.record({
  tasks: fc.record({ min: fc.integer({ min: 1, max: 3 }), max: fc.integer({ min: 3, max: 200 }) }),
  scaling: fc.record(
    {
      cpuSteps: either(100),
      memorySteps: either(100).map((given) =>
        given.map((step) => ({ ...step, atLeast: 60 + Math.ceil(step.atLeast / 2.5) })),
      ),
      requestSteps: either(5000),
      scaleInPercent: fc.integer({ min: 1, max: 60 }),
    },
    { requiredKeys: [] },
  ),
  deployment: fc.oneof(
    fc.constant({ strategy: "rolling" as const }),
    fc.record({ strategy: fc.constant("blueGreen" as const), bakeMinutes: minutes }),
    fc.record({
      strategy: fc.constant("canary" as const),
      bakeMinutes: minutes,
      canaryPercent: fc.integer({ min: 1, max: 99 }),
      canaryBakeMinutes: minutes,
    }),
    fc.record({
      strategy: fc.constant("linear" as const),
      bakeMinutes: minutes,
      stepPercent: fc.integer({ min: 3, max: 100 }),
      stepBakeMinutes: minutes,
    }),
  ),
  domain: fc.option(
    fc.record({
      name: fc.constantFrom("a.example.com", "*.b.example.com"),
      subjectAlternativeNames: fc.subarray(["a.example.com", "b.example.com", "*.b.example.com"]),
      zones: fc.constantFrom(["example.com"], ["b.example.com", "example.com"]),
    }),
    { nil: undefined },
  ),
});

const taskApi = fc.record({
  scaling: fc.record({
    cpuPercent: fc.integer({ min: 2, max: 99 }),
    memoryPercent: fc.integer({ min: 2, max: 99 }),
    changePercent: fc.integer({ min: 1, max: 1000 }),
    scaleInPercent: fc.integer({ min: 1, max: 98 }),
  }),
  officeHours: fc.option(
    fc.record({
      timeZone: fc.constantFrom("Europe/Berlin", "europe/berlin"),
      startHour: fc.integer({ min: 0, max: 23 }),
      endHour: fc.integer({ min: 0, max: 23 }),
    }),
    { nil: undefined },
  ),
});

function taken(candidates: fc.Arbitrary<unknown>) {
  return candidates
    .map((input) => environmentSchema.safeParse(input))
    .filter((result) => result.success)
    .map((result) => result.data!);
}

const ephemeral = taken(
  automock.map((values) => ({ ...ephemeralInput, automock: { ...ephemeralInput.automock, ...values } })),
);
const withoutAutomock = taken(
  taskApi.map((values) => ({
    ...staging,
    automock: undefined,
    taskApi: { ...staging.taskApi, ...values },
  })),
);

it.each([
  ["AutoMock", ephemeral],
  ["the Task API", withoutAutomock],
])("%s: synth accepts what the schema accepts, and the URL has a host", (_, environments) => {
  fc.assert(
    fc.property(environments, (environment) => {
      const stacks = synthesize([environment]);
      expect(stacks.size).toBe(2);
      // A listener rule blocks all paths that contain an address.
      for (const text of stacks.values())
        expect(text.replaceAll('"*https://*"', "")).not.toMatch(/https:\/\/\*/);
    }),
    { numRuns: examples(60) },
  );
});

it("the URL is below a wildcard unless another name is given", () => {
  const urlWith = (subjectAlternativeNames: string[]) => {
    const domain = { name: "*.b.example.com", subjectAlternativeNames, zones: ["example.com"] };
    const input = { ...prod, automock: { ...prod.automock, domain }, taskApi: undefined };
    const stack = JSON.parse(synthesize([environmentSchema.parse(input)]).get("automock-prod")!) as {
      output: { mock_url: { value: string } };
    };
    return stack.output.mock_url.value;
  };
  expect(urlWith([])).toBe("https://automock-prod.b.example.com");
  expect(urlWith(["b.example.com"])).toBe("https://b.example.com");
});
