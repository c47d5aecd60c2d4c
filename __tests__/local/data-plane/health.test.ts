import { Health, isHealthyCode, type HealthCheck } from "../../../local/data-plane/health";

const CHECK: HealthCheck = {
  path: "/ready",
  matcher: "200",
  intervalSeconds: 15,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

/** Records results, half a second apart, and returns the state after each. */
function states(results: string, start = 0, health = new Health()): string {
  return [...results]
    .map((result, i) => {
      health.record(result === "+", CHECK, start + i * 500);
      return health.state[0];
    })
    .join("");
}

it("a new target is healthy after one success", () => {
  expect(states("+")).toBe("h");
});

it("failures count once per interval: three intervals make a target unhealthy, not three looks", () => {
  const health = new Health();
  expect(states("+" + "-".repeat(60), 0, health)).toBe("h" + "h".repeat(60));
  health.record(false, CHECK, 30_500);
  expect(health.state).toBe("unhealthy");
});

it("a success between them starts the count again", () => {
  const health = new Health();
  states("+" + "-".repeat(60) + "+" + "-".repeat(60), 0, health);
  expect(health.state).toBe("healthy");
});

it("an unhealthy target needs the healthy threshold in a row", () => {
  const health = new Health();
  for (const at of [0, 15_000, 30_000]) health.record(false, CHECK, at);
  expect(health.state).toBe("unhealthy");
  expect(states("+-++", 40_000, health)).toBe("uuuh");
});

it.each([
  ["200", 200, true],
  ["200", 201, false],
  ["200,204", 204, true],
  ["200-299", 250, true],
  ["200-299", 300, false],
  ["200,300-302", 301, true],
])("matcher %s, code %i: %s", (matcher, code, expected) => {
  expect(isHealthyCode(matcher, code)).toBe(expected);
});
