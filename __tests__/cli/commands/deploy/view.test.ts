import type { DetailsInput } from "../../../../cli/commands/deploy/details/sections";
import { detailsText, WIDTH } from "../../../../cli/commands/deploy/view";
import { createProgram } from "../../../../cli/program";
import type { StackRef } from "../../../../environments/schema/stacks";
import type { Environment } from "../../../../environments/schema";
import { ephemeralEnvironment, prodEnvironment } from "../../../support/environments";

const stackOf = (definition: Environment, system: "automock" | "task-api" = "automock"): StackRef => ({
  id: `${system}-${definition.name}`,
  system,
  environment: definition.name,
  accountId: definition.accountId,
  region: definition.region,
  definition,
});
const outputs = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, sensitive: false }]));

const AUTOMOCK = outputs({
  mock_url: "http://automock-pr-123-1.us-east-1.elb.amazonaws.com",
  alb_dns_name: "automock-pr-123-1.us-east-1.elb.amazonaws.com",
  cluster_name: "automock-pr-123",
  service_name: "automock-pr-123-mockserver",
  config_bucket: "automock-pr-123-config-123456789012-us-east-1",
  expectations_key: "expectations.json",
  expires_at: "2026-11-21T16:00:00Z",
  log_groups: ["/automock-pr-123/mockserver", "/automock-pr-123/vpc-flow-logs"],
});
const TERMS = {
  environment: "pr-123",
  system: "automock",
  stack: "automock-pr-123",
  owner: "team-a",
  phase: "ACTIVE",
  protected: false,
  createdAt: "2026-11-21T12:00:00Z",
  expiresAt: "2026-11-21T18:00:00Z",
  maxExpiresAt: "2026-12-05T12:00:00Z",
  ageMinutes: 5,
  minutesLeft: 355,
};
const lines = (input: Partial<DetailsInput> = {}) =>
  detailsText({ stack: stackOf(ephemeralEnvironment), outputs: AUTOMOCK, terms: TERMS, ...input });

it("has the sections in their order, in 80 columns", () => {
  const text = lines();
  expect(text.filter((line) => /^[A-Z-]+( [A-Z]+)*$/.test(line))).toEqual([
    "PROJECT DETAILS",
    "ENDPOINTS",
    "COMPUTE RESOURCES",
    "STORAGE",
    "AUTO-TEARDOWN",
    "QUICK START",
    "MANAGEMENT",
  ]);
  expect(text.filter((line) => line.length > WIDTH)).toEqual([]);
  expect(text[1]).toBe("  automock-pr-123 is deployed");
});

it("shows all details of an ephemeral environment", () => {
  expect(lines()).toEqual(
    expect.arrayContaining([
      "  Stack:          automock-pr-123",
      "  Owner:          team-a",
      "  Mock API:       http://automock-pr-123-1.us-east-1.elb.amazonaws.com",
      "  Cluster:        automock-pr-123",
      "  Service:        automock-pr-123-mockserver",
      "  Size:           small",
      "  Tasks:          1 to 4",
      "  Bucket:         automock-pr-123-config-123456789012-us-east-1",
      "  Key:            expectations.json",
      "  TTL:            4 hours from the first deploy",
      "  Expires at:     2026-11-21T18:00:00Z",
      "  Time left:      5 h 55 min",
      "  Extend:         automock extend automock-pr-123 --by 2h",
      "  Logs:           /automock-pr-123/mockserver",
      "                  /automock-pr-123/vpc-flow-logs",
    ]),
  );
});

it("shows the expiry from the first deploy and no time left if the registry is unreachable", () => {
  const text = lines({ terms: undefined });
  expect(text).toContain("  Expires at:     2026-11-21T16:00:00Z");
  expect(text.filter((line) => /Time left|Protected/.test(line))).toEqual([]);
});

it("shows that the environment is protected", () => {
  expect(lines({ terms: { ...TERMS, protected: true } })).toContain(
    "  Protected:      yes: it is not deleted while protected",
  );
});

it("shows no teardown for a permanent environment", () => {
  const text = lines({ stack: stackOf(prodEnvironment), terms: undefined });
  expect(text[text.indexOf("AUTO-TEARDOWN") + 1]).toBe("  none: this environment is permanent");
});

it("omits the control plane if it is unreachable", () => {
  const deployment = { strategy: "blueGreen", bakeMinutes: 5 } as const;
  const definition = { ...ephemeralEnvironment, automock: { ...ephemeralEnvironment.automock, deployment } };
  expect(lines().filter((line) => line.includes("/mockserver/"))).toHaveLength(2);
  expect(
    lines({ stack: stackOf(definition) }).filter((line) => line.includes("$MOCK_URL/mockserver/")),
  ).toEqual([]);
});

it("writes a long value below its key in one piece", () => {
  const name = `automock-${"x".repeat(70)}`;
  const text = lines({ outputs: { ...AUTOMOCK, ...outputs({ cluster_name: name }) } });
  expect(text.slice(text.indexOf("  Cluster:"), text.indexOf("  Cluster:") + 2)).toEqual([
    "  Cluster:",
    `    ${name}`,
  ]);
});

it("never shows a sensitive output", () => {
  const mock_url = { value: "hidden-value", sensitive: true };
  const text = lines({ outputs: { ...AUTOMOCK, mock_url } }).join("\n");
  expect(text).toContain("(sensitive)");
  expect(text).not.toContain("hidden-value");
});

it("shows the endpoints, database and smoke test of the Task API", () => {
  const text = detailsText({
    stack: stackOf(prodEnvironment, "task-api"),
    outputs: outputs({
      api_url: "https://tasks.example.com",
      repository_url: "123456789012.dkr.ecr.us-east-1.amazonaws.com/task-api-prod",
      database_address: "db.example",
      database_version: "17.6",
    }),
  });
  expect(text).toEqual(
    expect.arrayContaining([
      "  Task API:       https://tasks.example.com",
      "  Database:       db.example",
      "  PostgreSQL:     17.6",
      '  npm run smoke -- "$API_URL"   # reads only, from the allowed networks',
    ]),
  );
  expect(text.join("\n")).not.toContain("expectations");
});

it.each([
  ["automock", stackOf(ephemeralEnvironment)],
  ["task-api", stackOf(prodEnvironment, "task-api")],
] as const)("names only commands that exist: %s", (_, stack) => {
  const commands = createProgram().commands.map((command) => command.name());
  const named = lines({ stack })
    .map((line) => /\bautomock (?!-)([a-z]+) /.exec(line)?.[1])
    .filter((name) => name !== undefined);
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !commands.includes(name))).toEqual([]);
});

it("shows who is warned before it is deleted, and that no one is", () => {
  const warned = (addresses: readonly string[] | undefined) =>
    lines({ warned: addresses }).filter((line) => line.includes("Warned:"));
  expect(warned(undefined)).toEqual([]);
  expect(warned(["a@example.com", "b@example.com"])).toEqual([
    "  Warned:         a@example.com, b@example.com",
  ]);
  expect(warned([])).toEqual(["  Warned:         NO ONE, so it is not deleted"]);
});
