import type { PolicyFinding, Report } from "./model";

/**
 * What the rules found, for hosts that show findings: the code scanning of GitHub, the warnings plugin of Jenkins. A
 * suppressed finding is in it as one. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function renderSarif({ app, stacks, failed }: Report): string {
  const results = [
    ...failed.map(({ stack, error }) => resultOf("not-planned", "error", stack, error)),
    ...stacks.flatMap(({ policy }) => policy.map(findingOf)),
  ];
  const ids = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  const driver = { name: app, rules: ids.map((id) => ({ id })) };
  const sarif = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver }, columnKind: "utf16CodeUnits", results }],
  };
  return `${JSON.stringify(sarif, undefined, 2)}\n`;
}

const LEVELS = { error: "error", warning: "warning", info: "note" } as const;

function findingOf({ level, constructPath, message, suppression }: PolicyFinding) {
  const isAccepted = suppression !== undefined && level === "info";
  return {
    ...resultOf(suppression?.rule ?? "policy", LEVELS[level], constructPath, message),
    ...(isAccepted && { suppressions: [{ kind: "inSource", justification: suppression.reason }] }),
  };
}

/** Code scanning wants a file of the repository: what is defined begins in this one. */
const FILE = "main.ts";

function resultOf(ruleId: string, level: string, name: string, text: string) {
  return {
    ruleId,
    level,
    message: { text },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: FILE }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: name }],
      },
    ],
    partialFingerprints: { "finding/v1": `${ruleId} ${name}` },
  };
}
