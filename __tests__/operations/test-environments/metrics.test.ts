import { metricLine } from "../../../operations/test-environments/metrics";

it("a run is one line from which CloudWatch makes five metrics", () => {
  const finished = {
    run: "orders-k3f9aa",
    spec: "orders",
    at: "2026-01-31T09:00:00Z",
    exitCode: 1,
    resources: 12,
    createSeconds: 13.5,
    testSeconds: 40,
    destroySeconds: 9.25,
    leftovers: 0,
  };
  expect(JSON.parse(metricLine(finished, true))).toEqual({
    _aws: {
      Timestamp: Date.UTC(2026, 0, 31, 9),
      CloudWatchMetrics: [
        {
          Namespace: "AutomockTestEnv",
          Dimensions: [["Spec"]],
          Metrics: [
            { Name: "CreateSeconds", Unit: "Seconds" },
            { Name: "DestroySeconds", Unit: "Seconds" },
            { Name: "Resources", Unit: "Count" },
            { Name: "Leftovers", Unit: "Count" },
            { Name: "TestsFailed", Unit: "Count" },
          ],
        },
      ],
    },
    Spec: "orders",
    Run: "orders-k3f9aa",
    CreateSeconds: 13.5,
    DestroySeconds: 9.25,
    Resources: 12,
    Leftovers: 0,
    TestsFailed: 1,
  });
});
