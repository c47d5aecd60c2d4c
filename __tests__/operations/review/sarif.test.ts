import { buildReport } from "../../../operations/review/report";
import { renderMarkdown } from "../../../operations/review/markdown";
import { renderSarif } from "../../../operations/review/sarif";
import { planOf, stackOf } from "../../support/change";

const suppression = { rule: "openIngress", reason: "No fixed address.", expires: "2027-01-31" };
const report = buildReport(
  [
    stackOf(planOf([]), {
      policy: [
        { level: "warning", constructPath: "s/http", message: "The listener speaks plain HTTP." },
        {
          level: "info",
          constructPath: "s/door",
          message: "Open. Suppressed until 2027-01-31: No fixed address.",
          suppression,
        },
      ],
    }),
  ],
  { app: "infra", failed: [{ stack: "other", error: "password: hunter2" }] },
);

it("has each finding with its rule, level and construct, and says which are suppressed and why", () => {
  const sarif = JSON.parse(renderSarif(report)) as {
    version: string;
    runs: { tool: unknown; results: unknown[] }[];
  };
  expect(sarif.version).toBe("2.1.0");
  expect(sarif.runs).toHaveLength(1);
  expect(sarif.runs[0]!.tool).toEqual({
    driver: { name: "infra", rules: [{ id: "not-planned" }, { id: "openIngress" }, { id: "policy" }] },
  });
  const at = (name: string) => [
    {
      physicalLocation: { artifactLocation: { uri: "main.ts" }, region: { startLine: 1 } },
      logicalLocations: [{ fullyQualifiedName: name }],
    },
  ];
  expect(sarif.runs[0]!.results).toEqual([
    {
      ruleId: "not-planned",
      level: "error",
      message: { text: "password: (sensitive)" },
      locations: at("other"),
      partialFingerprints: { "finding/v1": "not-planned other" },
    },
    {
      ruleId: "policy",
      level: "warning",
      message: { text: "The listener speaks plain HTTP." },
      locations: at("s/http"),
      partialFingerprints: { "finding/v1": "policy s/http" },
    },
    {
      ruleId: "openIngress",
      level: "note",
      message: { text: "Open. Suppressed until 2027-01-31: No fixed address." },
      locations: at("s/door"),
      partialFingerprints: { "finding/v1": "openIngress s/door" },
      suppressions: [{ kind: "inSource", justification: "No fixed address." }],
    },
  ]);
});

it("the report lists a suppressed finding with reason and expiry", () => {
  const text = renderMarkdown(report);
  expect(text).toContain("**Policy**: 1 warning, 1 suppressed.");
  expect(text).toContain("- **info** `s/door`: Open. Suppressed until 2027-01-31: No fixed address.");
});
